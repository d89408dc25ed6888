import { readFile } from 'node:fs/promises';
import { type FlightOutcome, LichenError, type WorldFlight } from '@lichen/protocol';
import type { LichenAddresses } from '@lichen/sdk';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { type Address, createPublicClient, type Hex, http, toHex } from 'viem';
import { z } from 'zod';
import { loopbackGuard } from '../http/loopbackGuard.ts';
import { serve } from '../http/serve.ts';
import { agreedBy } from '../reporter/agreedBy.ts';
import { createChainFollower } from '../reporter/chainFollower.ts';
import { peersOf } from '../reporter/membership.ts';
import type { Peer } from '../reporter/peerMessage.ts';
import { readRunFile } from '../supervisor/runFile.ts';
import { errorResponse, parseInput } from '../world/httpAnswers.ts';
import { type Clock, wallClock } from '../world/replayWorld.ts';
import type { ServedPart } from '../world/statusSource.ts';
import { type AgentEndpoint, agentForward, isOrderFromHere } from './agentForward.ts';
import { consoleFile } from './consoleFiles.ts';
import { gatherFeatures } from './gatherFeatures.ts';
import { journalFile } from './journalFile.ts';
import { bundlerTarget, jsonRpcForward, sponsorTarget } from './jsonRpcForward.ts';
import { marketForward } from './marketForward.ts';
import { roundViews } from './roundViews.ts';
import { rpcForward } from './rpcForward.ts';
import { askSource, type SourceEndpoint } from './sourceAnswers.ts';

export interface GatewayInit {
  /** 0 takes a free port. */
  readonly port: number;
  readonly rpcUrl: string;
  /** The body of `/config.json`, as the sdk reads it. */
  readonly config: { readonly chainId: number; readonly addresses: LichenAddresses; readonly modelId: Hex };
  /** Block from which events are read; 0 when absent. */
  readonly fromBlock?: number;
  readonly reporters: readonly Peer[];
  readonly sources: readonly (SourceEndpoint & { readonly address: Address })[];
  /** Built console; without it only the interface is served. */
  readonly consoleDir?: string;
  /** The supervisor's run.json. */
  readonly runFile: string;
  readonly model: {
    readonly blobFile: string;
    readonly manifestFile: string;
    readonly cardFile?: string;
  };
  /** Where bundler and sponsor answer; without it there is neither. */
  readonly accounts?: { readonly bundlerUrl: string; readonly sponsorUrl: string };
  /** Agents of this network; their journals are numbered after those of the reporters. */
  readonly agents?: readonly AgentEndpoint[];
  /** Where the market of recorded prices answers. */
  readonly marketUrl?: string;
  readonly clock?: Clock;
}

const flightIdSchema = z.string().regex(/^0x[0-9a-fA-F]{64}$/) as unknown as z.ZodType<Hex>;
const featuresBody = z.object({ flightId: flightIdSchema }).strict();
const inputBody = z.object({ input: z.string().regex(/^0x([0-9a-f]{2}){1,256}$/) }).strict();
const secondsText = z.string().regex(/^\d{1,11}$/);
const departuresQuery = z.object({
  from: secondsText,
  to: secondsText,
  origin: z.enum(['', 'EWR', 'JFK', 'LGA']).default(''),
  limit: z
    .string()
    .regex(/^\d{1,4}$/)
    .default('100'),
});

/**
 * Starts the gateway: the one address that people, programs and the console speak to. It holds no secrets but the word that
 * pauses this network's own agents, and decides nothing; what it passes on is a majority of the sources or a quorum of the
 * reporters, and can be checked by the caller.
 * @throws LichenError `port-in-use`, `not-found` when the model's files are missing
 */
export async function startGateway(init: GatewayInit): Promise<ServedPart> {
  const { config, reporters, sources, agents = [] } = init;
  const clock = init.clock ?? wallClock;
  const client = createPublicClient({
    transport: http(init.rpcUrl, { timeout: 4_000, retryCount: 0 }),
    cacheTime: 0,
  });
  const follower = createChainFollower(client, config.addresses, BigInt(init.fromBlock ?? 0));
  const model = await readModel(init);

  // Many readers, one reading: requests that come together share a look at the chain.
  let syncing: Promise<void> | undefined;
  function synced(): Promise<void> {
    syncing ??= follower
      .sync()
      .catch((error: unknown) => {
        throw new LichenError('chain-unreachable', 'The chain does not answer.', {
          next: 'Wait a moment: a chain process that ended is started again.',
          retry: 'later',
          cause: error,
        });
      })
      .finally(() => {
        syncing = undefined;
      });
    return syncing;
  }

  const app = new Hono();
  app.use(loopbackGuard());
  app.use(
    bodyLimit({
      maxSize: 1_000_000,
      onError: (context) =>
        context.json(
          new LichenError('bad-input', 'That body is too large.', { retry: 'after-fix' }).toJSON(),
          413,
        ),
    }),
  );
  app.onError((error, context) => errorResponse(context, error));
  app.use('/v1/*', async (context, next) => {
    await next();
    context.header('cache-control', 'no-store');
  });
  app.get('/config.json', (context) => context.json(init.config, 200, { 'cache-control': 'no-store' }));
  app.post('/rpc', async (context) => rpcForward(init.rpcUrl, await context.req.text()));
  if (init.accounts !== undefined) {
    const bundler = bundlerTarget(init.accounts.bundlerUrl);
    const sponsor = sponsorTarget(init.accounts.sponsorUrl);
    app.post('/bundler', async (context) => jsonRpcForward(bundler, await context.req.text()));
    app.post('/paymaster', async (context) => jsonRpcForward(sponsor, await context.req.text()));
  }
  app.get('/v1/departures', async (context) => {
    const query = new URLSearchParams(parseInput(departuresQuery, context.req.query()));
    const flights = await agreedBy(
      sources.map(
        async (source) =>
          (await askSource<{ flights: WorldFlight[] }>(source, `/v1/departures?${query}`)).flights,
      ),
      'departures',
    );
    return context.json({ flights });
  });
  app.get('/v1/flights/:flightId', async (context) => {
    const flightId = parseInput(flightIdSchema, context.req.param('flightId'));
    interface Told {
      flight: WorldFlight;
      status: { state: string; departureDelayMinutes: number | null; arrivalDelayMinutes: number | null };
      statement: unknown;
    }
    const asked = sources.map((source) => askSource<Told>(source, `/v1/flights/${flightId}`));
    // Sources look at slightly different moments: the moment is no part of what they must agree on.
    const agreed = await agreedBy(
      asked.map(async (promise) => {
        const { flight, status } = await promise;
        const { state, departureDelayMinutes, arrivalDelayMinutes } = status;
        return { flight, status: { state, departureDelayMinutes, arrivalDelayMinutes } };
      }),
      'the flight',
    );
    const told = await Promise.allSettled(asked);
    return context.json({
      flight: agreed.flight,
      status: { ...agreed.status, observedAt: Math.floor(clock()) },
      sources: told.map((result, index) => ({
        name: sources[index]!.name,
        address: sources[index]!.address,
        state: result.status === 'fulfilled' ? result.value.status.state : null,
        statement: result.status === 'fulfilled' ? result.value.statement : null,
      })),
    });
  });
  app.get('/v1/outcomes', async (context) => {
    const query = new URLSearchParams(
      parseInput(z.object({ from: secondsText, to: secondsText }), context.req.query()),
    );
    const outcomes = await agreedBy(
      sources.map(
        async (source) =>
          (await askSource<{ outcomes: FlightOutcome[] }>(source, `/v1/outcomes?${query}`)).outcomes,
      ),
      'recent arrivals',
    );
    return context.json({ outcomes });
  });
  app.post('/v1/features', async (context) => {
    const { flightId } = parseInput(featuresBody, await context.req.json().catch(() => undefined));
    const verifier = { chainId: config.chainId, address: config.addresses.flightCover };
    // Not after the newest block: the contract refuses features from its future, and blocks can lag behind the clock.
    const latest = await client.getBlock({ blockTag: 'latest' }).catch(() => undefined);
    const past = Math.floor(clock()) - 1;
    const observedAt = latest === undefined ? past : Math.min(past, Number(latest.timestamp));
    // Signatures are counted by the set in force: who was slashed is no longer asked.
    await synced();
    const members = follower.set === undefined ? [] : peersOf(follower.set, reporters);
    return context.json(await gatherFeatures(members, verifier, flightId, observedAt));
  });
  app.post('/v1/inputs', async (context) => {
    const body = parseInput(inputBody, await context.req.json().catch(() => undefined));
    const kept = await Promise.allSettled(
      reporters.map(async (peer) => {
        const response = await fetch(`${peer.url}/v1/inputs`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
          signal: AbortSignal.timeout(3_000),
        });
        if (!response.ok) throw new Error(`status ${response.status}`);
        return ((await response.json()) as { inputHash: Hex }).inputHash;
      }),
    );
    const hashes = kept.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    if (hashes.length <= reporters.length / 2) {
      throw new LichenError('no-quorum', 'Too few reporters took the input.', {
        got: `${hashes.length} of ${reporters.length}`,
        retry: 'later',
      });
    }
    return context.json({ inputHash: hashes[0], reporters: hashes.length });
  });
  app.get('/v1/rounds', async (context) => {
    const limit = parseInput(z.coerce.number().int().min(1).max(200).default(20), context.req.query('limit'));
    await synced();
    return context.json({ rounds: await roundViews(follower, reporters, limit) });
  });
  app.get('/v1/rounds/:round', async (context) => {
    const round = parseInput(z.coerce.number().int().min(0), context.req.param('round'));
    await synced();
    const [found] = await roundViews(follower, reporters, 1, round);
    if (found === undefined) {
      throw new LichenError('not-found', 'The chain accepted no such round lately.', {
        got: `round ${round}`,
        retry: 'never',
      });
    }
    return context.json(found);
  });
  app.get('/v1/journals/:index/*', async (context) => {
    const writer = [...reporters, ...agents][Number(context.req.param('index'))];
    return journalFile(writer, context.req.path.split('/').slice(4).join('/'));
  });
  const agentNamed = (name: string) => agents.find((agent) => agent.name === name);
  app.get('/v1/agents/:name/:path', async (context) => {
    const { name, path } = context.req.param();
    return agentForward(agentNamed(name), { method: 'GET', path });
  });
  app.post('/v1/agents/:name/:path', async (context) => {
    const { name, path } = context.req.param();
    const header = (key: string) => context.req.header(key);
    const sender = {
      host: header('host'),
      origin: header('origin'),
      console: header('lichen-console'),
      contentType: header('content-type'),
    };
    if (!isOrderFromHere(sender)) {
      throw new LichenError('bad-input', 'Agents take orders from this console and from programs only.', {
        got: `Origin: ${sender.origin ?? 'none'}, lichen-console: ${sender.console ?? 'none'}`,
        expected: 'the console of this gateway, with lichen-console: 1 and a body of application/json',
        next: 'Use the console, or `lichen agent pause`.',
        retry: 'after-fix',
      });
    }
    return agentForward(agentNamed(name), { method: 'POST', path, body: await context.req.text() });
  });
  app.get('/v1/market/:path', async (context) =>
    marketForward(init.marketUrl, context.req.param('path'), context.req.query('bars')),
  );
  app.get('/v1/network', (context) => {
    const run = readRunFile(init.runFile);
    // The run file also holds the control token: only these fields leave.
    return context.json({
      startedAt: run?.startedAt ?? null,
      processes: run?.processes ?? [],
      events: run?.events.slice(-100) ?? [],
    });
  });
  app.get('/v1/model', (context) => context.json(model));
  app.get('/v1/evidence/:hash', async (context) => {
    const hash = parseInput(flightIdSchema, context.req.param('hash'));
    for (const peer of reporters) {
      const response = await fetch(`${peer.url}/v1/evidence/${hash}`, {
        signal: AbortSignal.timeout(2_000),
      }).catch(() => undefined);
      if (response?.ok !== true) continue;
      return context.body(await response.arrayBuffer(), 200, {
        'content-type': 'application/octet-stream',
        'x-content-type-options': 'nosniff',
      });
    }
    throw new LichenError('not-found', 'No reporter holds that evidence.', { retry: 'never' });
  });
  app.get('*', async (context) => {
    const { path } = context.req;
    const file =
      init.consoleDir === undefined || path.startsWith('/v1/')
        ? undefined
        : await consoleFile(init.consoleDir, context, path);
    if (file !== undefined) return file;
    throw new LichenError('not-found', 'There is nothing at that path.', { got: path.slice(0, 200) });
  });

  const served = await serve(app, init.port);
  return { url: served.url, stop: () => served.close() };
}

async function readModel(init: GatewayInit) {
  try {
    const [blob, manifest, card] = await Promise.all([
      readFile(init.model.blobFile),
      readFile(init.model.manifestFile, 'utf8'),
      init.model.cardFile === undefined ? null : readFile(init.model.cardFile, 'utf8'),
    ]);
    return {
      modelId: init.config.modelId,
      blob: toHex(blob),
      manifest: JSON.parse(manifest) as unknown,
      // The exact bytes, since the chain holds their hash.
      manifestText: manifest,
      card,
    };
  } catch (error) {
    throw new LichenError('not-found', 'The files of the model cannot be read.', {
      got: init.model.blobFile,
      next: 'Train the model or restore its files.',
      retry: 'after-fix',
      cause: error,
    });
  }
}
