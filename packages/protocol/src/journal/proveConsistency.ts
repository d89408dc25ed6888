import { LichenError } from '../errors.ts';
import { consistencyProofOf, type Sha256, sha256 } from './merkleTree.ts';
import { readSubtrees, tilePathOf, tileWidth } from './tiles.ts';

export interface ProveConsistencyParameters {
  /** Bytes of a file of the journal, or undefined where there is none. */
  readonly read: (path: string) => Promise<Uint8Array | undefined>;
  /** Entries under the journal's present head: it says how wide the last tiles are. */
  readonly size: number;
  /** The two heads, `from` ≤ `to` ≤ `size`. */
  readonly from: number;
  readonly to: number;
  readonly hash?: Sha256;
}

/**
 * Proof that the first `from` entries of a journal are a prefix of its first `to`, made by a reader out of the journal's own
 * files; what it is worth shows when it is verified. RFC 9162, section 2.1.4.
 * @throws LichenError `bad-input` for sizes that are no such heads, or for a tile that is too short; `not-found` for a missing
 * tile; whatever `read` throws
 */
export async function proveConsistency(parameters: ProveConsistencyParameters): Promise<Uint8Array[]> {
  const { read, size, from, to, hash = sha256 } = parameters;
  if (to > size) {
    throw new LichenError('bad-input', 'The journal has no such head yet.', {
      got: `${to} entries`,
      expected: `at most ${size}`,
      retry: 'later',
    });
  }
  const tiles = new Map<string, Uint8Array>();
  /** Path of a tile that was asked for and not read yet. */
  let wanted: string | undefined;
  const missing = Symbol('a tile is missing');
  for (;;) {
    try {
      const subtrees = readSubtrees(
        (id) => {
          wanted = tilePathOf(id);
          const tile = tiles.get(wanted);
          if (tile === undefined) throw missing;
          return tile;
        },
        size,
        hash,
      );
      return consistencyProofOf(subtrees, from, to, hash);
    } catch (error) {
      if (error !== missing) throw error;
    }
    const path = wanted!;
    // A full tile has every hash of its partial ones, and may have taken their place.
    const bytes = (await read(path)) ?? (await read(path.replace(/\.p\/\d+$/, '')));
    if (bytes === undefined) {
      throw new LichenError('not-found', 'A tile of the journal is missing.', {
        got: `nothing at ${path}`,
        expected: `every tile of ${size} entries, ${tileWidth} hashes in each`,
        retry: 'later',
      });
    }
    tiles.set(path, bytes);
  }
}
