import { setTimeout } from 'node:timers/promises';
import { LichenError, type OracleVerifier, quorumOf } from '@lichen/protocol';
import { type Hex, isAddressEqual, keccak256, recoverAddress, toBytes } from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';
import { commitmentOf, observationsSchema, specToWire } from './observation.ts';
import {
  commitSchema,
  type Participant,
  type Question,
  revealSchema,
  type SignedRound,
  signatureSchema,
} from './participant.ts';
import { openMessage, type Peer, type PeerMessage, readPayload, signMessage } from './peerMessage.ts';

export interface LeaderComponents {
  readonly index: number;
  readonly peers: readonly Peer[];
  readonly verifier: OracleVerifier;
  readonly account: PrivateKeyAccount;
  readonly participant: Participant;
  /** Sends a message to a peer and returns its parsed answer; rejects after the deadline. */
  readonly call: (peer: Peer, path: string, message: PeerMessage, timeoutMs: number) => Promise<unknown>;
  /** What this reporter itself signed for a round. */
  readonly signedRoundOf: (round: number) => SignedRound | undefined;
  /** Milliseconds that each step waits for the slowest reporter; sources are asked in the first. */
  readonly deadlines?: { readonly propose: number; readonly reveal: number; readonly sign: number };
}

export interface RoundRequest {
  readonly round: number;
  readonly observedFrom: number;
  readonly observedTo: number;
  readonly questions: readonly Question[];
  readonly inputs: readonly Hex[];
}

export interface LedRound extends SignedRound {
  /** 65-byte signatures of the report's digest by reporter index: a quorum or more. */
  readonly signatures: ReadonlyMap<number, Hex>;
}

/** A round must fit its slot and the next. */
const defaultDeadlines = { propose: 2_200, reveal: 700, sign: 900 };
/** Milliseconds that a step waits for the rest once a quorum has answered. */
const graceMs = 250;

/**
 * Leads one round through its three steps. A reporter that is silent, slow or wrong in one step is left out of the next.
 * @throws LichenError `no-quorum` when too few take part or agree
 */
export async function leadRound(components: LeaderComponents, request: RoundRequest): Promise<LedRound> {
  const { index, peers, verifier, account, participant, deadlines = defaultDeadlines } = components;
  const { round } = request;
  const quorum = quorumOf(peers.length);

  async function ask(
    members: readonly Peer[],
    step: 'propose' | 'reveal' | 'sign',
    kind: PeerMessage['kind'],
    answerKind: PeerMessage['kind'],
    payload: unknown,
  ): Promise<Map<number, PeerMessage>> {
    const message = await signMessage(verifier, account, {
      kind,
      round,
      from: index,
      payload: JSON.stringify(payload),
    });
    const answers = new Map<number, PeerMessage>();
    const quorumCame = Promise.withResolvers<void>();
    const all = Promise.allSettled(
      members.map(async (peer) => {
        const raw =
          peer.index === index
            ? await participant[step](message)
            : await components.call(peer, `/v1/round/${step}`, message, deadlines[step]);
        const answer = await openMessage(verifier, peers, raw, { kind: answerKind, round, from: peer.index });
        answers.set(peer.index, answer);
        if (answers.size === quorum) quorumCame.resolve();
      }),
    );
    // With a quorum in hand a laggard gets a moment more, not the whole deadline: a round must fit its slot.
    const patience = new AbortController();
    await Promise.race([
      all,
      quorumCame.promise.then(() => setTimeout(graceMs, undefined, { signal: patience.signal })),
    ]).finally(() => patience.abort());
    const answered = new Map(answers);
    if (answered.size < quorum) {
      throw new LichenError('no-quorum', `Too few reporters answered the step "${step}".`, {
        got: `${answered.size} of ${peers.length}`,
        expected: `${quorum}`,
        next: 'Nothing to do: the next leader tries again.',
        retry: 'later',
      });
    }
    return answered;
  }
  const membersOf = (answers: ReadonlyMap<number, unknown>) =>
    peers.filter((peer) => answers.has(peer.index));

  const proposal = {
    observedFrom: request.observedFrom,
    observedTo: request.observedTo,
    questions: request.questions.map(({ spec }) => specToWire(spec)),
    inputs: request.inputs,
  };
  const proposalHash = keccak256(toBytes(JSON.stringify(proposal)));
  const commits = await ask(peers, 'propose', 'propose', 'commit', proposal);
  for (const [peer, commit] of commits) {
    if (readPayload(commit, commitSchema).proposal !== proposalHash) commits.delete(peer);
  }
  const reveals = await ask(membersOf(commits), 'reveal', 'reveal-request', 'reveal', {
    commits: [...commits.values()],
  });
  for (const [peer, reveal] of reveals) {
    if (!opensCommitment(reveal, readPayload(commits.get(peer)!, commitSchema).commitment))
      reveals.delete(peer);
  }
  const answers = await ask(membersOf(reveals), 'sign', 'sign-request', 'signature', {
    reveals: [...reveals.values()],
  });
  const own = components.signedRoundOf(round);
  if (own === undefined) {
    throw new LichenError('no-quorum', 'This reporter does not sign its own round.', { retry: 'later' });
  }
  const signatures = new Map<number, Hex>();
  for (const [peer, answer] of answers) {
    const { digest, signature } = readPayload(answer, signatureSchema);
    if (digest !== own.digest) continue;
    const signer = await recoverAddress({ hash: digest, signature }).catch(() => undefined);
    if (signer !== undefined && isAddressEqual(signer, peers[peer]!.address)) signatures.set(peer, signature);
  }
  if (signatures.size < quorum) {
    throw new LichenError('no-quorum', 'Too few reporters signed the same report.', {
      got: `${signatures.size} of ${peers.length}`,
      expected: `${quorum}`,
      next: 'Nothing to do: the next leader tries again.',
      retry: 'later',
    });
  }
  return { ...own, signatures };
}

/** One false reveal must cost its sender the round, not everybody. */
function opensCommitment(message: PeerMessage, commitment: Hex): boolean {
  try {
    const { salt, text } = readPayload(message, revealSchema);
    const { reporter, round } = observationsSchema.parse(JSON.parse(text));
    return commitmentOf(text, salt) === commitment && reporter === message.from && round === message.round;
  } catch {
    return false;
  }
}
