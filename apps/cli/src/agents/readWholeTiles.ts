import { decodeBundle, encodeBundle } from '@lichen/protocol';
import type { JournalReader } from '@lichen/sdk';

const partial = /^(tile\/(?<level>entries|\d+)\/[x0-9/]+)\.p\/(?<width>\d{1,3})$/;

/**
 * Reads partial tiles from the whole ones where those have taken their place: a journal that grows while it is read drops
 * partial tiles once they are full. https://c2sp.org/tlog-tiles
 */
export function readWholeTiles(read: JournalReader): JournalReader {
  return async (path) => {
    const bytes = await read(path);
    const found = bytes === undefined ? partial.exec(path)?.groups : undefined;
    if (found === undefined) return bytes;
    const whole = await read(path.slice(0, path.lastIndexOf('.p/')));
    if (whole === undefined) return undefined;
    const width = Number(found.width);
    return found.level === 'entries'
      ? encodeBundle(decodeBundle(whole).slice(0, width))
      : whole.subarray(0, width * 32);
  };
}
