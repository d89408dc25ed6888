import { type Address, encodeAbiParameters, type Hex, keccak256, zeroHash } from 'viem';

/** YES_NO 0..1, CHOICE 0..hi, INTEGER lo..hi, VECTOR 16 × uint16 summing to 10,000. */
export const answerKinds = ['yes-no', 'choice', 'integer', 'vector'] as const;
export type AnswerKind = (typeof answerKinds)[number];

/** What a leaf says about a question. */
export const outcomes = ['answered', 'unresolved', 'too-early'] as const;
export type Outcome = (typeof outcomes)[number];

/** Mirrors `QuestionSpec` in IOracle.sol, field by field. */
export interface QuestionSpec {
  readonly asker: Address;
  readonly kind: number;
  readonly low: bigint;
  readonly high: bigint;
  readonly topic: Hex;
  readonly subject: Hex;
  /** Zero unless the answer is the output of a registered integer model. */
  readonly modelId: Hex;
  readonly inputHash: Hex;
  readonly opensAt: number;
  readonly answerBy: number;
  readonly liveness: number;
  readonly callbackGas: number;
  readonly salt: bigint;
}

export const questionSpecAbi = {
  type: 'tuple',
  components: [
    { name: 'asker', type: 'address' },
    { name: 'kind', type: 'uint8' },
    { name: 'low', type: 'int64' },
    { name: 'high', type: 'int64' },
    { name: 'topic', type: 'bytes32' },
    { name: 'subject', type: 'bytes32' },
    { name: 'modelId', type: 'bytes32' },
    { name: 'inputHash', type: 'bytes32' },
    { name: 'opensAt', type: 'uint40' },
    { name: 'answerBy', type: 'uint40' },
    { name: 'liveness', type: 'uint32' },
    { name: 'callbackGas', type: 'uint32' },
    { name: 'salt', type: 'uint64' },
  ],
} as const;

/** keccak256(abi.encode(chainId, oracle, spec)). */
export function questionIdOf(chainId: number, oracle: Address, spec: QuestionSpec): Hex {
  return keccak256(
    encodeAbiParameters(
      [{ type: 'uint256' }, { type: 'address' }, questionSpecAbi],
      [BigInt(chainId), oracle, spec],
    ),
  );
}

/** One answer of a round. */
export interface AnswerLeaf {
  readonly questionId: Hex;
  readonly outcome: number;
  /** An int64 as two's complement bytes32, or 16 packed uint16 for a vector. */
  readonly answer: Hex;
  readonly confidenceBps: number;
  /** Merkle root of the evidence's content hashes; zero when there is none. */
  readonly evidenceRoot: Hex;
}

/** Double-hashed leaf, as OpenZeppelin's StandardMerkleTree. */
export function leafHashOf(leaf: AnswerLeaf): Hex {
  return keccak256(
    keccak256(
      encodeAbiParameters(
        [
          { type: 'bytes32' },
          { type: 'uint8' },
          { type: 'bytes32' },
          { type: 'uint16' },
          { type: 'bytes32' },
        ],
        [leaf.questionId, leaf.outcome, leaf.answer, leaf.confidenceBps, leaf.evidenceRoot],
      ),
    ),
  );
}

/** An integer answer as bytes32 two's complement. */
export function answerFromInteger(value: bigint): Hex {
  return encodeAbiParameters([{ type: 'int256' }], [value]);
}

export const noEvidence: Hex = zeroHash;
