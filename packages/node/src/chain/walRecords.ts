import { bytesToHex, type Hex, hexToBytes } from 'viem';

/** One line of the chain's write-ahead log. */
export type WalRecord =
  /** A raw transaction, logged before it is forwarded. */
  | { readonly kind: 'transaction'; readonly raw: Hex }
  /** A logged transaction that anvil refused: it must not come back at the next start. */
  | { readonly kind: 'refused'; readonly hash: Hex }
  /** A block. Its hash commits to its state root, its transactions and all that came before. */
  | {
      readonly kind: 'block';
      readonly number: number;
      /** Unix seconds. */
      readonly timestamp: number;
      readonly hash: Hex;
      readonly stateRoot: Hex;
      /** Hashes of its transactions, in order. */
      readonly transactions: readonly Hex[];
    };

const tags = { transaction: 1, refused: 2, block: 3 } as const;
const hashLength = 32;
const blockHeadLength = 1 + 6 + 6 + 2 * hashLength;

/**
 * Bytes of a record: one byte of kind, then the raw transaction, or a hash, or
 * number u48, timestamp u48, hash, state root and the hashes of the transactions. An empty block takes 77 bytes.
 */
export function encodeWalRecord(record: WalRecord): Buffer {
  switch (record.kind) {
    case 'transaction':
      return Buffer.concat([Buffer.of(tags.transaction), hexToBytes(record.raw)]);
    case 'refused':
      return Buffer.concat([Buffer.of(tags.refused), hexToBytes(record.hash)]);
    case 'block': {
      const head = Buffer.alloc(13);
      head[0] = tags.block;
      head.writeUIntBE(record.number, 1, 6);
      head.writeUIntBE(record.timestamp, 7, 6);
      const hashes = [record.hash, record.stateRoot, ...record.transactions];
      return Buffer.concat([head, ...hashes.map((hash) => hexToBytes(hash))]);
    }
  }
}

/** The record of some bytes, or undefined when they are none. */
export function decodeWalRecord(bytes: Buffer): WalRecord | undefined {
  if (bytes[0] === tags.transaction && bytes.length > 1) {
    return { kind: 'transaction', raw: bytesToHex(bytes.subarray(1)) };
  }
  if (bytes[0] === tags.refused && bytes.length === 1 + hashLength) {
    return { kind: 'refused', hash: bytesToHex(bytes.subarray(1)) };
  }
  const hashesLength = bytes.length - 13;
  if (bytes[0] !== tags.block || bytes.length < blockHeadLength || hashesLength % hashLength !== 0)
    return undefined;
  const hashes = Array.from({ length: hashesLength / hashLength }, (_, index) =>
    bytesToHex(bytes.subarray(13 + index * hashLength, 13 + (index + 1) * hashLength)),
  );
  return {
    kind: 'block',
    number: bytes.readUIntBE(1, 6),
    timestamp: bytes.readUIntBE(7, 6),
    hash: hashes[0]!,
    stateRoot: hashes[1]!,
    transactions: hashes.slice(2),
  };
}
