import { randomBytes } from 'node:crypto';
import {
  LichenError,
  type OracleVerifier,
  type QuestionSpec,
  questionIdOf,
  quorumOf,
  type Report,
  reportDigest,
} from '@lichen/protocol';
import { type Hex, hexToBigInt, keccak256, toBytes, toHex, zeroHash } from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';
import { z } from 'zod';
import type { ReportToSign } from '../journal/reporterJournal.ts';
import { type Aggregate, aggregate, type Reveal } from './aggregate.ts';
import {
  commitmentOf,
  hex32,
  type Observation,
  type Observations,
  observationsSchema,
  specFromWire,
  wireSpecSchema,
} from './observation.ts';
import { openMessage, type Peer, type PeerMessage, readPayload, signMessage } from './peerMessage.ts';
import type { SignedRounds } from './signedRounds.ts';

export interface Question {
  readonly id: Hex;
  readonly spec: QuestionSpec;
}

export interface ParticipantComponents {
  readonly index: number;
  readonly peers: readonly Peer[];
  readonly verifier: OracleVerifier;
  readonly account: PrivateKeyAccount;
  readonly signedRounds: SignedRounds;
  readonly slotSeconds: number;
  /** Chain time now, unix seconds with a fraction. */
  readonly clock: () => number;
  /** The set in force on the chain. */
  readonly configDigest: () => Promise<Hex>;
  readonly observe: (question: Question, observedTo: number) => Promise<Observation>;
  /** Keeps the bytes of a model's input for later disputes. */
  readonly keepInput: (input: Hex) => void;
  /** Told once this reporter has signed. */
  readonly onSigned: (round: SignedRound) => void;
  /** Told of each report before it is signed; what it throws keeps the signature back. */
  readonly beforeSigning?: (report: ReportToSign) => Promise<void>;
}

export interface SignedRound extends Aggregate {
  readonly report: Report;
  readonly digest: Hex;
  readonly signature: Hex;
  readonly questions: readonly Question[];
  readonly reveals: readonly Reveal[];
}

/** One reporter's side of a round: commit, then reveal, then sign, each at most once and only in this order. */
export interface Participant {
  propose(message: unknown): Promise<PeerMessage>;
  reveal(message: unknown): Promise<PeerMessage>;
  sign(message: unknown): Promise<PeerMessage>;
}

export const proposalSchema = z
  .object({
    observedFrom: z.number().int().min(0),
    observedTo: z.number().int().min(0),
    questions: z.array(wireSpecSchema).max(64),
    /** Input bytes of model questions. */
    inputs: z.array(z.string().regex(/^0x([0-9a-f]{2}){1,256}$/) as unknown as z.ZodType<Hex>).max(64),
  })
  .strict();
export const commitSchema = z.object({ proposal: hex32, commitment: hex32 }).strict();
export const commitSetSchema = z.object({ commits: z.array(z.unknown()).max(64) }).strict();
export const revealSchema = z.object({ salt: hex32, text: z.string().max(1_000_000) }).strict();
export const revealSetSchema = z.object({ reveals: z.array(z.unknown()).max(64) }).strict();
export const signatureSchema = z
  .object({
    digest: hex32,
    signature: z.string().regex(/^0x[0-9a-f]{130}$/) as unknown as z.ZodType<Hex>,
  })
  .strict();

interface RoundState {
  readonly proposalHash: Hex;
  readonly report: Pick<Report, 'round' | 'observedFrom' | 'observedTo'>;
  readonly questions: readonly Question[];
  readonly own: Promise<{ readonly text: string; readonly salt: Hex; readonly observed: Observations }>;
  /** Set by the first reveal request: commitments by reporter, never changed after. */
  commitments?: ReadonlyMap<number, Hex>;
}

function refused(summary: string, got: string, expected: string): LichenError {
  return new LichenError('bad-input', summary, { got, expected, retry: 'never' });
}

/** The reporter whose turn a round is. */
export function leaderOf(round: number, reporters: number): number {
  return round % reporters;
}

/** True when what we observed ourselves shows the leaf to be provably wrong: signing it could cost the bond. */
export function contradicts(
  question: Question,
  own: Observation | undefined,
  outcome: number,
  answer: Hex,
): boolean {
  // A model has one right outcome and answer. Who could not run it has no ground to sign what another ran.
  if (question.spec.modelId !== zeroHash) {
    return own === undefined || own.outcome !== outcome || own.answer !== answer;
  }
  if (own === undefined || outcome !== 0) return false;
  const against = new Map<string, Set<string>>();
  for (const statement of own.statements) {
    if (BigInt(statement.value) === BigInt.asIntN(256, hexToBigInt(answer))) continue;
    against.set(statement.value, (against.get(statement.value) ?? new Set()).add(statement.source));
  }
  return [...against.values()].some((sources) => sources.size >= 2);
}

/** Creates the follower's side of the protocol (docs/spec/reporter-protocol.md). */
export function createParticipant(components: ParticipantComponents): Participant {
  const { index, peers, verifier, account, slotSeconds } = components;
  const quorum = quorumOf(peers.length);
  const states = new Map<number, RoundState>();

  const answer = (kind: PeerMessage['kind'], round: number, payload: unknown) =>
    signMessage(verifier, account, { kind, round, from: index, payload: JSON.stringify(payload) });

  function stateOf(round: number): RoundState {
    const state = states.get(round);
    if (state === undefined) {
      throw refused(
        'This reporter did not commit to that round.',
        `round ${round}`,
        'a round it has committed to since it started',
      );
    }
    return state;
  }

  async function openFromLeader(message: unknown, kind: PeerMessage['kind']): Promise<PeerMessage> {
    const opened = await openMessage(verifier, peers, message, { kind });
    const leader = leaderOf(opened.round, peers.length);
    if (opened.from !== leader) {
      throw refused(
        'Only the leader of a round may ask that.',
        `reporter ${opened.from}`,
        `reporter ${leader}`,
      );
    }
    return opened;
  }

  async function observeAll(
    round: number,
    questions: readonly Question[],
    observedTo: number,
  ): Promise<Awaited<RoundState['own']>> {
    const observations = await Promise.all(
      questions.map((question) => components.observe(question, observedTo)),
    );
    const observed: Observations = { round, reporter: index, observations };
    return { observed, text: JSON.stringify(observed), salt: toHex(randomBytes(32)) };
  }

  return {
    propose: async (raw) => {
      const message = await openFromLeader(raw, 'propose');
      const proposalHash = keccak256(toBytes(message.payload));
      const known = states.get(message.round);
      if (known !== undefined && known.proposalHash !== proposalHash) {
        throw refused('A leader may propose once for a round.', proposalHash, known.proposalHash);
      }
      let state = known;
      if (state === undefined) {
        const { round } = message;
        const proposal = readPayload(message, proposalSchema);
        const now = components.clock();
        if (
          Math.floor(proposal.observedTo / slotSeconds) !== round ||
          Math.abs(now - proposal.observedTo) > 6
        ) {
          throw refused(
            'That round is not now.',
            `round ${round} at ${proposal.observedTo}`,
            `near ${Math.floor(now)}`,
          );
        }
        if (
          proposal.observedFrom > proposal.observedTo ||
          proposal.observedFrom < proposal.observedTo - slotSeconds
        ) {
          throw refused(
            'The time of observation is too long.',
            `${proposal.observedFrom} to ${proposal.observedTo}`,
            'within the slot',
          );
        }
        if (round <= components.signedRounds.last) {
          throw refused(
            'That round is over.',
            `round ${round}`,
            `a round after ${components.signedRounds.last}`,
          );
        }
        for (const input of proposal.inputs) components.keepInput(input);
        const questions = proposal.questions.map(specFromWire).map((spec) => ({
          spec,
          id: questionIdOf(verifier.chainId, verifier.address, spec),
        }));
        if (new Set(questions.map(({ id }) => id)).size !== questions.length) {
          throw refused('A question stands twice in that proposal.', `round ${round}`, 'distinct questions');
        }
        if (questions.some(({ spec }) => spec.opensAt > proposal.observedTo)) {
          throw refused('A question of that proposal is not open yet.', `round ${round}`, 'open questions');
        }
        state = {
          proposalHash,
          report: { round, observedFrom: proposal.observedFrom, observedTo: proposal.observedTo },
          questions,
          own: observeAll(round, questions, proposal.observedTo),
        };
        states.set(round, state);
        for (const old of states.keys()) if (old < round - 30) states.delete(old);
      }
      const { text, salt } = await state.own;
      return answer('commit', message.round, {
        proposal: proposalHash,
        commitment: commitmentOf(text, salt),
      });
    },

    reveal: async (raw) => {
      const message = await openFromLeader(raw, 'reveal-request');
      const state = stateOf(message.round);
      const commitments = new Map<number, Hex>();
      for (const item of readPayload(message, commitSetSchema).commits) {
        const commit = await openMessage(verifier, peers, item, { kind: 'commit', round: message.round });
        const { proposal, commitment } = readPayload(commit, commitSchema);
        if (proposal !== state.proposalHash) continue;
        commitments.set(commit.from, commitment);
      }
      const { text, salt } = await state.own;
      if (commitments.get(index) !== commitmentOf(text, salt) || commitments.size < quorum) {
        throw refused(
          'That is not a quorum of commitments with mine among them.',
          `${commitments.size} commitments`,
          `${quorum}`,
        );
      }
      // The first set holds: whoever has not committed by now cannot copy what is about to be revealed.
      state.commitments ??= commitments;
      return answer('reveal', message.round, { salt, text });
    },

    sign: async (raw) => {
      const message = await openFromLeader(raw, 'sign-request');
      const state = stateOf(message.round);
      if (state.commitments === undefined) {
        throw refused('Signing comes after revealing.', `round ${message.round}`, 'a reveal request first');
      }
      const reveals = new Map<number, Reveal>();
      for (const item of readPayload(message, revealSetSchema).reveals) {
        const opened = await openMessage(verifier, peers, item, { kind: 'reveal', round: message.round });
        const { salt, text } = readPayload(opened, revealSchema);
        if (state.commitments.get(opened.from) !== commitmentOf(text, salt)) {
          throw refused(
            'A revealed observation is not the one committed to.',
            `reporter ${opened.from}`,
            'its commitment',
          );
        }
        const parsed = observationsSchema.safeParse(JSON.parse(text));
        if (!parsed.success || parsed.data.reporter !== opened.from || parsed.data.round !== message.round) {
          throw refused(
            'A revealed observation is malformed or not its sender’s own.',
            `reporter ${opened.from}`,
            'its own observations of this round',
          );
        }
        reveals.set(opened.from, { reporter: opened.from, text, observations: parsed.data.observations });
      }
      if (reveals.size < quorum) {
        throw new LichenError('no-quorum', 'Too few reporters revealed.', {
          got: `${reveals.size}`,
          expected: `${quorum}`,
          retry: 'later',
        });
      }
      const result = aggregate(state.questions, [...reveals.values()], peers.length);
      const { observed } = await state.own;
      for (const leaf of result.leaves) {
        const question = state.questions.find(({ id }) => id === leaf.questionId)!;
        const own = observed.observations.find((item) => item.questionId === leaf.questionId);
        if (contradicts(question, own, leaf.outcome, leaf.answer)) {
          throw new LichenError(
            'sources-disagree',
            'This reporter holds proof against an answer of the round.',
            {
              got: `${leaf.questionId} = ${leaf.answer}`,
              expected: own?.answer ?? 'another answer',
              retry: 'later',
            },
          );
        }
      }
      const report: Report = { ...state.report, root: result.root, dataDigest: result.dataDigest };
      const digest = reportDigest(verifier, await components.configDigest(), report);
      components.signedRounds.claim(report.round, digest);
      // On the disk before the signature exists: what cannot be recorded is not signed.
      await components.beforeSigning?.({
        report,
        digest,
        answers: result.leaves.length,
        quorum,
        reveals: [...reveals.values()].map(({ reporter, text }) => ({
          reporter: peers[reporter]!.address,
          text,
        })),
      });
      const signature = await account.sign({ hash: digest });
      components.onSigned({
        ...result,
        report,
        digest,
        signature,
        questions: state.questions,
        reveals: [...reveals.values()].sort((a, b) => a.reporter - b.reporter),
      });
      return answer('signature', message.round, { digest, signature });
    },
  };
}
