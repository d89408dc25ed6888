import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Flight, flightIdOf, flightInputOf, flightTopic, type QuestionSpec } from '@lichen/protocol';
import { zeroHash } from 'viem';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openEvidenceStore } from '../evidence/evidenceStore.ts';
import { observeQuestion } from '../reporter/observeQuestion.ts';
import { openSources } from '../reporter/openSources.ts';
import { openLiveSources } from './openLiveSources.ts';
import { type Behaviour, startAeroApi, startOpenSky } from './providers.fixture.ts';
import type { LiveSources } from './sourcesFile.ts';

/** A flight that landed half an hour ago, 70 minutes late. */
const landed = Math.floor(Date.now() / 1000) - 1_800;
const flight: Flight = {
  carrier: 'UA',
  number: 1545,
  origin: 'EWR',
  destination: 'IAH',
  departsAt: landed - 4_200 - 10_800,
  arrivesAt: landed - 4_200,
};
const flightId = flightIdOf(flight);
const account = { clientId: 'client', clientSecret: 'the-client-secret' };
const spec: QuestionSpec = {
  asker: '0x00000000000000000000000000000000000000c0',
  kind: 1,
  low: 0n,
  high: 4n,
  topic: flightTopic,
  subject: flightId,
  modelId: zeroHash,
  inputHash: flightId,
  opensAt: flight.arrivesAt,
  answerBy: 2 ** 39,
  liveness: 3,
  callbackGas: 0,
  salt: 1n,
};

let folder: string;
let first: Awaited<ReturnType<typeof startAeroApi>>;
let second: Awaited<ReturnType<typeof startAeroApi>>;
let openSky: Awaited<ReturnType<typeof startOpenSky>>;
let troubles: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lichen-live-'));
  troubles = [];
  [first, second, openSky] = await Promise.all([
    startAeroApi(flight, 'the-first-key'),
    startAeroApi(flight, 'the-second-key'),
    startOpenSky(flight, account),
  ]);
});
afterEach(async () => {
  await Promise.all([first.stop(), second.stop(), openSky.stop()]);
  await rm(folder, { recursive: true });
});

async function open(change: Partial<{ everySeconds: number; requestsPerHour: number }> = {}) {
  const common = { everySeconds: 0, requestsPerHour: 1_000, ...change };
  const liveSources: LiveSources = {
    status: [
      { ...common, kind: 'aeroapi', name: 'first', baseUrl: first.url, apiKey: 'the-first-key' },
      { ...common, kind: 'aeroapi', name: 'second', baseUrl: second.url, apiKey: 'the-second-key' },
      {
        ...common,
        kind: 'opensky',
        name: 'OpenSky',
        baseUrl: openSky.url,
        account: { ...account, tokenUrl: `${openSky.url}/token` },
      },
    ],
  };
  const evidence = await openEvidenceStore(join(folder, 'evidence'));
  const opened = openSources(
    {
      stateDir: folder,
      sources: [],
      weatherUrl: 'http://127.0.0.1:1',
      liveSources,
      onSourceTrouble: (text) => troubles.push(text),
    },
    { verifier: { chainId: 1, address: spec.asker }, evidence },
  );
  const inputs = new Map([[flightId, flightInputOf(flight)]]);
  /** Observes until every source has been heard: patience is for rounds, and this machine may be slow. */
  const observe = async (question: Partial<QuestionSpec> = {}) =>
    observeQuestion(
      {
        statusSources: opened.status,
        liveSources: opened.liveStatus,
        flightOf: async () => undefined,
        modelBlob: async () => undefined,
        inferOnChain: async () => 0n,
        inputOf: (hash) => inputs.get(hash),
      },
      flightId,
      { ...spec, ...question },
      spec.opensAt + 10,
    );
  return { opened, observe, inputs, evidence };
}

const late = `0x${'01'.padStart(64, '0')}`;

test('three providers agree: late, with a body kept of each, and nothing signed', async () => {
  const { observe, evidence } = await open();
  const found = await observe();
  expect(found).toMatchObject({ outcome: 0, answer: late, statements: [] });
  expect(found.evidence).toHaveLength(3);
  for (const hash of found.evidence) expect(await evidence.get(hash)).toBeDefined();
  const notes = await readFile(join(folder, 'evidence-notes.jsonl'), 'utf8');
  const noted = notes
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(noted.map(({ bodyHash }) => bodyHash).sort()).toEqual([...found.evidence].sort());
  expect(noted.every(({ url, fetchedAt }) => url.startsWith('http://127.0.0.1:') && fetchedAt > landed)).toBe(
    true,
  );
  // What is kept can be asked for by anybody.
  const kept = await Promise.all(
    (await readdir(join(folder, 'evidence'))).map((name) =>
      readFile(join(folder, 'evidence', name), 'latin1'),
    ),
  );
  for (const text of [notes, ...kept]) {
    for (const secret of ['the-first-key', 'the-second-key', 'the-client-secret', 'token-1']) {
      expect(text).not.toContain(secret);
    }
  }
});

test.each<[Behaviour, RegExp]>([
  ['down', /first: A source gave no usable answer/],
  ['busy', /status 429/],
  ['malformed', /a body that breaks its schema at flights/],
  ['too-large', /a body of more than 2000000 bytes/],
  ['repeats-credential', /a body that repeats our credential/],
  ['refuses', /refused our credential.*status 401/],
])('one provider is %s: the other two settle it, and the operator is told', async (behaviour, told) => {
  first.behaviour = behaviour;
  const { observe } = await open();
  await expect.poll(() => observe(), { timeout: 20_000 }).toMatchObject({ outcome: 0, answer: late });
  expect(troubles).toHaveLength(1);
  expect(troubles[0]).toMatch(told);
  expect(troubles[0]).not.toMatch(/script|the-first-key/);
});

test('a provider that lies is outvoted; two that lie together with a third down are no two of three', async () => {
  first.behaviour = 'lies';
  const { observe } = await open();
  await expect.poll(() => observe(), { timeout: 20_000 }).toMatchObject({ outcome: 0, answer: late });
  // Cancelled by one, landed in time by another, silence of the third: nothing is agreed, nothing is invented.
  openSky.behaviour = 'lies';
  second.behaviour = 'down';
  await expect.poll(() => observe(), { timeout: 20_000 }).toMatchObject({ outcome: 2 });
  expect(await observe({ answerBy: spec.opensAt + 20 })).toMatchObject({ outcome: 1 });
});

test('a provider that asks for a pause is not asked before it is over', async () => {
  const clock = Object.assign(() => clock.now, { now: landed + 1_800 });
  const evidence = await openEvidenceStore(join(folder, 'evidence'));
  const common = { everySeconds: 1, requestsPerHour: 1_000 };
  const { status } = openLiveSources(
    { status: [{ ...common, kind: 'aeroapi', name: 'first', baseUrl: first.url, apiKey: 'the-first-key' }] },
    { evidence, clock },
  );
  const observe = async () => {
    clock.now += 1;
    // A round does not wait for long: the answer may be there only for the next.
    return expect.poll(() => status[0]!.observe({ flightId, flight }).catch((error) => error.got), {
      timeout: 20_000,
    });
  };
  first.behaviour = 'busy';
  await (await observe()).toContain('status 429');
  first.behaviour = 'honest';
  for (let waited = 0; waited < 2; waited += 1) await (await observe()).toContain('too many requests');
  expect(first.seen).toHaveLength(1);
  await (await observe()).toMatchObject({ answer: 'late' });
  expect(first.seen).toHaveLength(2);
});

test('a slow provider costs a round its patience, never more, and the process goes on', async () => {
  first.behaviour = 'slow';
  const { observe } = await open();
  await expect.poll(() => observe(), { timeout: 20_000 }).toMatchObject({ outcome: 0, answer: late });
  await expect.poll(() => troubles, { timeout: 20_000 }).toHaveLength(1);
  expect(troubles[0]).toMatch(/first: A source did not answer in time/);
});

test('a token serves many requests, and one that ends before its time is renewed', async () => {
  const { observe } = await open();
  await expect.poll(async () => (await observe()).evidence.length, { timeout: 20_000 }).toBe(3);
  expect(openSky.tokensGiven()).toBe(1);
  openSky.expire();
  await expect.poll(async () => (await observe()).evidence.length, { timeout: 20_000 }).toBe(3);
  expect(openSky.tokensGiven()).toBe(2);
  const bearers = openSky.seen.flatMap(({ headers }) => headers.authorization ?? []);
  expect(bearers.filter((bearer) => String(bearer).startsWith('Bearer token-1')).length).toBeGreaterThan(1);
});

test('many rounds are one request in the time between two questions', async () => {
  const { observe } = await open({ everySeconds: 3_600 });
  await expect.poll(async () => (await observe()).evidence.length, { timeout: 20_000 }).toBe(3);
  await Promise.all(Array.from({ length: 20 }, () => observe()));
  expect([first.seen.length, second.seen.length]).toEqual([1, 1]);
});

test('questions of strangers cannot spend more than the hour allows', async () => {
  const { opened, inputs, observe } = await open({ requestsPerHour: 5 });
  for (let number = 1; number <= 20; number += 1) {
    const other = { ...flight, number };
    inputs.set(flightIdOf(other), flightInputOf(other));
    await observe({ subject: flightIdOf(other), inputHash: flightIdOf(other) });
  }
  expect(first.seen).toHaveLength(5);
  await expect(opened.liveStatus[0]!.observe({ flightId, flight })).rejects.toMatchObject({
    code: 'source-unavailable',
    got: 'first: 5 requests in the last hour',
  });
});

test('which flight is meant must be proved by its bytes, and recorded flights stay with recorded sources', async () => {
  const { observe, inputs } = await open();
  // As the cover asks: no input. No recorded source is there in this test, so nothing is answered.
  expect(await observe({ inputHash: zeroHash })).toMatchObject({ outcome: 2, evidence: [] });
  inputs.clear();
  expect(await observe()).toMatchObject({ outcome: 2, evidence: [] });
  // Even close to the deadline: who cannot look does not say UNRESOLVED, so the fee returns.
  expect(await observe({ answerBy: spec.opensAt + 20 })).toMatchObject({ outcome: 2 });
  expect(first.seen).toHaveLength(0);
});
