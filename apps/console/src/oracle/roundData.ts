import { leafHashOf, merkleRootOf } from '@lichen/protocol';
import { type LichenClient, requestGateway } from '@lichen/sdk';
import { type Hex, zeroHash } from 'viem';

/** A source's statement as a reporter passed it on; 64-bit integers travel as text. */
export interface ToldStatement {
  readonly name: string;
  readonly source: Hex;
  readonly value: string;
  readonly detail: string;
  readonly observedAt: number;
}

export interface ToldObservation {
  readonly questionId: Hex;
  /** 0 answered, 1 unresolved, 2 too early. */
  readonly outcome: number;
  readonly answer: Hex;
  readonly statements: readonly ToldStatement[];
  readonly evidence: readonly Hex[];
}

export interface ToldLeaf {
  readonly questionId: Hex;
  readonly topic: Hex;
  readonly subject: Hex;
  readonly outcome: number;
  readonly answer: Hex;
  readonly confidenceBps: number;
  readonly evidenceRoot: Hex;
  readonly status: string;
}

/** A round as the gateway tells it, chosen by the root and digest that the chain holds. Times are chain seconds. */
export interface ToldRound {
  readonly round: number;
  readonly leader: number;
  readonly observedFrom: number;
  readonly observedTo: number;
  readonly root: Hex;
  readonly dataDigest: Hex;
  readonly leaves: readonly ToldLeaf[];
  readonly reporters: readonly {
    readonly index: number;
    readonly observations: readonly ToldObservation[];
  }[];
  readonly chain: { readonly signers: readonly number[]; readonly block: number; readonly transaction: Hex };
}

/** Recent rounds, newest first. @throws LichenError `not-running`, `timeout`, `chain-unreachable`. */
export async function readRounds(client: LichenClient, limit: number): Promise<readonly ToldRound[]> {
  const answer = await requestGateway(client.gatewayUrl, `/v1/rounds?limit=${limit}`);
  return (answer as { rounds: readonly ToldRound[] }).rounds;
}

/** Whether a round carried no answer. Without a reporter's data its answers are unknown, not none. */
export function isHeartbeat(root: Hex): boolean {
  return root === zeroHash;
}

/** True when the answers, hashed here, give the root that the chain accepted: the gateway changed nothing. */
export function holdsRoot(round: Pick<ToldRound, 'leaves'>, root: Hex): boolean {
  return merkleRootOf(round.leaves.map(leafHashOf)).toLowerCase() === root.toLowerCase();
}
