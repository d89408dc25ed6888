import { z } from 'zod';
import type { ChainFollower, ReportedRound } from '../reporter/chainFollower.ts';
import { numberOf } from '../reporter/membership.ts';
import { hex32, observationSchema } from '../reporter/observation.ts';
import { leaderOf } from '../reporter/participant.ts';
import type { Peer } from '../reporter/peerMessage.ts';
import type { ArchivedRound } from '../reporter/roundArchive.ts';
import { readBounded } from '../sources/fetchEvidence.ts';

const seconds = z.number().int().min(0);
const archivedSchema = z.object({
  round: seconds,
  leader: z.number().int(),
  observedFrom: seconds,
  observedTo: seconds,
  root: hex32,
  dataDigest: hex32,
  leaves: z.array(
    z.object({
      questionId: hex32,
      topic: hex32,
      subject: hex32,
      outcome: z.number().int(),
      answer: hex32,
      confidenceBps: z.number().int(),
      evidenceRoot: hex32,
    }),
  ),
  reporters: z.array(z.object({ index: z.number().int(), observations: z.array(observationSchema) })),
});
const listSchema = z.object({ rounds: z.array(archivedSchema).max(400) });

/** What the chain says of a round, as JSON. */
export interface RoundOnChain {
  /** Numbers of the reporters as the network lists them; bits of the set of that time, translated. */
  readonly signers: readonly number[];
  readonly block: number;
  readonly transaction: string;
}

/** A round for the screen: the reporters' data, checked against the digest that the chain holds. */
export type RoundView = Omit<ArchivedRound, 'leaves'> & {
  readonly leaves: readonly (ArchivedRound['leaves'][number] & { readonly status: string })[];
  readonly chain: RoundOnChain;
};

async function askRounds(peer: Peer, limit: number): Promise<readonly ArchivedRound[]> {
  const response = await fetch(`${peer.url}/v1/rounds?limit=${limit}`, {
    redirect: 'error',
    signal: AbortSignal.timeout(2_000),
  });
  const body = await readBounded(response, 20_000_000);
  return listSchema.parse(JSON.parse(new TextDecoder().decode(body ?? new Uint8Array()))).rounds;
}

function onChain(reported: ReportedRound, follower: ChainFollower, reporters: readonly Peer[]): RoundOnChain {
  const set = follower.sets.get(reported.epoch);
  const signers: number[] = [];
  for (let i = 0; i < 64; i++) {
    if (((reported.signers >> BigInt(i)) & 1n) === 0n) continue;
    signers.push(set === undefined ? i : numberOf(set, i, reporters));
  }
  return { signers, block: Number(reported.block), transaction: reported.transaction };
}

function leaderOfRound(head: ReportedRound, follower: ChainFollower, reporters: readonly Peer[]): number {
  const set = follower.sets.get(head.epoch);
  if (set === undefined) return leaderOf(head.round, reporters.length);
  return numberOf(set, leaderOf(head.round, set.members.length), reporters);
}

/** Joins what the reporters keep with what the chain accepted; newest first. Rounds without data are heads only. */
export async function roundViews(
  follower: ChainFollower,
  reporters: readonly Peer[],
  limit: number,
  only?: number,
): Promise<RoundView[]> {
  const heads = [...follower.rounds.values()]
    .filter((head) => only === undefined || head.round === only)
    .slice(-limit)
    .reverse();
  if (heads.length === 0) return [];
  const kept = new Map<string, ArchivedRound>();
  const wanted = only === undefined ? limit + 20 : 400;
  for (const answer of await Promise.allSettled(
    reporters.map((peer) => askRounds(peer, Math.min(400, wanted))),
  )) {
    if (answer.status === 'rejected') continue;
    // Root and digest of the chain pick the true version: a reporter cannot show another story here.
    for (const round of answer.value) kept.set(`${round.round} ${round.root} ${round.dataDigest}`, round);
  }
  return heads.map((head): RoundView => {
    const data = kept.get(`${head.round} ${head.root} ${head.dataDigest}`);
    return {
      round: head.round,
      leader: data?.leader ?? leaderOfRound(head, follower, reporters),
      observedFrom: head.observedFrom,
      observedTo: head.observedTo,
      root: head.root,
      dataDigest: head.dataDigest,
      leaves: (data?.leaves ?? []).map((leaf) => ({
        ...leaf,
        status: follower.questions.get(leaf.questionId)?.status ?? 'unknown',
      })),
      reporters: data?.reporters ?? [],
      chain: onChain(head, follower, reporters),
    };
  });
}
