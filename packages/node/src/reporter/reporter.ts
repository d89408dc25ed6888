import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  answerFromInteger,
  LichenError,
  type QuestionSpec,
  type Report,
  reportDigest,
} from '@lichen/protocol';
import { flightCoverAbi, type LichenAddresses, modelRegistryAbi, oracleAbi } from '@lichen/sdk';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import {
  type Address,
  createPublicClient,
  encodeFunctionData,
  type Hex,
  hexToBigInt,
  http,
  keccak256,
  zeroHash,
} from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { z } from 'zod';
import { openEvidenceStore } from '../evidence/evidenceStore.ts';
import { loopbackGuard } from '../http/loopbackGuard.ts';
import { serve } from '../http/serve.ts';
import type { FlightRecord } from '../record/loadRecord.ts';
import { replayStatusSource } from '../sources/replayStatus.ts';
import { replayWeatherSource } from '../sources/replayWeather.ts';
import { errorResponse, parseInput } from '../world/httpAnswers.ts';
import { type Clock, type ReplayWorld, wallClock } from '../world/replayWorld.ts';
import type { ServedPart } from '../world/statusSource.ts';
import { createAnswerWatch } from './answerWatch.ts';
import { callPeer } from './callPeer.ts';
import { createChainFollower } from './chainFollower.ts';
import { createEquivocationWatch, signaturesOfSubmit } from './equivocationWatch.ts';
import { createFeatureSigner } from './features.ts';
import { createForecastWatch } from './forecastWatch.ts';
import { openInputStore } from './inputStore.ts';
import { leadForecast } from './leadForecast.ts';
import { type LedRound, leadRound } from './leadRound.ts';
import { hex32, hex65, type Observation } from './observation.ts';
import { type ObserverComponents, observeQuestion } from './observeQuestion.ts';
import { createParticipant, leaderOf, type Question, type SignedRound } from './participant.ts';
import { openMessage, type Peer, readPayload, signMessage } from './peerMessage.ts';
import { openRoundArchive } from './roundArchive.ts';
import { openSignedRounds } from './signedRounds.ts';
import { callsOfRound } from './submitRound.ts';
import { createSender } from './transactions.ts';

export interface ReporterInit {
  readonly index: number;
  readonly privateKey: Hex;
  /** 0 takes a free port. */
  readonly port: number;
  /** Folder of its own: signed rounds, archive, evidence, inputs. */
  readonly stateDir: string;
  readonly rpcUrl: string;
  readonly chainId: number;
  readonly addresses: LichenAddresses;
  /** All reporters in the order of the set (ascending address), this one included. */
  readonly peers: readonly Peer[];
  readonly sources: readonly { readonly name: string; readonly url: string; readonly address: Address }[];
  readonly weatherUrl: string;
  readonly world: ReplayWorld;
  readonly record: FlightRecord;
  /** Weights of the models that this reporter runs itself; others are run by a call to the chain. */
  readonly modelBlobs: readonly Uint8Array[];
  /** Chaos control for tests and demonstrations: makes this reporter break the rules. Off when absent. */
  readonly misbehave?: 'equivocate' | 'wrong-model';
  readonly clock?: Clock;
  readonly log?: (line: string) => void;
}

/** Chain seconds of a slot: each has one leader. */
export const slotSeconds = 2;
/** Chain seconds without a report after which a leader sends an empty one. */
const heartbeatSeconds = 50;
/** Answers in one round. */
const answersPerRound = 32;
/** Chain seconds that a submitted answer is given to appear on the chain before it is proposed again. */
const inFlightSeconds = 5;

const reportSchema = z
  .object({
    round: z.number().int().min(0),
    observedFrom: z.number().int().min(0),
    observedTo: z.number().int().min(0),
    root: hex32,
    dataDigest: hex32,
  })
  .strict();
const resultSchema = z
  .object({
    report: reportSchema,
    signatures: z.array(z.object({ index: z.number().int().min(0).max(63), signature: hex65 })).max(64),
    questions: z.array(hex32).max(64),
  })
  .strict();
const noticeSchema = z.object({ cell: z.number().int().min(0), movedAt: z.number().int().min(0) }).strict();
const featuresBody = z
  .object({
    flightId: z.string().regex(/^0x[0-9a-fA-F]{64}$/) as unknown as z.ZodType<Hex>,
    observedAt: z.number().int().min(0).optional(),
  })
  .strict();
const inputBody = z
  .object({
    input: z.string().regex(/^0x([0-9a-f]{2}){1,256}$/) as unknown as z.ZodType<Hex>,
  })
  .strict();

/**
 * Starts one reporter: it takes part in rounds, leads every n-th, signs features, and watches the answers and signatures
 * of the others (docs/spec/reporter-protocol.md).
 * @throws LichenError `port-in-use`, `state-damaged`, `disk-full`, `bad-input` for a key that is not the set's
 */
export async function startReporter(init: ReporterInit): Promise<ServedPart> {
  const { index, peers, addresses, world } = init;
  const clock = init.clock ?? wallClock;
  const log = init.log ?? (() => undefined);
  const account = privateKeyToAccount(init.privateKey);
  if (peers[index]?.address.toLowerCase() !== account.address.toLowerCase()) {
    throw new LichenError('bad-input', 'This key is not the one the set names for this reporter.', {
      got: account.address,
      expected: peers[index]?.address ?? `fewer than ${peers.length} reporters`,
      next: 'Start it with the key that was bonded.',
      retry: 'after-fix',
    });
  }
  mkdirSync(init.stateDir, { recursive: true });
  const verifier = { chainId: init.chainId, address: addresses.oracle };
  const cover = { chainId: init.chainId, address: addresses.flightCover };
  const client = createPublicClient({
    transport: http(init.rpcUrl, { timeout: 3_000, retryCount: 0 }),
    cacheTime: 0,
  });
  const sender = createSender(client, { account, rpcUrl: init.rpcUrl, chainId: init.chainId });
  const follower = createChainFollower(client, addresses);
  const evidence = await openEvidenceStore(join(init.stateDir, 'evidence'));
  const archive = openRoundArchive(join(init.stateDir, 'rounds'));
  const inputs = openInputStore(join(init.stateDir, 'inputs'));
  const signedRounds = openSignedRounds(join(init.stateDir, 'signed-rounds.log'));
  const equivocations = createEquivocationWatch(verifier, peers);

  const sources = init.sources.map((source) =>
    replayStatusSource({
      name: source.name,
      url: source.url,
      signer: source.address,
      verifier,
      evidence,
    }),
  );
  const weather = replayWeatherSource({ name: 'weather', url: init.weatherUrl, evidence });
  const blobs = new Map(init.modelBlobs.map((blob) => [keccak256(blob), blob]));
  const observer: ObserverComponents = {
    statusSources: sources,
    flightOf: async (flightId) => follower.flights.get(flightId),
    modelBlob: async (modelId) => blobs.get(modelId),
    inferOnChain: (modelId, input) =>
      client.readContract({
        address: addresses.modelRegistry,
        abi: modelRegistryAbi,
        functionName: 'infer',
        args: [modelId, input],
      }),
    inputOf: (inputHash) => inputs.get(inputHash),
  };
  const observeHonestly = (question: { id: Hex; spec: QuestionSpec }, observedTo: number) =>
    observeQuestion(observer, question.id, question.spec, observedTo);
  async function observe(question: Question, observedTo: number): Promise<Observation> {
    const found = await observeHonestly(question, observedTo);
    if (init.misbehave !== 'wrong-model' || question.spec.modelId === zeroHash || found.outcome !== 0) {
      return found;
    }
    return { ...found, answer: answerFromInteger(BigInt.asIntN(256, hexToBigInt(found.answer)) + 1n) };
  }

  let digestOfSet: { readonly at: number; readonly value: Hex } | undefined;
  async function configDigest(): Promise<Hex> {
    // The set changes rarely and never without notice: ten seconds old is new enough, and a stale digest only fails.
    if (digestOfSet !== undefined && clock() - digestOfSet.at < 10) return digestOfSet.value;
    const value = await client.readContract({
      address: addresses.oracle,
      abi: oracleAbi,
      functionName: 'configDigest',
    });
    digestOfSet = { at: clock(), value };
    return value;
  }

  const signedByRound = new Map<number, SignedRound>();
  const inFlight = new Map<Hex, number>();
  function markInFlight(ids: readonly Hex[]): void {
    const until = clock() + inFlightSeconds;
    for (const id of ids) inFlight.set(id, until);
    for (const [id, end] of inFlight) if (end < clock()) inFlight.delete(id);
  }

  function onSigned(signed: SignedRound): void {
    const { round } = signed.report;
    signedByRound.set(round, signed);
    for (const old of signedByRound.keys()) if (old < round - 30) signedByRound.delete(old);
    archive.add({
      round,
      leader: leaderOf(round, peers.length),
      observedFrom: signed.report.observedFrom,
      observedTo: signed.report.observedTo,
      root: signed.root,
      dataDigest: signed.dataDigest,
      leaves: signed.leaves.map((leaf) => {
        const { spec } = signed.questions.find(({ id }) => id === leaf.questionId)!;
        return { ...leaf, topic: spec.topic, subject: spec.subject };
      }),
      reporters: signed.reveals.map(({ reporter, observations }) => ({ index: reporter, observations })),
    });
    if (init.misbehave === 'equivocate') void equivocate(signed.report);
  }

  const participant = createParticipant({
    index,
    peers,
    verifier,
    account,
    signedRounds,
    slotSeconds,
    clock,
    configDigest,
    observe,
    keepInput: (input) => inputs.put(input),
    onSigned,
  });

  async function tellPeers(payload: z.input<typeof resultSchema>): Promise<void> {
    const message = await signMessage(verifier, account, {
      kind: 'result',
      round: payload.report.round,
      from: index,
      payload: JSON.stringify(payload),
    });
    await Promise.allSettled(
      peers
        .filter((peer) => peer.index !== index)
        .map((peer) => callPeer(peer, '/v1/round/result', message, 1_000)),
    );
  }

  /** The chaos control: signs another report for a round and tells everybody. */
  async function equivocate(report: Report): Promise<void> {
    const other: Report = { ...report, root: keccak256(report.root) };
    const signature = await account.sign({ hash: reportDigest(verifier, await configDigest(), other) });
    await tellPeers({ report: other, signatures: [{ index, signature }], questions: [] });
  }

  async function seeSignature(report: Report, reporter: number, signature: Hex): Promise<void> {
    const proof = await equivocations.see(await configDigest(), report, reporter, signature);
    if (proof === undefined || proof.reporter === index) return;
    log(`reporter ${proof.reporter} signed two reports for round ${report.round}`);
    const data = encodeFunctionData({
      abi: oracleAbi,
      functionName: 'slashEquivocation',
      args: [
        proof.reporter,
        proof.first.report,
        proof.first.signature,
        proof.second.report,
        proof.second.signature,
      ],
    });
    try {
      const gas = await client.estimateGas({ account: account.address, to: addresses.oracle, data });
      const [receipt] = await sender.send([{ to: addresses.oracle, data, gas: (gas * 3n) / 2n }]);
      log(`slashed reporter ${proof.reporter}: ${receipt?.status ?? 'unknown'}`);
    } catch (error) {
      log(`slash not sent: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
    }
  }

  const features = createFeatureSigner({
    world,
    record: init.record,
    sources,
    weather,
    verifier: cover,
    account,
    clock,
  });
  const forecast = createForecastWatch({ world, weather, verifier: cover, account, clock });
  const answers = createAnswerWatch({
    client,
    addresses,
    follower,
    sender,
    account: account.address,
    inputOf: (inputHash) => inputs.get(inputHash),
    models: observer,
    observe: observeHonestly,
    log,
  });

  const app = new Hono();
  app.use(loopbackGuard());
  app.use(
    bodyLimit({
      maxSize: 6_000_000,
      onError: (context) =>
        context.json(
          new LichenError('bad-input', 'That body is too large.', { retry: 'after-fix' }).toJSON(),
          413,
        ),
    }),
  );
  app.onError((error, context) => errorResponse(context, error));
  const bodyOf = (context: { req: { json(): Promise<unknown> } }) =>
    context.req.json().catch(() => undefined);
  app.get('/v1/health', (context) =>
    context.json({
      index,
      address: account.address,
      chainTime: Math.floor(clock()),
      block: Number(follower.block),
      lastSigned: signedRounds.last,
      misbehave: init.misbehave ?? null,
    }),
  );
  app.post('/v1/round/propose', async (context) =>
    context.json(await participant.propose(await bodyOf(context))),
  );
  app.post('/v1/round/reveal', async (context) =>
    context.json(await participant.reveal(await bodyOf(context))),
  );
  app.post('/v1/round/sign', async (context) => context.json(await participant.sign(await bodyOf(context))));
  app.post('/v1/round/result', async (context) => {
    const message = await openMessage(verifier, peers, await bodyOf(context), { kind: 'result' });
    const result = readPayload(message, resultSchema);
    markInFlight(result.questions);
    void Promise.allSettled(
      result.signatures.map((item) => seeSignature(result.report, item.index, item.signature)),
    );
    return context.json({ seen: true });
  });
  app.post('/v1/round/forecast', async (context) => {
    const message = await openMessage(verifier, peers, await bodyOf(context), { kind: 'forecast-request' });
    const signature = await forecast.sign(readPayload(message, noticeSchema));
    return context.json(
      await signMessage(verifier, account, {
        kind: 'forecast-signature',
        round: message.round,
        from: index,
        payload: JSON.stringify({ signature }),
      }),
    );
  });
  app.post('/v1/features', async (context) => {
    const { flightId, observedAt } = parseInput(featuresBody, await bodyOf(context));
    return context.json(await features.sign(flightId, observedAt));
  });
  app.post('/v1/inputs', async (context) => {
    const { input } = parseInput(inputBody, await bodyOf(context));
    return context.json({ inputHash: inputs.put(input) });
  });
  app.get('/v1/rounds', (context) => {
    const limit = parseInput(z.coerce.number().int().min(1).max(400).default(20), context.req.query('limit'));
    return context.json({ rounds: archive.recent(limit) });
  });
  app.get('/v1/rounds/:round', (context) => {
    const found = archive.get(Number(context.req.param('round')));
    if (found === undefined) {
      throw new LichenError('not-found', 'This reporter no longer keeps that round.', { retry: 'never' });
    }
    return context.json(found);
  });
  app.get('/v1/evidence/:hash', async (context) => {
    const bytes = await evidence.get(context.req.param('hash') as Hex);
    if (bytes === undefined) {
      throw new LichenError('not-found', 'This reporter does not hold that evidence.', { retry: 'never' });
    }
    // Bytes of others: never to be rendered by a browser.
    return context.body(Buffer.from(bytes), 200, {
      'content-type': 'application/octet-stream',
      'x-content-type-options': 'nosniff',
    });
  });

  async function readyQuestions(observedTo: number): Promise<readonly Question[]> {
    const due = [...follower.questions.values()].filter(
      ({ id, status, spec }) =>
        status === 'pending' && spec.opensAt <= observedTo && spec.answerBy > observedTo && !inFlight.has(id),
    );
    // Those that run out first come first; a leader proposes only what it can answer itself.
    due.sort((a, b) => a.spec.answerBy - b.spec.answerBy);
    const ready: Question[] = [];
    for (let i = 0; i < due.length && ready.length < answersPerRound; i += answersPerRound) {
      const part = due.slice(i, i + answersPerRound);
      const observed = await Promise.all(part.map((question) => observe(question, observedTo)));
      ready.push(...part.filter((_, at) => observed[at]!.outcome !== 2));
      if (clock() > observedTo + slotSeconds) break;
    }
    return ready.slice(0, answersPerRound);
  }

  async function submit(led: LedRound): Promise<void> {
    markInFlight(led.leaves.map(({ questionId }) => questionId));
    const told = tellPeers({
      report: led.report,
      signatures: [...led.signatures].map(([member, signature]) => ({ index: member, signature })),
      questions: led.leaves.map(({ questionId }) => questionId),
    });
    const receipts = await sender.send(callsOfRound(addresses.oracle, led));
    const failed = receipts.filter((receipt) => receipt.status === 'reverted').length;
    log(
      `round ${led.report.round}: ${led.leaves.length} answers, ${led.signatures.size} signatures, ${failed} reverted`,
    );
    await told;
  }

  let lastReportSeen = 0;
  async function lead(round: number): Promise<void> {
    await follower.sync();
    const observedTo = Math.floor(clock());
    if (Math.floor(observedTo / slotSeconds) !== round || round <= signedRounds.last) return;
    lastReportSeen = [...follower.rounds.values()].at(-1)?.observedTo ?? 0;
    const questions = await readyQuestions(observedTo);
    const isHeartbeat = questions.length === 0 && observedTo - lastReportSeen >= heartbeatSeconds;
    if (questions.length > 0 || isHeartbeat) {
      const led = await leadRound(
        {
          index,
          peers,
          verifier,
          account,
          participant,
          call: callPeer,
          signedRoundOf: (wanted) => signedByRound.get(wanted),
        },
        {
          round,
          observedFrom: round * slotSeconds,
          observedTo,
          questions,
          inputs: questions.flatMap(({ spec }) => inputs.get(spec.inputHash) ?? []),
        },
      );
      // A round that found nothing in common is no news; only a heartbeat may be empty.
      if (led.leaves.length > 0 || isHeartbeat) await submit(led);
    }
    await announceForecasts(round);
  }

  const announced = new Set<string>();
  async function announceForecasts(round: number): Promise<void> {
    for (const notice of await forecast.moved()) {
      const key = `${notice.cell} ${notice.movedAt}`;
      if (announced.has(key)) continue;
      const signatures = await leadForecast(
        { index, peers, verifier, account, cover, call: callPeer, sign: (item) => forecast.sign(item) },
        round,
        notice,
      );
      const data = encodeFunctionData({
        abi: flightCoverAbi,
        functionName: 'moveForecast',
        args: [notice.cell, notice.movedAt, signatures.bitmap, signatures.signatures],
      });
      announced.add(key);
      // Simulated first: another leader may have announced it already.
      const gas = await client
        .estimateGas({ account: account.address, to: addresses.flightCover, data })
        .catch(() => undefined);
      if (gas === undefined) continue;
      const [receipt] = await sender.send([{ to: addresses.flightCover, data, gas: (gas * 3n) / 2n }]);
      log(`forecast of cell ${notice.cell} moved at ${notice.movedAt}: ${receipt?.status ?? 'unknown'}`);
    }
  }

  const stopping = new AbortController();
  const reading = new Set<number>();
  async function watch(): Promise<void> {
    await follower.sync();
    await answers.look();
    for (const reported of follower.rounds.values()) {
      if (reading.has(reported.round)) continue;
      reading.add(reported.round);
      // Signatures on the chain count as seen, too; what is older than the start is history.
      if (reported.observedTo < clock() - 60) continue;
      const transaction = await client.getTransaction({ hash: reported.transaction });
      const found = signaturesOfSubmit(transaction.input);
      if (found === undefined) continue;
      for (const [reporter, signature] of found.byReporter) {
        await seeSignature(found.report, reporter, signature);
      }
    }
    if (reading.size > 5_000) for (const round of [...reading].slice(0, 2_500)) reading.delete(round);
  }

  let lastComplaint = '';
  function complain(what: string, error: unknown): void {
    const line = `${what}: ${error instanceof Error ? error.message.split('\n').slice(0, 2).join(' ') : String(error)}`;
    // A chain that is away for minutes is said once, not each second.
    if (line !== lastComplaint) log(line);
    lastComplaint = line;
  }

  async function forever(what: string, pauseMs: () => number, step: () => Promise<void>): Promise<void> {
    while (!stopping.signal.aborted) {
      await sleep(pauseMs(), undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
      await step().catch((error: unknown) => complain(what, error));
    }
  }
  const untilNextSlot = () => (slotSeconds - (clock() % slotSeconds)) * 1_000 + 15;
  const loops = Promise.all([
    forever('lead', untilNextSlot, async () => {
      const round = Math.floor(clock() / slotSeconds);
      if (leaderOf(round, peers.length) === index) await lead(round);
    }),
    forever('watch', () => 800, watch),
  ]);

  const served = await serve(app, init.port);
  return {
    url: served.url,
    stop: async () => {
      stopping.abort();
      await served.close();
      await loops;
      signedRounds.close();
    },
  };
}
