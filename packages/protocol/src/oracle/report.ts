import { type Address, type Hex, hashTypedData } from 'viem';

/** One round's signed head. Times are chain time, unix seconds. */
export interface Report {
  /** Slot number: floor(chain time / slot seconds); strictly increasing on chain, gaps are legal. */
  readonly round: number;
  readonly observedFrom: number;
  readonly observedTo: number;
  /** Merkle root of the round's answer leaves; zero for a heartbeat. */
  readonly root: Hex;
  /** Content hash of all revealed observations of the round. */
  readonly dataDigest: Hex;
}

export const reportTypes = {
  Report: [
    { name: 'configDigest', type: 'bytes32' },
    { name: 'round', type: 'uint40' },
    { name: 'observedFrom', type: 'uint40' },
    { name: 'observedTo', type: 'uint40' },
    { name: 'root', type: 'bytes32' },
    { name: 'dataDigest', type: 'bytes32' },
  ],
} as const;

/** A source's signed word on a subject. */
export interface Statement {
  readonly topic: Hex;
  readonly subject: Hex;
  /** The typed answer the source gives. */
  readonly value: bigint;
  /** Source's detail for people, e.g. arrival delay in minutes. */
  readonly detail: bigint;
  readonly observedAt: number;
}

export const statementTypes = {
  Statement: [
    { name: 'topic', type: 'bytes32' },
    { name: 'subject', type: 'bytes32' },
    { name: 'value', type: 'int64' },
    { name: 'detail', type: 'int64' },
    { name: 'observedAt', type: 'uint40' },
  ],
} as const;

export interface SignedStatement {
  readonly source: Address;
  readonly statement: Statement;
  readonly signature: Hex;
}

export interface OracleVerifier {
  readonly chainId: number;
  /** Address of Oracle. */
  readonly address: Address;
}

function domainOf(verifier: OracleVerifier) {
  return {
    name: 'Lichen Oracle',
    version: '1',
    chainId: verifier.chainId,
    verifyingContract: verifier.address,
  } as const;
}

/** EIP-712 digest that each reporter of the set signs. `configDigest` names the reporter set. */
export function reportDigest(verifier: OracleVerifier, configDigest: Hex, report: Report): Hex {
  return hashTypedData({
    domain: domainOf(verifier),
    types: reportTypes,
    primaryType: 'Report',
    message: { configDigest, ...report },
  });
}

/** EIP-712 digest that a source signs. */
export function statementDigest(verifier: OracleVerifier, statement: Statement): Hex {
  return hashTypedData({
    domain: domainOf(verifier),
    types: statementTypes,
    primaryType: 'Statement',
    message: statement,
  });
}
