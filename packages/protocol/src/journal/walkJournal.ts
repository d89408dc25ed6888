import { bytesToHex } from '@noble/hashes/utils.js';
import type { FindingTaker } from './journalFinding.ts';
import { entryHashOf, nodeHashOf, type Sha256, sameHash, treeRootOf } from './merkleTree.ts';
import { decodeBundle, readSubtrees, type TileId, tileOf, tilePathOf, tileWidth } from './tiles.ts';

const hashLength = 32;
/** Hashes in doubt at one place up to which every mixture is tried: 2^8 roots. */
const mostDoubts = 8;
/** Missing files up to which hashes are sought elsewhere; a head that claims 2^53 entries must not keep anybody busy. */
const mostMissing = 1_024;
/** Bundles, and tiles over them, that are asked for before they are needed. */
const lookahead = 8;

/** One entry as the files have it. */
export interface WalkedEntry {
  readonly bytes: Uint8Array | undefined;
  /** Leaf hash of the bytes. */
  readonly leaf: Uint8Array | undefined;
  /** The signed root covers exactly these bytes. */
  readonly isProven: boolean;
  /** The tree has another hash in its place; a finding says so. */
  readonly isAltered: boolean;
}

/** The entries of one bundle. */
export interface LeafGroup {
  /** Index of the first. */
  readonly first: number;
  readonly entries: readonly WalkedEntry[];
  /** Leaf hashes as the tree has them, where that is known; else those of the entries. */
  readonly leaves: readonly (Uint8Array | undefined)[];
  /** Root over the leaves of a full bundle, where the tree above it says so. */
  readonly root: Uint8Array | undefined;
}

export interface WalkParameters {
  readonly read: (path: string) => Promise<Uint8Array | undefined>;
  readonly size: number;
  readonly root: Uint8Array;
  readonly hash: Sha256;
  readonly find: FindingTaker;
}

/** Hashes of a tile, or of what lies under it; undefined where nothing tells. */
type Hashes = readonly (Uint8Array | undefined)[];

function isComplete(hashes: Hashes): hashes is readonly Uint8Array[] {
  return hashes.every((hash) => hash !== undefined);
}

/**
 * The mixture of stored and recomputed hashes that satisfies `holds`; undefined where none does. Where only one file is
 * damaged, it tells which.
 */
function resolve(
  stored: Hashes,
  own: Hashes,
  holds: (hashes: readonly Uint8Array[]) => boolean,
): readonly Uint8Array[] | undefined {
  if (isComplete(own) && holds(own)) return own;
  const base: Hashes = own.map((hash, at) => hash ?? stored[at]);
  if (!isComplete(base)) return undefined;
  const doubts = base.flatMap((hash, at) =>
    stored[at] !== undefined && !sameHash(hash, stored[at]) ? [at] : [],
  );
  if (doubts.length > mostDoubts) return undefined;
  for (let mask = 0; mask < 2 ** doubts.length; mask += 1) {
    const mixture = [...base];
    for (const [bit, at] of doubts.entries()) if ((mask >> bit) & 1) mixture[at] = stored[at]!;
    if (holds(mixture)) return mixture;
  }
  return undefined;
}

/**
 * Goes through a journal from its signed root down to its entries, oldest first, and compares every file on the way. Yields
 * one group for each bundle.
 */
export async function* walkJournal(parameters: WalkParameters): AsyncGenerator<LeafGroup> {
  const { size, root, hash, find } = parameters;
  const files = createReader(parameters.read);
  let askedTo = 0;
  let isStopped = false;
  let missing = 0;
  const report: FindingTaker = (finding) => {
    if (!find(finding)) isStopped = true;
    return !isStopped;
  };

  /** Asks for the bundles that come next, and the tiles over them. */
  function askAhead(index: number): void {
    for (; askedTo <= index + lookahead && askedTo * tileWidth < size; askedTo += 1) {
      const tile = tileOf(0, askedTo * tileWidth, size);
      files.ahead(tilePathOf({ ...tile, level: 'entries' }));
      // The unfinished tile was read with the edges.
      if (tile.width === tileWidth) files.ahead(tilePathOf(tile));
    }
  }

  /** A file in the width asked for, or a full one in its place: tools of others drop partial files once it is there. */
  async function bytesOf(id: TileId, isQuiet: boolean) {
    const path = tilePathOf(id);
    const found = await files.read(path);
    if (found !== undefined) return { path, bytes: found, isFull: id.width === tileWidth };
    const full = tilePathOf({ ...id, width: tileWidth });
    const wider = full === path ? undefined : await files.read(full);
    if (wider !== undefined) return { path: full, bytes: wider, isFull: true };
    missing += 1;
    if (!isQuiet) {
      report({
        code: 'file-missing',
        what: 'A file that the signed head covers is not there.',
        path,
        index: firstUnder(id),
      });
    }
    return undefined;
  }

  async function readTile(id: TileId, isQuiet = false): Promise<Hashes> {
    const found = await bytesOf(id, isQuiet);
    const nothing: Hashes = new Array(id.width).fill(undefined);
    if (found === undefined) return nothing;
    const length = (found.isFull ? tileWidth : id.width) * hashLength;
    if (found.bytes.length !== length) {
      if (!isQuiet) {
        report({
          code: 'tile-malformed',
          what: 'A tile is not as long as its name says.',
          path: found.path,
          index: firstUnder(id),
          got: `${found.bytes.length} bytes`,
          expected: `${length} bytes`,
        });
      }
      return nothing;
    }
    return Array.from({ length: id.width }, (_, at) =>
      found.bytes.subarray(at * hashLength, (at + 1) * hashLength),
    );
  }

  async function readEntries(index: number, width: number, isQuiet = false): Promise<Hashes> {
    const id: TileId = { level: 'entries', index, width };
    const found = await bytesOf(id, isQuiet);
    const nothing: Hashes = new Array(width).fill(undefined);
    if (found === undefined) return nothing;
    const wanted = found.isFull ? tileWidth : width;
    let got: string;
    try {
      const entries = decodeBundle(found.bytes);
      if (entries.length === wanted) return entries.slice(0, width);
      got = `${entries.length} entries`;
    } catch {
      got = `${found.bytes.length} bytes that end inside an entry`;
    }
    if (!isQuiet) {
      report({
        code: 'entries-malformed',
        what: 'A bundle does not come apart into the entries that its name says.',
        path: found.path,
        index: index * tileWidth,
        got,
        expected: `${wanted} entries`,
      });
    }
    return nothing;
  }

  const leafOf = (entry: Uint8Array | undefined) => entry && entryHashOf(entry, hash);

  /** Root over 256 hashes. */
  function tileRootOf(hashes: readonly Uint8Array[]): Uint8Array {
    let nodes = hashes;
    while (nodes.length > 1) {
      const below = nodes;
      nodes = Array.from({ length: below.length / 2 }, (_, at) =>
        nodeHashOf(below[at * 2]!, below[at * 2 + 1]!, hash),
      );
    }
    return nodes[0]!;
  }

  /** Hashes of a tile made again from the entries under it; where entries are gone, from the tiles under it. */
  async function recompute(level: number, index: number, width: number): Promise<Hashes> {
    if (level === 0) return (await readEntries(index, width, true)).map(leafOf);
    const hashes: (Uint8Array | undefined)[] = [];
    for (let slot = 0; slot < width; slot += 1) {
      if (missing > mostMissing) {
        hashes.push(undefined);
        continue;
      }
      const id: TileId = { level: level - 1, index: index * tileWidth + slot, width: tileWidth };
      const own = await recompute(level - 1, id.index, tileWidth);
      const child = isComplete(own) ? own : await readTile(id, true);
      hashes.push(isComplete(child) ? tileRootOf(child) : undefined);
    }
    return hashes;
  }

  /** Says where a tile's hashes are not those of the tree. */
  function nameAltered(id: TileId & { readonly level: number }, stored: Hashes, proven: Hashes): void {
    const wrong = stored.flatMap((stored, at) =>
      stored !== undefined && proven[at] !== undefined && !sameHash(stored, proven[at]) ? [at] : [],
    );
    const [at] = wrong;
    if (at === undefined) return;
    report({
      code: 'tile-altered',
      what: `A tile holds other hashes than the tree: hash ${at}${more(wrong.length)}.`,
      path: tilePathOf(id),
      index: firstUnder(id) + at * tileWidth ** id.level,
      got: bytesToHex(stored[at]!),
      expected: bytesToHex(proven[at]!),
    });
  }

  async function* leavesOf(
    index: number,
    slots: Hashes,
    isProven: boolean,
    groupRoot: Uint8Array | undefined,
  ): AsyncGenerator<LeafGroup> {
    const bytes = await readEntries(index, slots.length);
    const own = bytes.map(leafOf);
    const isOther = own.map(
      (leaf, at) => leaf !== undefined && slots[at] !== undefined && !sameHash(leaf, slots[at]),
    );
    const first = isOther.indexOf(true);
    if (first >= 0) {
      report({
        code: 'entries-altered',
        what: `Entry ${index * tileWidth + first} is not the one that was hashed${more(isOther.filter(Boolean).length)}.`,
        path: tilePathOf({ level: 'entries', index, width: slots.length }),
        index: index * tileWidth + first,
        got: bytesToHex(own[first]!),
        expected: bytesToHex(slots[first]!),
      });
    }
    yield {
      first: index * tileWidth,
      entries: bytes.map((entry, at) => ({
        bytes: entry,
        leaf: own[at],
        isProven: isProven && entry !== undefined && slots[at] !== undefined && !isOther[at],
        isAltered: isOther[at]!,
      })),
      leaves: slots.map((slot, at) => slot ?? own[at]),
      root: slots.length === tileWidth ? groupRoot : undefined,
    };
  }

  /** Everything under a tile whose hashes are `slots`. */
  async function* under(
    level: number,
    index: number,
    slots: Hashes,
    isProven: boolean,
    groupRoot?: Uint8Array,
  ): AsyncGenerator<LeafGroup> {
    if (level === 0) {
      yield* leavesOf(index, slots, isProven, groupRoot);
      return;
    }
    for (const [slot, wanted] of slots.entries()) {
      if (isStopped) return;
      yield* fullTile(level - 1, index * tileWidth + slot, wanted, isProven);
    }
  }

  /** A full tile, and everything under it. `wanted` is its root as the tile above it says. */
  async function* fullTile(
    level: number,
    index: number,
    wanted: Uint8Array | undefined,
    isProven: boolean,
  ): AsyncGenerator<LeafGroup> {
    const id = { level, index, width: tileWidth };
    if (level === 0) askAhead(index);
    const stored = await readTile(id);
    const holds = (hashes: readonly Uint8Array[]) =>
      wanted !== undefined && sameHash(tileRootOf(hashes), wanted);
    if (isComplete(stored) && holds(stored)) {
      yield* under(level, index, stored, isProven, wanted);
      return;
    }
    const own = wanted === undefined ? stored : await recompute(level, index, tileWidth);
    const proven = wanted === undefined ? undefined : resolve(stored, own, holds);
    if (proven !== undefined) {
      nameAltered(id, stored, proven);
      yield* under(level, index, proven, isProven, wanted);
      return;
    }
    if (wanted !== undefined) nameUnresolved(id, stored, own, wanted);
    yield* under(level, index, stored, false);
  }

  /** Neither a tile nor what lies under it leads to the hash above it. */
  function nameUnresolved(
    id: TileId & { readonly level: number },
    stored: Hashes,
    own: Hashes,
    wanted: Uint8Array,
  ): void {
    const expected = bytesToHex(wanted);
    if (isComplete(stored)) {
      report({
        code: 'tile-altered',
        what: 'A tile does not lead to the hash above it.',
        path: tilePathOf(id),
        index: firstUnder(id),
        got: bytesToHex(tileRootOf(stored)),
        expected,
      });
    }
    // Where stored and own hashes differ, `leavesOf` names the entries; here they were altered together.
    const isSame = own.every((hash, at) => hash && stored[at] && sameHash(hash, stored[at]));
    if (id.level > 0 || !isComplete(own) || (isComplete(stored) && !isSame)) return;
    report({
      code: 'entries-altered',
      what: 'The entries of a bundle do not lead to the hash above them.',
      path: tilePathOf({ ...id, level: 'entries' }),
      index: firstUnder(id),
      got: bytesToHex(tileRootOf(own)),
      expected,
    });
  }

  /** The unfinished tiles at the right edge of the tree, lowest level first: together they make the root. */
  async function* fromEdges(): AsyncGenerator<LeafGroup> {
    const edges: { readonly id: TileId & { readonly level: number }; readonly stored: Hashes }[] = [];
    for (let level = 0; tileWidth ** level <= size; level += 1) {
      const nodes = Math.floor(size / tileWidth ** level);
      if (nodes % tileWidth === 0) continue;
      const id = { ...tileOf(level, nodes - 1, size), level };
      edges.push({ id, stored: await readTile(id) });
    }
    const split = (hashes: Hashes) => {
      let at = 0;
      return edges.map(({ id }) => {
        at += id.width;
        return hashes.slice(at - id.width, at);
      });
    };
    const holds = (hashes: readonly Uint8Array[]) => sameHash(rootOfEdges(split(hashes)), root);
    function rootOfEdges(parts: readonly Hashes[]): Uint8Array {
      const tile = (id: TileId) => {
        const at = edges.findIndex((edge) => edge.id.level === id.level);
        const bytes = new Uint8Array(id.width * hashLength);
        for (const [slot, part] of parts[at]!.entries()) bytes.set(part!, slot * hashLength);
        return bytes;
      };
      return treeRootOf(readSubtrees(tile, size, hash), size, hash);
    }

    const stored = edges.flatMap((edge) => edge.stored);
    let proven: Hashes | undefined = isComplete(stored) && holds(stored) ? stored : undefined;
    if (proven === undefined) {
      const own: (Uint8Array | undefined)[] = [];
      for (const { id } of edges) own.push(...(await recompute(id.level, id.index, id.width)));
      proven = resolve(stored, own, holds);
      if (proven === undefined) {
        const complete = isComplete(own) ? own : isComplete(stored) ? stored : undefined;
        report({
          code: 'root-mismatch',
          what: 'What the files hold does not lead to the root that the head says.',
          path: 'checkpoint',
          got: complete === undefined ? 'files that are missing' : bytesToHex(rootOfEdges(split(complete))),
          expected: bytesToHex(root),
        });
      }
    }
    const [storedParts, provenParts] = [split(stored), proven && split(proven)];
    // Widest first: that is the order of the entries.
    for (const [at, { id }] of [...edges.entries()].reverse()) {
      const slots = provenParts?.[at];
      if (slots !== undefined) nameAltered(id, storedParts[at]!, slots);
      yield* under(id.level, id.index, slots ?? storedParts[at]!, slots !== undefined);
    }
  }

  if (size > 0) yield* fromEdges();
  else if (!sameHash(root, hash(new Uint8Array(0)))) {
    report({
      code: 'root-mismatch',
      what: 'The head says that the journal is empty, and has another root than nothing.',
      path: 'checkpoint',
      got: bytesToHex(root),
      expected: bytesToHex(hash(new Uint8Array(0))),
    });
  }
}

/** First entry that a tile or bundle is about. */
function firstUnder({ level, index }: TileId): number {
  return index * tileWidth ** (level === 'entries' ? 1 : level + 1);
}

function more(count: number): string {
  return count > 1 ? ` and ${count - 1} more` : '';
}

/** Reads files; what was asked for ahead is on its way already. */
function createReader(read: WalkParameters['read']) {
  const pending = new Map<string, Promise<{ bytes: Uint8Array | undefined } | { error: unknown }>>();
  const ask = (path: string) =>
    read(path).then(
      (bytes) => ({ bytes }),
      (error: unknown) => ({ error }),
    );
  return {
    ahead: (path: string) => {
      if (!pending.has(path)) pending.set(path, ask(path));
    },
    read: async (path: string): Promise<Uint8Array | undefined> => {
      const answer = await (pending.get(path) ?? ask(path));
      pending.delete(path);
      if ('error' in answer) throw answer.error;
      return answer.bytes;
    },
  };
}
