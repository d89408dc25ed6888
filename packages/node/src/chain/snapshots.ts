import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { writeFileDurably } from '@lichen/journal';
import { type Hex, hexToBytes } from 'viem';

/** A state of anvil on the disk. The name carries the checksum, so a file and its checksum cannot come apart. */
export interface SnapshotFile {
  readonly path: string;
  /** Number of the last block in it. */
  readonly number: number;
  readonly checksum: string;
}

const namePattern = /^snapshot-(\d+)-([0-9a-f]{16})\.json\.gz$/;

function checksumOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}

/** Snapshots in a folder, newest first. Reads names only. */
export function listSnapshots(folder: string): SnapshotFile[] {
  return readdirSync(folder)
    .flatMap((name) => {
      const match = namePattern.exec(name);
      return match ? [{ path: join(folder, name), number: Number(match[1]), checksum: match[2]! }] : [];
    })
    .sort((left, right) => right.number - left.number);
}

/** Writes what `anvil_dumpState` gave (hex of gzip). @throws LichenError `disk-full`; nothing is left behind then. */
export function writeSnapshot(folder: string, number: number, dump: Hex): SnapshotFile {
  const bytes = hexToBytes(dump);
  const checksum = checksumOf(bytes);
  const path = join(folder, `snapshot-${number}-${checksum}.json.gz`);
  writeFileDurably(path, bytes);
  return { path, number, checksum };
}

/** What `anvil_loadState` wants (hex of gzip), or undefined when the file is damaged. */
export function readSnapshot(file: SnapshotFile): Hex | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file.path);
    if (checksumOf(bytes) !== file.checksum) return undefined;
    gunzipSync(bytes);
  } catch {
    return undefined;
  }
  return `0x${bytes.toString('hex')}`;
}

/**
 * Deletes the snapshots older than the newest `keep` whole ones, and returns those, newest first. Damaged files do not
 * count: keeping one of them in place of a whole one would leave nothing to fall back on.
 */
export function pruneSnapshots(folder: string, keep: number): SnapshotFile[] {
  const all = listSnapshots(folder);
  const whole = all.filter((file) => readSnapshot(file) !== undefined).slice(0, keep);
  if (whole.length < keep) return whole;
  for (const file of all) if (file.number < whole.at(-1)!.number) rmSync(file.path, { force: true });
  return whole;
}
