import { readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  type AppendLog,
  type AppendLogOptions,
  openAppendLog,
  readAppendLog,
  syncFolder,
} from '@lichen/journal';
import { LichenError } from '@lichen/protocol';
import { decodeWalRecord, encodeWalRecord, type WalRecord } from './walRecords.ts';

/** The write-ahead log in segments: `wal-<n>.log` holds what came after block n. */
export interface Wal {
  /** Puts records on the disk together. @throws LichenError `disk-full`; none of them counts then. */
  append(records: readonly WalRecord[]): void;
  /** Starts the segment after block `number`; `carried` are its first records. On failure the old one goes on. */
  rotate(number: number, carried: readonly WalRecord[]): void;
  /** Deletes segments that a start from block `number` or later does not need. */
  forgetBefore(number: number): void;
  /** Bytes in the current segment. */
  size(): number;
  close(): void;
}

function segmentStarts(folder: string): number[] {
  return readdirSync(folder)
    .flatMap((name) => /^wal-(\d+)\.log$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((left, right) => left - right);
}

/** The segments needed to go on from block `number`: the last that starts at or before it, and all later ones. */
function segmentsFrom(folder: string, number: number): number[] {
  const starts = segmentStarts(folder);
  const first = starts.findLastIndex((start) => start <= number);
  return first === -1 ? [] : starts.slice(first);
}

const segmentPath = (folder: string, start: number) => join(folder, `wal-${start}.log`);

function damaged(path: string, got: string): LichenError {
  return new LichenError('state-damaged', `The log ${path} is damaged.`, {
    got,
    next: 'Restore this file from a backup, or move the state folder away and start afresh. Nothing was deleted.',
    retry: 'after-fix',
  });
}

/** A record and the file that it was read from. */
export interface PlacedRecord {
  readonly path: string;
  readonly record: WalRecord;
}

/**
 * Records needed to go on from the state after block `number`, in order. Changes nothing on the disk.
 *
 * @throws LichenError `state-damaged` naming the file.
 */
export function readWal(folder: string, number: number): PlacedRecord[] {
  const starts = segmentsFrom(folder, number);
  if (starts.length === 0) throw damaged(segmentPath(folder, number), 'no such file');
  return starts.flatMap((start, index) => {
    const path = segmentPath(folder, start);
    const bytes = readFileSync(path);
    const { records, end } = readAppendLog(path, bytes);
    if (index < starts.length - 1 && end !== bytes.length)
      throw damaged(
        path,
        `${bytes.length - end} bytes after byte ${end} are cut short, but later logs follow`,
      );
    return records.map((record) => {
      const decoded = decodeWalRecord(record);
      if (decoded === undefined) throw damaged(path, 'a record of an unknown kind');
      return { path, record: decoded };
    });
  });
}

/** Opens the newest segment for writing, or starts `wal-0.log`. */
export function openWal(folder: string, options: AppendLogOptions = {}): Wal {
  let log: AppendLog = openAppendLog(segmentPath(folder, segmentStarts(folder).at(-1) ?? 0), options);
  return {
    append: (records) => log.appendAll(records.map(encodeWalRecord)),
    rotate(number, carried) {
      const path = segmentPath(folder, number);
      const beside = `${path}.tmp`;
      // Made under another name: half a segment under its own would hide the records still in the one before.
      rmSync(beside, { force: true });
      try {
        const made = openAppendLog(beside, options);
        try {
          made.appendAll(carried.map(encodeWalRecord));
        } finally {
          made.close();
        }
      } catch (error) {
        rmSync(beside, { force: true });
        throw error;
      }
      renameSync(beside, path);
      syncFolder(folder);
      log.close();
      log = openAppendLog(path, options);
    },
    forgetBefore(number) {
      const needed = segmentsFrom(folder, number);
      for (const start of segmentStarts(folder)) {
        if (needed.length > 0 && start < needed[0]!) rmSync(segmentPath(folder, start), { force: true });
      }
    },
    size: () => log.size(),
    close: () => log.close(),
  };
}
