import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Flight } from '@lichen/protocol';
import {
  askFlightQuestion,
  createLichenClient,
  faucet,
  getNetwork,
  getQuestion,
  type LichenClient,
  parseAmount,
} from '@lichen/sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../chain/testSupport.fixture.ts';
import { freePorts } from '../network/freePorts.ts';
import { startAeroApi, startOpenSky } from './providers.fixture.ts';

const command = join(import.meta.dirname, '../../../../apps/cli/src/main.ts');
const state = mkdtempSync(join(tmpdir(), 'lichen-live-'));
const keys = { first: 'key-of-the-first-provider', second: 'key-of-the-second-provider' };
const account = { clientId: 'the-client-id', clientSecret: 'secret-of-the-third-provider' };
const secrets = [...Object.values(keys), account.clientSecret];

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

let first: Awaited<ReturnType<typeof startAeroApi>>;
let second: Awaited<ReturnType<typeof startAeroApi>>;
let openSky: Awaited<ReturnType<typeof startOpenSky>>;
let network: ChildProcess;
let client: LichenClient;
let output = '';
/** What `lichen status` says; asked while the first test waits. */
let status: Promise<string>;

function lichen(args: readonly string[]): ChildProcess {
  return spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', command, ...args, '--state', state],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        LICHEN_SOURCE_FIRST: keys.first,
        LICHEN_SOURCE_SECOND: keys.second,
        LICHEN_SOURCE_THIRD: `${account.clientId}:${account.clientSecret}`,
      },
    },
  );
}

/** All that a process wrote, once it has ended. */
async function outputOf(child: ChildProcess): Promise<string> {
  let text = '';
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (part) => (text += part));
  await new Promise((resolve) => child.once('close', resolve));
  return text;
}

beforeAll(async () => {
  [first, second, openSky] = await Promise.all([
    startAeroApi(flight, keys.first),
    startAeroApi(flight, keys.second),
    startOpenSky(flight, account),
  ]);
  const file = join(state, 'sources.json');
  const pace = { everySeconds: 1, requestsPerHour: 10_000 };
  writeFileSync(
    file,
    JSON.stringify({
      status: [
        { kind: 'aeroapi', name: 'First', baseUrl: first.url, credential: 'LICHEN_SOURCE_FIRST', ...pace },
        { kind: 'aeroapi', name: 'Second', baseUrl: second.url, credential: 'LICHEN_SOURCE_SECOND', ...pace },
        {
          kind: 'opensky',
          baseUrl: openSky.url,
          tokenUrl: `${openSky.url}/token`,
          credential: 'LICHEN_SOURCE_THIRD',
          ...pace,
        },
      ],
      weather: { kind: 'noaa', contact: 'someone@example.org' },
    }),
  );
  const [port] = await freePorts(1);
  network = lichen([
    ...['up', '--json', '--no-agents', '--speed', '60', '--port', String(port)],
    ...['--sources', file],
  ]);
  for (const stream of [network.stdout!, network.stderr!]) stream.on('data', (part) => (output += part));
  const gatewayUrl = await until(
    'the network',
    async () => {
      if (network.exitCode !== null) return `lichen up ended: ${output}`;
      return /"gatewayUrl":"([^"]+)"/.exec(output)?.[1];
    },
    180_000,
  );
  status = outputOf(lichen(['status']));
  client = await createLichenClient({ gatewayUrl, account: 'development' });
  await faucet(client, { amount: parseAmount('10') });
});
afterAll(async () => {
  if (network?.exitCode === null) {
    network.kill('SIGINT');
    await new Promise((resolve) => network.once('exit', resolve));
  }
  await Promise.all([first?.stop(), second?.stop(), openSky?.stop()]);
  rmSync(state, { recursive: true, force: true });
});

test('a live flight’s question: nothing while one provider lies and one is down, the truth once two agree', async () => {
  first.behaviour = 'lies';
  second.behaviour = 'down';
  const { questionId } = await askFlightQuestion(client, { flight, liveness: 3 });
  // Each reporter leads one slot of five, and has looked by now: there is no answer from a lie and a truth.
  await expect
    .poll(() => Math.min(first.seen.length, openSky.seen.length), { timeout: 60_000 })
    .toBeGreaterThanOrEqual(5);
  expect((await getQuestion(client, { questionId })).status).toBe('pending');
  second.behaviour = 'honest';
  await expect
    .poll(async () => (await getQuestion(client, { questionId })).status, { timeout: 60_000 })
    .toBe('final');
  const { answer } = await getQuestion(client, { questionId });
  expect(answer).toMatchObject({ outcome: 'answered', value: `0x${'1'.padStart(64, '0')}` });
});

test('what is live and what is not stands on the screen', async () => {
  expect(client.config.label).toBe(
    'replay of recorded days; questions about live flights are settled by First, Second, OpenSky',
  );
  const text = await status;
  expect(text).toContain(`Second (${second.url})`);
  expect(text).toContain('they sign nothing');
  expect(text).toContain('weather of the present: National Weather Service');
  expect(text).toContain('replayed all the same: flights for sale');
  // The operator was told of the provider that was down, by name, and that it came back.
  await expect.poll(() => output, { timeout: 60_000 }).toContain('Second: A source gave no usable answer.');
});

/** Files below a folder, as text. */
function textsBelow(folder: string): [string, string][] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .flatMap((path): [string, string][] => {
      try {
        return [[path, readFileSync(path, 'latin1')]];
      } catch {
        // Put in its place under another name meanwhile: it is read there, or written after we looked.
        return [];
      }
    });
}

test('credentials are nowhere: not on disk, on the screen, in the configuration or in other processes', async () => {
  const { processes } = await getNetwork(client);
  const environments = processes.flatMap(({ name, pid }): [string, string][] => {
    try {
      return [[`environment of ${name}`, readFileSync(`/proc/${pid}/environ`, 'latin1')]];
    } catch {
      // Another system than Linux: nobody can look in there.
      return [];
    }
  });
  const config = await (await fetch(`${client.gatewayUrl}/config.json`)).text();
  const places: [string, string][] = [
    ...textsBelow(state),
    ...environments,
    ['screen', output],
    ['status', await status],
    ['configuration', config],
  ];
  expect(places.length).toBeGreaterThan(20);
  const told = places.filter(([, text]) => [...secrets, 'token-1.'].some((secret) => text.includes(secret)));
  expect(told.map(([place]) => place)).toEqual([]);
});
