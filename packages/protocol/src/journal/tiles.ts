import { LichenError } from '../errors.ts';
import { nodeHashOf, type Sha256, type SubtreeReader, sha256 } from './merkleTree.ts';

/** Hashes in a full tile. https://c2sp.org/tlog-tiles */
export const tileWidth = 256;
/** Levels of the tree between two levels of tiles. */
export const tileHeight = 8;
const hashLength = 32;

/** One resource of a tiled log: `level` counts tile levels, `entries` is the bundle of the entries themselves. */
export interface TileId {
  readonly level: number | 'entries';
  readonly index: number;
  /** Hashes (entries) in it, 1 to 256. */
  readonly width: number;
}

/** Path of a tile below the log's prefix, for example `tile/0/x001/x234/067.p/12`. https://c2sp.org/tlog-tiles */
export function tilePathOf({ level, index, width }: TileId): string {
  const digits = String(index);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0');
  const parts = padded.match(/\d{3}/g) ?? [];
  const path = parts.map((part, at) => (at < parts.length - 1 ? `x${part}` : part)).join('/');
  return `tile/${level}/${path}${width === tileWidth ? '' : `.p/${width}`}`;
}

/** The tile that holds node `index` of tile level `level` in a tree of `size` leaves, as wide as that tree needs. */
export function tileOf(level: number, index: number, size: number): TileId {
  const tile = Math.floor(index / tileWidth);
  const nodes = Math.floor(size / tileWidth ** level);
  return { level, index: tile, width: Math.min(tileWidth, nodes - tile * tileWidth) };
}

/** The bundle that holds an entry. */
export function bundleOf(entry: number, size: number): TileId {
  return { ...tileOf(0, entry, size), level: 'entries' };
}

/**
 * All tiles and bundles of a tree of `size` leaves that a tree of `oldSize` leaves did not have, in the order in which
 * they must be written: entries before the hashes over them.
 */
export function newTilesOf(oldSize: number, size: number): TileId[] {
  const tiles: TileId[] = [];
  for (let level = 0; ; level += 1) {
    const [oldNodes, nodes] = [oldSize, size].map((leaves) => Math.floor(leaves / tileWidth ** level)) as [
      number,
      number,
    ];
    if (nodes === 0) return tiles;
    if (nodes === oldNodes) continue;
    for (let index = Math.floor(oldNodes / tileWidth); index * tileWidth < nodes; index += 1) {
      const width = Math.min(tileWidth, nodes - index * tileWidth);
      if (level === 0) tiles.push({ level: 'entries', index, width });
      tiles.push({ level, index, width });
    }
  }
}

/**
 * Subtree hashes out of tiles. `tile` gives the bytes of a tile, 32 per hash.
 * @throws LichenError `bad-input` (from the reader) when a tile is shorter than its width says.
 */
export function readSubtrees(
  tile: (id: TileId) => Uint8Array,
  size: number,
  hash: Sha256 = sha256,
): SubtreeReader {
  function read(level: number, index: number): Uint8Array {
    if (level % tileHeight !== 0) {
      return nodeHashOf(read(level - 1, index * 2), read(level - 1, index * 2 + 1), hash);
    }
    const id = tileOf(level / tileHeight, index, size);
    const bytes = tile(id);
    const at = (index % tileWidth) * hashLength;
    if (bytes.length < at + hashLength) {
      throw new LichenError('bad-input', 'A tile of the journal is too short.', {
        got: `${bytes.length} bytes in ${tilePathOf(id)}`,
        expected: `${id.width * hashLength} bytes`,
        retry: 'never',
      });
    }
    return bytes.subarray(at, at + hashLength);
  }
  return read;
}

/** Largest entry that a bundle can hold, bytes. */
export const longestEntry = 65_535;

/** Entries as a bundle: each with its length before it, two bytes, big endian. @throws LichenError `bad-input` */
export function encodeBundle(entries: readonly Uint8Array[]): Uint8Array {
  const bundle = new Uint8Array(entries.reduce((sum, entry) => sum + entry.length + 2, 0));
  let at = 0;
  for (const entry of entries) {
    if (entry.length > longestEntry) {
      throw new LichenError('bad-input', 'An entry is too long for a journal.', {
        got: `${entry.length} bytes`,
        expected: `at most ${longestEntry}; keep large parts beside it, by their hash`,
        retry: 'after-fix',
      });
    }
    bundle[at] = entry.length >> 8;
    bundle[at + 1] = entry.length & 0xff;
    bundle.set(entry, at + 2);
    at += entry.length + 2;
  }
  return bundle;
}

/** Entries of a bundle. @throws LichenError `bad-input` when it ends inside an entry. */
export function decodeBundle(bundle: Uint8Array): Uint8Array[] {
  const entries: Uint8Array[] = [];
  for (let at = 0; at < bundle.length; ) {
    const length = ((bundle[at] ?? 0) << 8) | (bundle[at + 1] ?? 0);
    const end = at + 2 + length;
    if (at + 2 > bundle.length || end > bundle.length) {
      throw new LichenError('bad-input', 'A bundle of entries ends inside an entry.', {
        got: `${bundle.length} bytes`,
        expected: `at least ${end}`,
        retry: 'never',
      });
    }
    entries.push(bundle.subarray(at + 2, end));
    at = end;
  }
  return entries;
}
