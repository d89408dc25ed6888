import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeBundle, LichenError, type TileId, tilePathOf, tileWidth } from '@lichen/protocol';

/** Folder in a journal's folder that any web server may serve as it is. https://c2sp.org/tlog-tiles */
export const publicFolder = 'log';
export const checkpointFile = 'checkpoint';

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

/** One entry out of its bundle. @throws LichenError `state-damaged` */
export function readEntryFile(folder: string, index: number, size: number): Uint8Array {
  const tile = Math.floor(index / tileWidth);
  const id: TileId = { level: 'entries', index: tile, width: Math.min(tileWidth, size - tile * tileWidth) };
  const entry = decodeBundle(readTileFile(folder, id))[index % tileWidth];
  if (entry === undefined) throw missing(folder, id);
  return entry;
}
