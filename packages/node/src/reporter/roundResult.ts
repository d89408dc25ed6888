import type { OracleVerifier } from '@lichen/protocol';
import type { Hex } from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';
import { z } from 'zod';
import { callPeer } from './callPeer.ts';
import type { Place } from './membership.ts';
import { hex32, hex65 } from './observation.ts';
import { signMessage } from './peerMessage.ts';

const reportSchema = z
  .object({
    round: z.number().int().min(0),
    observedFrom: z.number().int().min(0),
    observedTo: z.number().int().min(0),
    root: hex32,
    dataDigest: hex32,
  })
  .strict();

/** What a leader tells the others when it submits: who signed what, and which answers are under way. */
export const resultSchema = z
  .object({
    report: reportSchema,
    signatures: z.array(z.object({ index: z.number().int().min(0).max(63), signature: hex65 })).max(64),
    questions: z.array(hex32).max(64),
  })
  .strict();
export type RoundResult = z.infer<typeof resultSchema>;

/** Tells every other member of the set; who does not hear it loses nothing but a moment. */
export async function tellResult(
  components: { readonly verifier: OracleVerifier; readonly account: PrivateKeyAccount },
  { peers, index }: Omit<Place, 'set'>,
  result: RoundResult,
): Promise<void> {
  const message = await signMessage(components.verifier, components.account, {
    kind: 'result',
    round: result.report.round,
    from: index,
    payload: JSON.stringify(result),
  });
  await Promise.allSettled(
    peers
      .filter((peer) => peer.index !== index)
      .map((peer) => callPeer(peer, '/v1/round/result', message, 1_000)),
  );
}

/** Chain seconds that a submitted answer is given to appear on the chain before it is proposed again. */
const inFlightSeconds = 5;

/** Answers that somebody has submitted a moment ago. */
export interface InFlight {
  mark(questions: readonly Hex[]): void;
  has(question: Hex): boolean;
}

export function createInFlight(clock: () => number): InFlight {
  const until = new Map<Hex, number>();
  return {
    mark: (questions) => {
      const now = clock();
      for (const id of questions) until.set(id, now + inFlightSeconds);
      for (const [id, end] of until) if (end < now) until.delete(id);
    },
    has: (question) => (until.get(question) ?? 0) >= clock(),
  };
}
