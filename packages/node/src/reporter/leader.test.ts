import { oracleAbi } from '@lichen/sdk';
import { decodeFunctionData, type Hex, hexToBigInt, zeroHash } from 'viem';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  chainAt,
  flightWith,
  settableClock,
  startSources,
  testVerifier,
  testWorld,
} from '../world/world.fixture.ts';
import type { ReportedRound, TrackedQuestion } from './chainFollower.ts';
import { createRoundLeader } from './leader.ts';
import { leaderOf } from './participant.ts';
import { configDigest, flightQuestion, startTestReporters } from './reporters.fixture.ts';
import { createInFlight } from './roundResult.ts';
import type { Call } from './transactions.ts';

const clock = settableClock(testWorld.chainEpoch);
let sources: Awaited<ReturnType<typeof startSources>>;
let network: Awaited<ReturnType<typeof startTestReporters>>;
beforeAll(async () => {
  sources = await startSources(clock);
  network = await startTestReporters(clock, sources);
});
afterAll(async () => {
  await network.stop();
  await sources.stop();
});

const { flight, outcome } = flightWith(({ result }) => result === 'late');
const question: TrackedQuestion = { ...flightQuestion(flight.flightId, flight.arrivesAt), status: 'pending' };
clock.now = chainAt(outcome.knownAt) + 20;
beforeEach(() => {
  clock.now += 20;
});

/** Lets the reporter whose slot it is lead, with the chain as it was `silence` seconds after the last report. */
async function leadAfter(silence: number, asked: readonly TrackedQuestion[]): Promise<readonly Call[]> {
  const sent: Call[] = [];
  const round = Math.floor(clock() / 2);
  const index = leaderOf(round, 5);
  const { participant, signed, signedRounds } = network.reporters[index]!;
  const last = { round: round - 1, observedTo: Math.floor(clock()) - silence } as ReportedRound;
  const set = { epoch: 1, digest: configDigest, members: network.peers.map(({ address }) => address) };
  const leader = createRoundLeader({
    membership: { seat: () => ({ set, peers: network.peers, own: { index, participant } }) },
    follower: {
      sync: async () => undefined,
      questions: new Map(asked.map((one) => [one.id, one])),
      rounds: new Map([[last.round, last]]),
    },
    signedRounds,
    signedRoundOf: (wanted) => signed.get(wanted),
    inFlight: createInFlight(clock),
    inputs: { put: () => '0x', get: () => undefined },
    // The leader finds an answer; what it is comes from the participants and their sources.
    observe: async ({ id }) => ({
      questionId: id,
      outcome: 0,
      answer: zeroHash,
      statements: [],
      evidence: [],
    }),
    verifier: testVerifier,
    account: network.accounts[index]!,
    oracle: testVerifier.address,
    // Stands where the chain would be.
    sender: {
      send: async (calls) => {
        sent.push(...calls);
        return [];
      },
    },
    clock,
    afterRound: async () => undefined,
    deadlines: { propose: 20_000, reveal: 20_000, sign: 20_000 },
    log: () => undefined,
  });
  await leader.lead();
  return sent;
}

/** Root of the report that a `submit` carries. */
function rootOf(call: Call | undefined): Hex {
  const { functionName, args } = decodeFunctionData({ abi: oracleAbi, data: call!.data });
  if (functionName !== 'submit') throw new Error(`a ${functionName} comes first`);
  return args[0].root;
}

test('a due question is answered, and no heartbeat is sent beside it', async () => {
  const calls = await leadAfter(60, [question]);
  expect(calls).toHaveLength(2);
  expect(hexToBigInt(rootOf(calls[0]))).not.toBe(0n);
});

test('without a question a heartbeat is sent after 50 s of silence, not before', async () => {
  expect(await leadAfter(49, [])).toEqual([]);
  clock.now += 10;
  const calls = await leadAfter(50, []);
  expect(calls).toHaveLength(1);
  expect(hexToBigInt(rootOf(calls[0]))).toBe(0n);
});

test('after a long stop the heartbeat goes before the questions of the time between: sales open at once', async () => {
  const calls = await leadAfter(3_600, [question]);
  expect(calls).toHaveLength(1);
  expect(hexToBigInt(rootOf(calls[0]))).toBe(0n);
  clock.now += 10;
  expect(await leadAfter(10, [question])).toHaveLength(2);
});
