import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { LichenError } from '@lichen/protocol';
import { toDiskError } from './diskErrors.ts';
import { syncFolder } from './writeFileDurably.ts';

// Format: 8 bytes "LICHLOG1", then per record
//   length u32 | check of the length u32 | check of the payload u32 | payload        (big-endian, CRC-32)
// The length has a check of its own: otherwise one flipped bit in it looks like a torn tail and would silently cost
// every record behind it. Each payload check is seeded with the one before, so a lost or swapped record shows as well.
const magic = Buffer.from('LICHLOG1');
const headerLength = 12;
const noPrefix = new Uint8Array(0);
const lengthBytes = Buffer.alloc(4);

/** An append-only file of records, each on the disk before `append` returns. */
export interface AppendLog {
  readonly path: string;
  /** Records found when the log was opened and those appended since, in order. */
  records(): Buffer[];
  /**
   * Writes one record and waits until it is on the disk.
   * @throws LichenError `disk-full`; the log is then as it was before, and later appends may succeed.
   */
  append(record: Uint8Array): void;
  /**
   * Writes several records with one wait for the disk: all of them are kept, or none is acknowledged. Each gets `prefix` in
   * front of it. Returned are the records as they were written, in memory that the next call uses again: new memory for
   * each would have the garbage collector stop the program.
   */
  appendAll(records: readonly Uint8Array[], prefix?: Uint8Array): readonly Uint8Array[];
  /** Bytes on the disk. */
  size(): number;
  close(): void;
}

export interface AppendLogOptions {
  /** False where the caller keeps what it needs: `records` then gives what was found at the start, once. True when absent. */
  readonly keepsAppended?: boolean;
  /** Replaces the system's write, so that a full disk can be had on purpose. Returns the bytes written. */
  readonly write?: (descriptor: number, bytes: Uint8Array, offset: number, position: number) => number;
}

function damaged(path: string, offset: number, what: string): LichenError {
  return new LichenError('state-damaged', `The log ${path} is damaged.`, {
    got: `${what} at byte ${offset}`,
    expected: 'records whose checksums match',
    next: 'Restore this file from a backup, or move the state folder away and start afresh. Nothing was deleted.',
    retry: 'after-fix',
  });
}

interface ReadBack {
  readonly records: Buffer[];
  /** Where the next record goes; what lies behind it is the torn tail. */
  readonly end: number;
  readonly check: number;
}

/** Reads a log's bytes: whole records, and where a torn tail begins. @throws LichenError `state-damaged` */
export function readAppendLog(path: string, bytes: Buffer): ReadBack {
  const records: Buffer[] = [];
  if (bytes.length < magic.length) {
    if (!magic.subarray(0, bytes.length).equals(bytes) && bytes.some((byte) => byte !== 0)) {
      throw damaged(path, 0, 'an unknown heading');
    }
    return { records, end: 0, check: 0 };
  }
  if (!bytes.subarray(0, magic.length).equals(magic)) throw damaged(path, 0, 'an unknown heading');
  let offset = magic.length;
  let check = 0;
  while (bytes.length - offset >= headerLength) {
    const length = bytes.readUInt32BE(offset);
    if (crc32(bytes.subarray(offset, offset + 4)) !== bytes.readUInt32BE(offset + 4)) {
      // A file system may grow a file before its data arrives: a tail of nothing but zeros was never acknowledged.
      if (bytes.subarray(offset).every((byte) => byte === 0)) break;
      throw damaged(path, offset, 'a record heading that does not match its checksum');
    }
    const start = offset + headerLength;
    if (bytes.length - start < length) break;
    const payload = bytes.subarray(start, start + length);
    const expected = bytes.readUInt32BE(offset + 8);
    if (crc32(payload, check) !== expected)
      throw damaged(path, offset, 'a record that does not match its checksum');
    records.push(Buffer.from(payload));
    check = expected;
    offset = start + length;
  }
  return { records, end: offset, check };
}

function readAll(descriptor: number): Buffer {
  const bytes = Buffer.alloc(fstatSync(descriptor).size);
  let filled = 0;
  while (filled < bytes.length) {
    const count = readSync(descriptor, bytes, filled, bytes.length - filled, filled);
    if (count === 0) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}

/**
 * Opens a log, or starts one. A tail torn by a crash (never acknowledged) is cut off.
 *
 * @throws LichenError `state-damaged` when a whole record does not match its checksum; nothing is changed then.
 * @throws LichenError `disk-full` when a new log has no room.
 */
export function openAppendLog(path: string, options: AppendLogOptions = {}): AppendLog {
  const write =
    options.write ??
    ((fd, bytes, offset, position) => writeSync(fd, bytes, offset, bytes.length - offset, position));
  const isNew = !existsSync(path);
  const descriptor = openSync(path, isNew ? 'wx+' : 'r+', 0o644);
  let end = 0;
  let check = 0;
  let broken: LichenError | undefined;
  let records: Buffer[];

  function writeDurably(bytes: Uint8Array): void {
    if (broken !== undefined) throw broken;
    try {
      let written = 0;
      while (written < bytes.length) written += write(descriptor, bytes, written, end + written);
      // Waited for here and not in the system's threads: the way there and back cost a busy program 1 ms of each wait, and
      // twice as much of the longest ones.
      fdatasyncSync(descriptor);
    } catch (error) {
      const reason = toDiskError(path, error);
      try {
        ftruncateSync(descriptor, end);
        fdatasyncSync(descriptor);
      } catch {
        // Half a record may stay behind; appending after it would damage the log, so this log takes no more.
        broken = reason;
      }
      // After a failed fsync the kernel may have dropped pages: only a full disk can be trusted to be undone.
      if (reason.code !== 'disk-full') broken = reason;
      throw reason;
    }
    end += bytes.length;
  }

  try {
    const found = readAppendLog(path, readAll(descriptor));
    records = found.records;
    end = found.end;
    check = found.check;
    if (fstatSync(descriptor).size > end) {
      ftruncateSync(descriptor, end);
      fsyncSync(descriptor);
    }
    if (end === 0) {
      writeDurably(magic);
      syncFolder(dirname(path));
    }
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }

  let scratch = Buffer.alloc(0);
  /** Records with their headings, and the check that the next record goes on from. */
  function encode(added: readonly Uint8Array[], prefix: Uint8Array = noPrefix) {
    const overhead = headerLength + prefix.length;
    const length = added.reduce((sum, record) => sum + overhead + record.length, 0);
    if (length > scratch.length) scratch = Buffer.allocUnsafeSlow(length);
    const bytes = scratch.subarray(0, length);
    const payloads: Buffer[] = [];
    let at = 0;
    let next = check;
    for (const record of added) {
      const end = at + overhead + record.length;
      const payload = bytes.subarray(at + headerLength, end);
      payload.set(prefix);
      payload.set(record, prefix.length);
      lengthBytes.writeUInt32BE(payload.length);
      bytes.set(lengthBytes, at);
      bytes.writeUInt32BE(crc32(lengthBytes), at + 4);
      next = crc32(payload, next);
      bytes.writeUInt32BE(next, at + 8);
      payloads.push(payload);
      at = end;
    }
    return { bytes, payloads, check: next };
  }
  function appendAll(added: readonly Uint8Array[], prefix?: Uint8Array): readonly Uint8Array[] {
    const { bytes, payloads, check: next } = encode(added, prefix);
    writeDurably(bytes);
    check = next;
    if (options.keepsAppended !== false) for (const payload of payloads) records.push(Buffer.from(payload));
    return payloads;
  }

  return {
    path,
    records: () => (options.keepsAppended === false ? records.splice(0) : [...records]),
    append: (record) => {
      appendAll([record]);
    },
    appendAll,
    size: () => end,
    close: () => closeSync(descriptor),
  };
}
