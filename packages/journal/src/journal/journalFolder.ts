import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  decodeBundle,
  entryHashOf,
  LichenError,
  type Sha256,
  sameHash,
  type TileId,
  tilePathOf,
  tileWidth,
} from '@lichen/protocol';
import { toDiskError } from '../storage/diskErrors.ts';
import { syncFileLater, syncFolderLater } from '../storage/writeFileDurably.ts';

/** Folder in a journal's folder that any web server may serve as it is. https://c2sp.org/tlog-tiles */
export const publicFolder = 'log';
export const checkpointFile = 'checkpoint';
const hashLength = 32;
/** Tiles kept in memory: those of the upper levels and the one that is being read. */
const mostKeptTiles = 16;

function missing(folder: string, id: TileId): LichenError {
  return new LichenError('state-damaged', 'A file of the journal is missing.', {
    got: `nothing at ${join(folder, tilePathOf(id))}`,
    expected: 'every tile that the signed head covers',
    next: 'Restore it from a copy of the journal: any reader’s will do, the head proves it.',
    retry: 'after-fix',
  });
}

/**
 * Bytes of a tile or bundle, in the width asked for or wider: a full one has every hash of its partial ones.
 * @throws LichenError `state-damaged` when neither is there
 */
export function readTileFile(folder: string, id: TileId): Uint8Array {
  for (const width of new Set([tileWidth, id.width])) {
    const path = join(folder, tilePathOf({ ...id, width }));
    if (existsSync(path)) return readFileSync(path);
  }
  throw missing(folder, id);
}

/** The finished files of a journal, as its writer reads and writes them. */
export interface TileFiles {
  /** Bytes of a full tile of hashes. @throws LichenError `state-damaged` */
  fullTile(level: number, index: number): Uint8Array;
  /** An entry of a full bundle, compared with its tile. @throws LichenError `state-damaged` */
  entry(index: number): Uint8Array;
  /** Writes a file into the system's cache; `sync` brings it to the disk. @throws LichenError `disk-full` */
  write(path: string, bytes: Uint8Array): Promise<void>;
  /** Resolves when these files, and their folders up to the top, are on the disk. @throws LichenError `disk-full` */
  sync(paths: readonly string[]): Promise<void>;
  /** Removes the partial files of a tile that is full now. */
  dropPartial(id: TileId): Promise<void>;
}

/** Reads and writes the files of `folder`, a few of them kept in memory: finished ones never change. */
export function createTileFiles(folder: string, hash: Sha256): TileFiles {
  const kept = new Map<string, Uint8Array>();
  let bundle: { readonly index: number; readonly entries: readonly Uint8Array[] } | undefined;
  const madeFolders = new Set<string>();

  function fullTile(level: number, index: number): Uint8Array {
    const id: TileId = { level, index, width: tileWidth };
    const path = tilePathOf(id);
    const bytes = kept.get(path) ?? readTileFile(folder, id);
    if (bytes.length !== tileWidth * hashLength) {
      throw new LichenError('state-damaged', 'A tile of the journal is not whole.', {
        got: `${bytes.length} bytes at ${join(folder, path)}`,
        expected: `${tileWidth * hashLength} bytes`,
        next: 'Restore it from a copy of the journal: any reader’s will do, the head proves it.',
        retry: 'after-fix',
      });
    }
    kept.delete(path);
    kept.set(path, bytes);
    if (kept.size > mostKeptTiles) kept.delete(kept.keys().next().value!);
    return bytes;
  }

  function readBundle(index: number): readonly Uint8Array[] {
    const id: TileId = { level: 'entries', index, width: tileWidth };
    const hashes = fullTile(0, index);
    const bytes = readTileFile(folder, id);
    let entries: Uint8Array[];
    try {
      entries = decodeBundle(bytes);
    } catch {
      entries = [];
    }
    const other = Array.from({ length: tileWidth }, (_, at) => at).find(
      (at) =>
        entries[at] === undefined ||
        !sameHash(entryHashOf(entries[at], hash), hashes.subarray(at * hashLength, (at + 1) * hashLength)),
    );
    if (other === undefined) return entries;
    throw new LichenError('state-damaged', 'An entry of the journal is not the one that was hashed.', {
      got: `entry ${index * tileWidth + other} in ${join(folder, tilePathOf(id))}`,
      expected: `the hash in ${tilePathOf({ ...id, level: 0 })}`,
      next: 'Restore both files from a copy of the journal: any reader’s will do, the head proves them.',
      retry: 'after-fix',
    });
  }

  return {
    fullTile,
    entry: (index) => {
      const at = Math.floor(index / tileWidth);
      if (bundle?.index !== at) bundle = { index: at, entries: readBundle(at) };
      return bundle.entries[index % tileWidth]!;
    },
    write: async (path, bytes) => {
      const full = join(folder, path);
      try {
        if (!madeFolders.has(dirname(full))) await mkdir(dirname(full), { recursive: true });
        madeFolders.add(dirname(full));
        await writeFile(full, bytes);
      } catch (error) {
        throw toDiskError(full, error);
      }
    },
    sync: async (paths) => {
      const folders = new Set<string>();
      for (const path of paths) {
        await syncFileLater(join(folder, path));
        for (let above = dirname(path); !folders.has(above); above = dirname(above)) folders.add(above);
      }
      for (const above of folders) await syncFolderLater(join(folder, above));
    },
    dropPartial: async (id) => {
      await rm(join(folder, `${tilePathOf({ ...id, width: tileWidth })}.p`), {
        recursive: true,
        force: true,
      });
    },
  };
}
