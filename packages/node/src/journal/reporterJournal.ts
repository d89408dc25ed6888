import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createWitness,
  type DecisionDraft,
  type DecisionLog,
  openDecisionLog,
  type RecordedDecision,
} from '@lichen/journal';
import { blankDecision, type FlightFeatures, parseVkey, type Report } from '@lichen/protocol';
import { Hono } from 'hono';
import type { Address, Hex, PublicClient } from 'viem';
import type { ChainFollower } from '../reporter/chainFollower.ts';
import { repeat } from '../reporter/repeat.ts';
import type { Sender } from '../reporter/transactions.ts';
import { anchorJournal } from './anchorJournal.ts';
import { createCosignatureGatherer } from './gatherCosignatures.ts';
import { createJournalApp } from './journalApp.ts';
import { journalIdentityOf, witnessSecretsOf } from './journalKeys.ts';
import { createWitnessApp } from './witnessApp.ts';

/** Whose heads this reporter witnesses: a reporter, who witnesses its own in turn, or an agent. */
export interface JournalPeer {
  readonly url: string;
  /** vkey of its journal. */
  readonly journal: string;
  /** vkeys of its witness; none of an agent. */
  readonly witness: readonly string[];
}

export interface ReporterJournalInit {
  /** The reporter's folder. */
  readonly stateDir: string;
  readonly chainId: number;
  readonly address: Address;
  readonly privateKey: Hex;
  /** The other operators. */
  readonly peers: readonly JournalPeer[];
  readonly client: PublicClient;
  readonly sender: Sender;
  readonly follower: Pick<ChainFollower, 'rounds'>;
  /** Contract that keeps heads; none is anchored without it. */
  readonly anchor?: Address | undefined;
  /** Unix seconds. */
  readonly clock: () => number;
  readonly log: (line: string) => void;
  readonly onError: (error: unknown) => void;
}

/** A report that is about to be signed. */
export interface ReportToSign {
  readonly report: Report;
  readonly digest: Hex;
  readonly answers: number;
  readonly quorum: number;
  /** What each reporter revealed, as the very text of its message. */
  readonly reveals: readonly { readonly reporter: Address; readonly text: string }[];
}

/** A reporter's decisions, on the disk before its signatures. */
export interface ReporterJournal {
  /** Records what is about to be signed. @throws LichenError `disk-full`: then nothing may be signed */
  beforeReport(report: ReportToSign): Promise<void>;
  beforeFeatures(report: FlightFeatures, digest: Hex, flightId: Hex): Promise<void>;
  /** `/journal/…` and `/witness/…`. */
  readonly app: Hono;
  readonly decisions: DecisionLog;
  /** Witnesses' signatures, outcomes and anchors, until the signal. */
  run(signal: AbortSignal): Promise<unknown>;
  close(): Promise<void>;
}

/** Milliseconds between two rounds of heads, witnesses and outcomes. */
const headPauseMs = 5_000;
/** Milliseconds between two anchors. */
const anchorPauseMs = 60_000;
/** Chain seconds after which a signed round that is on no chain is not going to be. */
const roundGoneAfter = 120;

/** The code that decides, by its content: what a replay has to run. */
const ruleFiles = ['aggregate.ts', 'observeQuestion.ts', 'participant.ts', 'features.ts'];
function rulesHash(): string {
  const hash = createHash('sha256');
  for (const file of ruleFiles) hash.update(readFileSync(new URL(`../reporter/${file}`, import.meta.url)));
  return hash.digest('hex');
}

const roundTask = (round: number) => `report round ${round}`;
const roundOf = (task: string) => {
  const match = /^report round (\d+)$/.exec(task);
  return match === null ? undefined : Number(match[1]);
};

/**
 * Opens a reporter's journal and its witness.
 * @throws LichenError `state-damaged`, `already-running`, `disk-full`
 */
export async function openReporterJournal(init: ReporterJournalInit): Promise<ReporterJournal> {
  const { chainId, address, privateKey, client, sender, follower, clock, log, onError } = init;
  const identity = journalIdentityOf(chainId, address, privateKey);
  const folder = join(init.stateDir, 'journal');
  const decisions = await openDecisionLog({
    folder,
    ...identity,
    clock: () => Math.floor(clock() * 1_000),
    onError,
  });
  const keys = new Map(
    init.peers.map(({ journal }) => {
      const key = parseVkey(journal);
      return [key.name, key] as const;
    }),
  );
  const witness = await createWitness({
    folder: join(init.stateDir, 'witness'),
    secrets: witnessSecretsOf(chainId, address, privateKey),
    logOf: (origin) => keys.get(origin),
    clock,
  });
  const gatherer = createCosignatureGatherer(
    decisions.journal,
    decisions.journal.key,
    init.peers
      .filter((peer) => peer.witness.length > 0)
      .map(({ url, witness: vkeys }) => ({ url: `${url}/witness`, keys: vkeys.map(parseVkey) })),
    { log },
  );
  const rules = { sha256: rulesHash(), version: '1' };
  const blank = { ...blankDecision, rules };

  function settled(
    intent: RecordedDecision,
    result: NonNullable<DecisionDraft['result']>,
  ): Promise<RecordedDecision> {
    return decisions.record({
      ...blank,
      choice: intent.decision.choice,
      kind: 'outcome',
      refersTo: intent.leafHash,
      result,
      task: intent.decision.task,
    });
  }

  async function settleRounds(): Promise<void> {
    const newest = [...follower.rounds.values()].at(-1)?.observedTo ?? 0;
    for (const intent of decisions.openIntents()) {
      const round = roundOf(intent.decision.task);
      if (round === undefined) continue;
      const reported = follower.rounds.get(round);
      if (reported !== undefined) {
        await settled(intent, {
          block: Number(reported.block),
          reason: '',
          status: 'settled',
          transaction: reported.transaction,
        });
      } else if (intent.decision.time / 1_000 + roundGoneAfter < newest) {
        const reason = 'the round was not brought to the chain';
        await settled(intent, { block: null, reason, status: 'failed', transaction: null });
      }
    }
  }

  const app = new Hono();
  app.route('/journal', createJournalApp(decisions, folder));
  app.route('/witness', createWitnessApp(witness));

  return {
    app,
    decisions,
    beforeReport: async ({ report, digest, answers, quorum, reveals }) => {
      const at = Math.floor(clock() * 1_000);
      await decisions.record({
        ...blank,
        checks: [
          {
            got: String(reveals.length),
            limit: String(quorum),
            passed: reveals.length >= quorum,
            rule: 'revealed',
          },
        ],
        choice: `sign ${digest}: ${answers} answers under ${report.root}`,
        inputs: [
          {
            at,
            isPrivate: false,
            mediaType: 'application/json',
            name: 'what each reporter revealed, checked against its commitment',
            provenance: { by: 'transport' },
            // One file: each has to be on the disk before the signature, and each costs a wait.
            sha256: decisions.keep(Buffer.from(JSON.stringify(reveals))),
            uri: `round:${report.round}`,
          },
        ],
        kind: 'intent',
        task: roundTask(report.round),
      });
    },
    beforeFeatures: async (report, digest, flightId) => {
      const bytes = Buffer.from(JSON.stringify(report));
      const intent = await decisions.record({
        ...blank,
        choice: `sign ${digest}`,
        inputs: [
          {
            at: report.observedAt * 1_000,
            isPrivate: false,
            mediaType: 'application/json',
            name: 'features of the flight, from the sources agreed',
            provenance: { by: 'operator' },
            sha256: decisions.keep(bytes),
            uri: `flight:${flightId}`,
          },
        ],
        kind: 'intent',
        task: `features of ${flightId}`,
      });
      // Handing the signature over is all there is to it; the outcome need not be waited for.
      void settled(intent, { block: null, reason: 'signed', status: 'settled', transaction: null }).catch(
        onError,
      );
    },
    run: (signal) =>
      Promise.all([
        repeat(
          signal,
          () => headPauseMs,
          async () => {
            await settleRounds();
            await decisions.journal.checkpoint();
            await gatherer.gather();
          },
          onError,
        ),
        repeat(
          signal,
          () => anchorPauseMs,
          async () => {
            const { anchor } = init;
            if (anchor === undefined) return;
            const { journal } = decisions;
            await anchorJournal({ client, sender, anchor, writer: address, journal, log });
          },
          onError,
        ),
      ]),
    close: async () => {
      await decisions.close();
      await witness.close();
    },
  };
}
