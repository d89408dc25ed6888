import { LichenError, tileWidth } from '@lichen/protocol';

/** The newest entries of a journal, in memory as the bytes of their bundles. */
export interface RecentEntries {
  /** Index of the first entry that is here. */
  from(): number;
  /** Adds the next entry; its bytes are copied. */
  add(entry: Uint8Array): void;
  /** A copy of an entry. @throws LichenError `not-found` */
  entry(index: number): Uint8Array;
  /**
   * The first `width` entries of a bundle as C2SP has them. Its memory is used again after `dropBefore`.
   * @param index of the bundle, 256 entries each
   */
  bundle(index: number, width: number): Uint8Array;
  /** Forgets the entries before this one, a multiple of 256. */
  dropBefore(index: number): void;
}

/** Bytes that a bundle has room for at first: 256 decisions of 2.5 KB. */
const firstRoom = 640 * 1_024;
/** Larger ones are not used again: a few long entries must not hold memory for good. */
const mostSpare = 2 * firstRoom;

/** In front of each entry stands its length. */
const lengthBytes = 2;

interface Bundle {
  bytes: Uint8Array;
  /** Where each entry ends. */
  readonly ends: Uint32Array;
  width: number;
}

/**
 * Entries from `from` on, a multiple of 256. An array of thousands of entries would be walked by the garbage collector again
 * and again, and 60 MB of new memory a second would have it do so: the bundles are few, and their memory is used again.
 */
export function createRecentEntries(from: number): RecentEntries {
  let first = from / tileWidth;
  const bundles: Bundle[] = [];
  const spare: Bundle[] = [];

  function open(): Bundle {
    const bundle = spare.pop() ?? {
      bytes: new Uint8Array(firstRoom),
      ends: new Uint32Array(tileWidth),
      width: 0,
    };
    bundle.width = 0;
    bundles.push(bundle);
    return bundle;
  }

  function at(index: number, width: number): Bundle {
    const bundle = bundles[index - first];
    if (bundle !== undefined && bundle.width >= width) return bundle;
    throw new LichenError('not-found', 'Those entries are not in memory.', {
      got: `bundle ${index} with ${width} entries`,
      expected: `bundles ${first} to ${first + bundles.length - 1}`,
      retry: 'never',
    });
  }

  return {
    from: () => first * tileWidth,
    add: (entry) => {
      const last = bundles.at(-1);
      const bundle = last === undefined || last.width === tileWidth ? open() : last;
      const start = bundle.ends[bundle.width - 1] ?? 0;
      const end = start + lengthBytes + entry.length;
      if (end > bundle.bytes.length) {
        const longer = new Uint8Array(Math.max(end, bundle.bytes.length * 2));
        longer.set(bundle.bytes.subarray(0, start));
        bundle.bytes = longer;
      }
      bundle.bytes[start] = entry.length >> 8;
      bundle.bytes[start + 1] = entry.length & 0xff;
      bundle.bytes.set(entry, start + lengthBytes);
      bundle.ends[bundle.width] = end;
      bundle.width += 1;
    },
    entry: (index) => {
      const place = index % tileWidth;
      const { bytes, ends } = at(Math.floor(index / tileWidth), place + 1);
      return bytes.slice((ends[place - 1] ?? 0) + lengthBytes, ends[place]);
    },
    bundle: (index, width) => {
      const { bytes, ends } = at(index, width);
      return bytes.subarray(0, ends[width - 1] ?? 0);
    },
    dropBefore: (index) => {
      const dropped = bundles.splice(0, Math.max(0, index / tileWidth - first));
      first += dropped.length;
      spare.push(...dropped.filter(({ bytes }) => bytes.length <= mostSpare));
    },
  };
}
