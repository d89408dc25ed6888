import {
  closeSync,
  existsSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
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
const syncLater = promisify(fdatasync);

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
  /** Writes several records with one wait for the disk: all of them are kept, or none is acknowledged. */
  appendAll(records: readonly Uint8Array[]): void;
  /** As `appendAll`, but the program goes on while the disk works. The next append waits until this one has resolved. */
  appendLater(records: readonly Uint8Array[]): Promise<void>;
  /** Bytes on the disk. */
  size(): number;
  close(): void;
}

export interface AppendLogOptions {
  /** False where the caller keeps what it needs: `records` then gives only what was found at the start. True when absent. */
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
  const writeAt =
    options.write ??
    ((fd, bytes, offset, position) => writeSync(fd, bytes, offset, bytes.length - offset, position));
  const isNew = !existsSync(path);
  const descriptor = openSync(path, isNew ? 'wx+' : 'r+', 0o644);
  let end = 0;
  let check = 0;
  let broken: LichenError | undefined;
  let isSyncing = false;
  let records: Buffer[];

  function requireReady(): void {
    if (broken !== undefined) throw broken;
    if (!isSyncing) return;
    throw new LichenError('internal', 'A log takes one append at a time.', {
      got: `an append to ${path} while another waits for the disk`,
    });
  }

  function write(bytes: Uint8Array): void {
    let written = 0;
    while (written < bytes.length) written += writeAt(descriptor, bytes, written, end + written);
  }

  /** Takes back what a failed append has written. */
  function undo(error: unknown): LichenError {
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
    return reason;
  }

  function writeDurably(bytes: Uint8Array): void {
    requireReady();
    try {
      write(bytes);
      fdatasyncSync(descriptor);
    } catch (error) {
      throw undo(error);
    }
    end += bytes.length;
  }

  async function writeLater(bytes: Uint8Array): Promise<void> {
    requireReady();
    try {
      write(bytes);
      isSyncing = true;
      await syncLater(descriptor);
    } catch (error) {
      throw undo(error);
    } finally {
      isSyncing = false;
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

  /** Records with their headings, and the check that the next record goes on from. */
  function encode(added: readonly Uint8Array[]): { readonly bytes: Buffer; readonly check: number } {
    const bytes = Buffer.allocUnsafe(added.reduce((sum, { length }) => sum + headerLength + length, 0));
    let at = 0;
    let next = check;
    for (const record of added) {
      bytes.writeUInt32BE(record.length, at);
      bytes.writeUInt32BE(crc32(bytes.subarray(at, at + 4)), at + 4);
      next = crc32(record, next);
      bytes.writeUInt32BE(next, at + 8);
      bytes.set(record, at + headerLength);
      at += headerLength + record.length;
    }
    return { bytes, check: next };
  }
  function keep(added: readonly Uint8Array[], next: number): void {
    check = next;
    if (options.keepsAppended !== false) for (const record of added) records.push(Buffer.from(record));
  }
  function appendAll(added: readonly Uint8Array[]): void {
    const encoded = encode(added);
    writeDurably(encoded.bytes);
    keep(added, encoded.check);
  }

  return {
    path,
    records: () => [...records],
    append: (record) => appendAll([record]),
    appendAll,
    appendLater: async (added) => {
      const encoded = encode(added);
      await writeLater(encoded.bytes);
      keep(added, encoded.check);
    },
    size: () => end,
    close: () => closeSync(descriptor),
  };
}
