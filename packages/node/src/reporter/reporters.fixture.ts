import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { flightTopic, type QuestionSpec, questionIdOf } from '@lichen/protocol';
import { Hono } from 'hono';
import { type Hex, keccak256, zeroHash } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { openEvidenceStore } from '../evidence/evidenceStore.ts';
import { serve } from '../http/serve.ts';
import { replayStatusSource } from '../sources/replayStatus.ts';
import { errorResponse } from '../world/httpAnswers.ts';
import { type startSources, testKey, testVerifier } from '../world/world.fixture.ts';
import { callPeer } from './callPeer.ts';
import { leadRound } from './leadRound.ts';
import type { Observation } from './observation.ts';
import { observeQuestion } from './observeQuestion.ts';
import { createParticipant, leaderOf, type Question, type SignedRound } from './participant.ts';
import type { Peer } from './peerMessage.ts';
import { openSignedRounds } from './signedRounds.ts';

/** Support for tests of the protocol: five reporters with real logs and real HTTP, without a chain. */
export const configDigest: Hex = keccak256('0x01');

const accounts = [0, 1, 2, 3, 4]
  .map((index) => privateKeyToAccount(testKey(index)))
  .sort((a, b) => (a.address.toLowerCase() < b.address.toLowerCase() ? -1 : 1));

/** A question about a flight, open since its arrival. */
export function flightQuestion(subject: Hex, opensAt: number, answerBy = opensAt + 1_440): Question {
  const spec: QuestionSpec = {
    asker: '0x00000000000000000000000000000000000000c0',
    kind: 1,
    low: 0n,
    high: 4n,
    topic: flightTopic,
    subject,
    modelId: zeroHash,
    inputHash: zeroHash,
    opensAt,
    answerBy,
    liveness: 3,
    callbackGas: 0,
    salt: 1n,
  };
  return { spec, id: questionIdOf(testVerifier.chainId, testVerifier.address, spec) };
}

/** A question for the output of a model. */
export function modelQuestion(input: Hex, opensAt: number): Question {
  const spec: QuestionSpec = {
    ...flightQuestion(zeroHash, opensAt).spec,
    kind: 2,
    low: -1_000_000n,
    high: 1_000_000n,
    topic: keccak256('0x02'),
    modelId: keccak256('0x03'),
    inputHash: keccak256(input),
  };
  return { spec, id: questionIdOf(testVerifier.chainId, testVerifier.address, spec) };
}

export async function startTestReporters(
  clock: () => number,
  sources: Awaited<ReturnType<typeof startSources>>,
) {
  const folder = mkdtempSync(join(tmpdir(), 'lichen-reporters-'));
  // Addresses first: a quorum is counted over the whole set. Urls follow as the servers start.
  const peers: Peer[] = accounts.map(({ address }, index) => ({ index, address, url: '' }));
  const inputs = new Map<Hex, Hex>();
  /** What reporters believe against their better knowledge, and who is silent or slow. */
  const lies = new Map<number, (observation: Observation) => Observation>();
  const behaviour = new Map<string, 'dead' | 'hangs'>();

  async function startReporter(index: number) {
    const evidence = await openEvidenceStore(join(folder, `evidence-${index}`));
    const statusSources = sources.endpoints.map((source) =>
      replayStatusSource({
        name: source.name,
        url: source.url,
        signer: source.address,
        verifier: testVerifier,
        evidence,
        limits: { timeoutMs: 10_000, maxBytes: 100_000 },
      }),
    );
    const signed = new Map<number, SignedRound>();
    const signedRounds = openSignedRounds(join(folder, `signed-${index}.log`));
    const participant = createParticipant({
      index,
      peers,
      verifier: testVerifier,
      account: accounts[index]!,
      signedRounds,
      slotSeconds: 2,
      clock,
      configDigest: async () => configDigest,
      observe: async ({ id, spec }, observedTo) => {
        const observation = await observeQuestion(
          {
            statusSources,
            flightOf: async () => undefined,
            modelBlob: async () => undefined,
            // Stands where the chain's own run of the model would: its output is the length of the input.
            inferOnChain: async (_, input) => BigInt(input.length),
            inputOf: (hash) => inputs.get(hash),
          },
          id,
          spec,
          observedTo,
        );
        return lies.get(index)?.(observation) ?? observation;
      },
      keepInput: (input) => inputs.set(keccak256(input), input),
      onSigned: (round) => signed.set(round.report.round, round),
    });
    const app = new Hono();
    app.onError((error, context) => errorResponse(context, error));
    app.post('/v1/round/:step', async (context) => {
      const step = context.req.param('step') as 'propose' | 'reveal' | 'sign';
      const manner = behaviour.get(`${index} ${step}`) ?? behaviour.get(`${index}`);
      if (manner === 'dead') return context.text('gone', 503);
      if (manner === 'hangs') await new Promise((resolve) => setTimeout(resolve, 4_000));
      return context.json(await participant[step](await context.req.json()));
    });
    const served = await serve(app);
    peers[index] = { index, address: accounts[index]!.address, url: served.url };
    return { participant, signed, signedRounds, served };
  }

  const running: Awaited<ReturnType<typeof startReporter>>[] = [];
  for (let index = 0; index < 5; index++) running[index] = await startReporter(index);

  async function stopReporter(index: number) {
    await running[index]!.served.close();
    running[index]!.signedRounds.close();
  }

  return {
    peers,
    accounts,
    lies,
    behaviour,
    reporters: running,
    /** Kills a reporter and starts it again on its own log. */
    restart: async (index: number) => {
      await stopReporter(index);
      running[index] = await startReporter(index);
    },
    /** Leads the round of the present slot with the reporter whose turn it is. */
    lead: (questions: readonly Question[], roundInputs: readonly Hex[] = []) => {
      const observedTo = Math.floor(clock());
      const round = Math.floor(observedTo / 2);
      const index = leaderOf(round, 5);
      return leadRound(
        {
          index,
          peers,
          verifier: testVerifier,
          account: accounts[index]!,
          participant: running[index]!.participant,
          call: callPeer,
          signedRoundOf: (wanted) => running[index]!.signed.get(wanted),
          // The machine may be slow: no test is about how long an honest reporter takes.
          deadlines: { propose: 20_000, reveal: 20_000, sign: 20_000 },
        },
        { round, observedFrom: round * 2, observedTo, questions, inputs: roundInputs },
      );
    },
    stop: async () => {
      for (let index = 0; index < 5; index++) await stopReporter(index);
      rmSync(folder, { recursive: true });
    },
  };
}
