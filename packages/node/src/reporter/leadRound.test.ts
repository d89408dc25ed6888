import { answerFromInteger, flightAnswers, leafHashOf, merkleRootOf, reportDigest } from '@lichen/protocol';
import { isAddressEqual, keccak256, recoverAddress } from 'viem';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  chainAt,
  flightWith,
  settableClock,
  startSources,
  testVerifier,
  testWorld,
} from '../world/world.fixture.ts';
import { signMessage } from './peerMessage.ts';
import { configDigest, flightQuestion, modelQuestion, startTestReporters } from './reporters.fixture.ts';

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
const question = flightQuestion(flight.flightId, flight.arrivesAt);
const late = answerFromInteger(BigInt(flightAnswers.indexOf('late')));
const onTime = answerFromInteger(0n);
const landed = chainAt(outcome.knownAt) + 2;

// A day later: still unknown while the tests before its own run.
const tomorrow = flightWith(({ result }) => result === 'late', testWorld.recordedEpoch + 30 * 3_600);

clock.now = landed;
beforeEach(async () => {
  network.lies.clear();
  network.behaviour.clear();
  for (const index of [0, 1, 2]) await sources.setMode(index, 'honest');
  // Time only grows: reporters refuse rounds that are over.
  clock.now += 20;
});

describe('a round', () => {
  test('five honest reporters find and sign the answer', async () => {
    const led = await network.lead([question]);
    expect(led.leaves).toHaveLength(1);
    expect(led.leaves[0]).toMatchObject({ outcome: 0, answer: late, confidenceBps: 10_000 });
    expect(led.root).toBe(merkleRootOf(led.leaves.map(leafHashOf)));
    expect(led.signatures.size).toBeGreaterThanOrEqual(4);
    const digest = reportDigest(testVerifier, configDigest, led.report);
    for (const [index, signature] of led.signatures) {
      const signer = await recoverAddress({ hash: digest, signature });
      expect(isAddressEqual(signer, network.peers[index]!.address)).toBe(true);
    }
  });

  test('an empty round is a heartbeat with the zero root', async () => {
    const led = await network.lead([]);
    expect(led.root).toBe(`0x${'00'.repeat(32)}`);
  });

  test('before the flight has landed there is no answer, and near the deadline it is UNRESOLVED', async () => {
    const early = flightQuestion(tomorrow.flight.flightId, clock.now - 5);
    expect((await network.lead([early])).leaves).toEqual([]);
    clock.now += 4;
    const due = flightQuestion(tomorrow.flight.flightId, clock.now - 5, clock.now + 20);
    const led = await network.lead([due]);
    expect(led.leaves[0]).toMatchObject({ outcome: 1, confidenceBps: 10_000 });
  });

  test('one lying source changes nothing; two lying sources win, as more honest ones are needed than that', async () => {
    await sources.setMode(0, 'lie');
    expect((await network.lead([question])).leaves[0]!.answer).toBe(late);
    await sources.setMode(1, 'lie');
    clock.now += 10;
    const led = await network.lead([question]);
    expect(led.leaves[0]!.answer).toBe(onTime);
    // The lie is on file: signed by both.
    const proof = led.reveals[0]!.observations[0]!.statements.filter(({ value }) => value === '0');
    expect(proof.map(({ name }) => name)).toEqual(['source 0', 'source 1']);
  });

  test('a dead and a lagging source leave one voice: no answer yet', async () => {
    clock.now = chainAt(tomorrow.outcome.knownAt) + 2;
    const asked = flightQuestion(tomorrow.flight.flightId, clock.now - 5);
    await sources.setMode(0, 'dead');
    expect((await network.lead([asked])).leaves[0]!.answer).toBe(late);
    await sources.setMode(1, 'lag');
    clock.now += 10;
    expect((await network.lead([asked])).leaves).toEqual([]);
  });

  test('a reporter that lies alone is outvoted and the answer says so', async () => {
    network.lies.set(3, (observation) => ({ ...observation, answer: onTime }));
    const led = await network.lead([question]);
    expect(led.leaves[0]).toMatchObject({ answer: late, confidenceBps: 8_000 });
  });

  test('three lying reporters get no quorum: honest ones hold signed proof and do not sign', async () => {
    for (const index of [1, 2, 3]) {
      network.lies.set(index, (observation) => ({ ...observation, answer: onTime }));
    }
    await expect(network.lead([question])).rejects.toMatchObject({ code: 'no-quorum' });
  });

  test('a wrong model output of a majority is not signed by those who ran the model', async () => {
    const input = '0x010203';
    const asked = modelQuestion(input, clock.now - 5);
    const led = await network.lead([asked], [input]);
    expect(led.leaves[0]!.answer).toBe(answerFromInteger(8n));
    for (const index of [1, 2, 3]) {
      network.lies.set(index, (observation) => ({ ...observation, answer: answerFromInteger(9n) }));
    }
    clock.now += 10;
    await expect(network.lead([asked], [input])).rejects.toMatchObject({ code: 'no-quorum' });
  });

  test('one dead reporter of five is no matter, two stop the round without a wrong answer', async () => {
    const leader = Math.floor(clock.now / 2) % 5;
    network.behaviour.set(`${(leader + 1) % 5}`, 'dead');
    const led = await network.lead([question]);
    expect(led.leaves[0]).toMatchObject({ answer: late });
    expect(led.signatures.size).toBe(4);
    network.behaviour.set(`${(leader + 2) % 5}`, 'dead');
    clock.now += 10;
    await expect(network.lead([question])).rejects.toMatchObject({ code: 'no-quorum' });
  });

  test('a laggard is left behind in whichever step it hangs', async () => {
    const leader = Math.floor(clock.now / 2) % 5;
    for (const step of ['propose', 'reveal', 'sign']) {
      network.behaviour.clear();
      network.behaviour.set(`${(leader + 1) % 5} ${step}`, 'hangs');
      const led = await network.lead([question]);
      expect(led.leaves[0]!.answer).toBe(late);
      expect(led.signatures.size).toBe(4);
      clock.now += 10;
    }
  });
});

describe('a reporter refuses', () => {
  async function message(kind: 'propose' | 'reveal-request' | 'sign-request', payload: unknown, change = {}) {
    const round = Math.floor(clock.now / 2);
    const from = round % 5;
    const signed = await signMessage(testVerifier, network.accounts[from]!, {
      kind,
      round,
      from,
      payload: JSON.stringify(payload),
    });
    return { ...signed, ...change };
  }
  const proposal = (change = {}) => ({
    observedFrom: Math.floor(clock.now / 2) * 2,
    observedTo: Math.floor(clock.now),
    questions: [],
    inputs: [],
    ...change,
  });
  const follower = () => network.reporters[(Math.floor(clock.now / 2) + 1) % 5]!.participant;

  test('a proposal that is not the leader’s, not signed by it, or not for this chain', async () => {
    const round = Math.floor(clock.now / 2);
    const other = (round + 2) % 5;
    const foreign = await signMessage(testVerifier, network.accounts[other]!, {
      kind: 'propose',
      round,
      from: other,
      payload: JSON.stringify(proposal()),
    });
    await expect(follower().propose(foreign)).rejects.toThrow(/Only the leader/);
    await expect(follower().propose({ ...foreign, from: round % 5 })).rejects.toThrow(/in the name of/);
    const elsewhere = await signMessage({ ...testVerifier, chainId: 1 }, network.accounts[round % 5]!, {
      kind: 'propose',
      round,
      from: round % 5,
      payload: JSON.stringify(proposal()),
    });
    await expect(follower().propose(elsewhere)).rejects.toThrow(/in the name of/);
  });

  test('a changed payload, another kind, rubbish', async () => {
    const good = await message('propose', proposal());
    await expect(
      follower().propose({ ...good, payload: JSON.stringify(proposal({ observedTo: clock.now + 1 })) }),
    ).rejects.toThrow(/in the name of/);
    await expect(follower().reveal(good)).rejects.toThrow(/refused/);
    for (const rubbish of [undefined, null, 7, [], {}, { ...good, extra: 1 }, { ...good, signature: '0x' }]) {
      await expect(follower().propose(rubbish)).rejects.toThrow(/refused/);
    }
    const deep = await message('propose', { questions: 'all of them' });
    await expect(follower().propose(deep)).rejects.toThrow(/refused/);
  });

  test('a round of another time, replayed later', async () => {
    const old = await message('propose', proposal());
    clock.now += 20;
    await expect(follower().propose(old)).rejects.toThrow(/not now/);
  });

  test('two proposals for one round', async () => {
    const first = await message('propose', proposal());
    const commit = await follower().propose(first);
    expect((await follower().propose(first)).payload).toBe(commit.payload);
    const second = await message(
      'propose',
      proposal({ questions: [], observedFrom: Math.floor(clock.now), inputs: ['0x01'] }),
    );
    await expect(follower().propose(second)).rejects.toThrow(/propose once/);
  });

  test('a question that is not open yet', async () => {
    const future = flightQuestion(flight.flightId, clock.now + 100);
    await expect(network.lead([future])).rejects.toMatchObject({ code: 'no-quorum' });
  });

  test('to reveal without a quorum of commitments, or without its own', async () => {
    const participant = follower();
    const commit = await participant.propose(await message('propose', proposal()));
    await expect(participant.reveal(await message('reveal-request', { commits: [commit] }))).rejects.toThrow(
      /quorum of commitments/,
    );
    await expect(
      participant.reveal(await message('reveal-request', { commits: [commit, commit, commit, commit] })),
    ).rejects.toThrow(/quorum of commitments/);
  });

  test('to sign before it has revealed, and a round it never committed to', async () => {
    const participant = follower();
    await participant.propose(await message('propose', proposal()));
    await expect(participant.sign(await message('sign-request', { reveals: [] }))).rejects.toThrow(
      /comes after revealing/,
    );
    clock.now += 10;
    await expect(participant.sign(await message('sign-request', { reveals: [] }))).rejects.toThrow(
      /did not commit/,
    );
  });

  test('a reveal that opens another commitment', async () => {
    const round = Math.floor(clock.now / 2);
    const first = await message('propose', proposal());
    const commits = await Promise.all(network.reporters.map(({ participant }) => participant.propose(first)));
    const request = await message('reveal-request', { commits });
    const reveals = await Promise.all(
      network.reporters.map(({ participant }) => participant.reveal(request)),
    );
    const liar = (round + 3) % 5;
    const { salt } = JSON.parse(reveals[liar]!.payload);
    const text = JSON.stringify({ round, reporter: liar, observations: [] });
    const changed = await signMessage(testVerifier, network.accounts[liar]!, {
      kind: 'reveal',
      round,
      from: liar,
      payload: JSON.stringify({ salt, text: `${text} ` }),
    });
    const set = reveals.map((reveal, index) => (index === liar ? changed : reveal));
    await expect(follower().sign(await message('sign-request', { reveals: set }))).rejects.toThrow(
      /not the one committed to/,
    );
    const copied = reveals.map((reveal) => reveal);
    copied[liar] = { ...reveals[(liar + 1) % 5]!, from: liar };
    await expect(follower().sign(await message('sign-request', { reveals: copied }))).rejects.toThrow(
      /in the name of/,
    );
    await follower().sign(await message('sign-request', { reveals }));
  });

  test('a second report for a round, also after it was killed and started again', async () => {
    const led = await network.lead([question]);
    const index = (led.report.round + 1) % 5;
    const { signedRounds } = network.reporters[index]!;
    expect(() => signedRounds.claim(led.report.round, keccak256('0x99'))).toThrow(/already signed/);
    await network.restart(index);
    const restarted = network.reporters[index]!;
    expect(restarted.signedRounds.last).toBe(led.report.round);
    expect(() => restarted.signedRounds.claim(led.report.round, keccak256('0x99'))).toThrow(/already signed/);
    expect(() => restarted.signedRounds.claim(led.report.round - 1, led.digest)).toThrow(/already signed/);
    expect(() => restarted.signedRounds.claim(led.report.round, led.digest)).not.toThrow();
    // The same leader with the same round: its memory is gone, its log is not.
    await expect(restarted.participant.propose(await message('propose', proposal()))).rejects.toThrow(
      /round is over/,
    );
    clock.now += 10;
    expect((await network.lead([question])).signatures.size).toBeGreaterThanOrEqual(4);
  });
});
