import { nodeHashOf, type Sha256, tileHeight, tileWidth } from '@lichen/protocol';

/** A tile that is complete, as its bytes. */
export interface FullTile {
  readonly level: number;
  readonly index: number;
  readonly bytes: Uint8Array;
}

/** Right edge of the tree: the hashes of each level's unfinished tile, lowest level first. */
export interface TreeEdge {
  /** Leaves in the tree. */
  size(): number;
  /** Adds a leaf; what tiles it completes are returned, lowest level first. */
  add(leafHash: Uint8Array): readonly FullTile[];
  /** Bytes of the unfinished tile of a level, as far as it goes; empty when it has no hash. */
  unfinished(level: number): Uint8Array;
}

const none: readonly FullTile[] = [];

/** Root over 256 hashes. */
export function tileRootOf(bytes: Uint8Array, hash: Sha256): Uint8Array {
  let nodes = Array.from({ length: tileWidth }, (_, at) => bytes.subarray(at * 32, at * 32 + 32));
  for (let level = 0; level < tileHeight; level += 1) {
    nodes = Array.from({ length: nodes.length / 2 }, (_, at) =>
      nodeHashOf(nodes[at * 2]!, nodes[at * 2 + 1]!, hash),
    );
  }
  return nodes[0]!;
}

/**
 * An edge at `size` leaves, a multiple of 256. `fullTile` reads the complete tiles before it, from which the unfinished
 * ones of the upper levels are made again.
 */
export function createTreeEdge(
  size: number,
  fullTile: (level: number, index: number) => Uint8Array,
  hash: Sha256,
): TreeEdge {
  let leaves = size;
  const levels: { bytes: Uint8Array; width: number }[] = [];
  const levelAt = (level: number) => {
    levels[level] ??= { bytes: new Uint8Array(tileWidth * 32), width: 0 };
    return levels[level];
  };
  for (let level = 1; tileWidth ** level <= size; level += 1) {
    const nodes = Math.floor(size / tileWidth ** level);
    const first = nodes - (nodes % tileWidth);
    const edge = levelAt(level);
    for (let node = first; node < nodes; node += 1) {
      edge.bytes.set(tileRootOf(fullTile(level - 1, node), hash), (node - first) * 32);
      edge.width += 1;
    }
  }

  function addNode(level: number, node: Uint8Array, completed: FullTile[]): void {
    const edge = levelAt(level);
    edge.bytes.set(node, edge.width * 32);
    edge.width += 1;
    if (edge.width < tileWidth) return;
    const { bytes } = edge;
    levels[level] = { bytes: new Uint8Array(tileWidth * 32), width: 0 };
    completed.push({ level, index: Math.floor(leaves / tileWidth ** (level + 1)) - 1, bytes });
    addNode(level + 1, tileRootOf(bytes, hash), completed);
  }

  return {
    size: () => leaves,
    add: (leafHash) => {
      leaves += 1;
      if (leaves % tileWidth !== 0) {
        const edge = levelAt(0);
        edge.bytes.set(leafHash, edge.width * 32);
        edge.width += 1;
        return none;
      }
      const completed: FullTile[] = [];
      addNode(0, leafHash, completed);
      return completed;
    },
    unfinished: (level) => {
      const edge = levels[level];
      return edge === undefined ? new Uint8Array(0) : edge.bytes.subarray(0, edge.width * 32);
    },
  };
}
