import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { LichenError, type QuestionSpec } from '@lichen/protocol';
import { type LichenAddresses, modelRegistryAbi } from '@lichen/sdk';
import { createPublicClient, type Hex, http, keccak256 } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { openEvidenceStore } from '../evidence/evidenceStore.ts';
import { serve } from '../http/serve.ts';
import { type JournalPeer, openReporterJournal } from '../journal/reporterJournal.ts';
import type { FlightRecord } from '../record/loadRecord.ts';
import { type Clock, type ReplayWorld, wallClock } from '../world/replayWorld.ts';
import type { ServedPart } from '../world/statusSource.ts';
import { createForecastAnnouncer } from './announceForecasts.ts';
import { createAnswerWatch } from './answerWatch.ts';
import { createChainFollower } from './chainFollower.ts';
import { createFeatureSigner } from './features.ts';
import { createForecastWatch } from './forecastWatch.ts';
import { openInputStore } from './inputStore.ts';
import { createRoundLeader, slotSeconds } from './leader.ts';
import { createMembership, type Members, numberOf, type Place } from './membership.ts';
import { conductOf, type Misbehaviour } from './misbehaviour.ts';
import { type ObserverComponents, observeQuestion } from './observeQuestion.ts';
import { openSources, type SourcesInit } from './openSources.ts';
import { createParticipant, leaderOf, type SignedRound } from './participant.ts';
import type { Peer } from './peerMessage.ts';
import { createComplaints, repeat } from './repeat.ts';
import { createReporterApp } from './reporterApp.ts';
import { openRoundArchive, type RoundArchive } from './roundArchive.ts';
import { createInFlight } from './roundResult.ts';
import { createSignatureWatch } from './signatureWatch.ts';
import { openSignedRounds } from './signedRounds.ts';
import { createSender } from './transactions.ts';

export interface ReporterInit extends SourcesInit {
  /** Its number among `peers`. */
  readonly index: number;
  readonly privateKey: Hex;
  /** 0 takes a free port. */
  readonly port: number;
  /** Folder of its own: signed rounds, archive, evidence, inputs. */
  readonly stateDir: string;
  readonly rpcUrl: string;
  readonly chainId: number;
  readonly addresses: LichenAddresses;
  /** Block from which events are read; 0 when absent. */
  readonly fromBlock?: number;
  /** All reporters with their addresses, this one included; which of them are in force is read from the chain. */
  readonly peers: readonly Peer[];
  readonly world: ReplayWorld;
  readonly record: FlightRecord;
  /** Journals of the other reporters, whose heads this one witnesses. */
  readonly journals?: readonly JournalPeer[];
  /** Weights of the models that this reporter runs itself; others are run by a call to the chain. */
  readonly modelBlobs: readonly Uint8Array[];
  /** Control for tests and demonstrations: makes this reporter break the rules. Honest when absent. */
  readonly misbehave?: Misbehaviour | undefined;
  readonly clock?: Clock;
  readonly log?: (line: string) => void;
}

/** Milliseconds between two looks at answers and signatures of the others. */
const watchPauseMs = 800;

/** Keeps a round for people and for disputes; members are numbered as in `peers`. */
function keepRound(
  archive: RoundArchive,
  peers: readonly Peer[],
  members: Members,
  signed: SignedRound,
): void {
  const { round, observedFrom, observedTo } = signed.report;
  archive.add({
    round,
    leader: numberOf(members.set, leaderOf(round, members.peers.length), peers),
    observedFrom,
    observedTo,
    root: signed.root,
    dataDigest: signed.dataDigest,
    leaves: signed.leaves.map((leaf) => {
      const { spec } = signed.questions.find(({ id }) => id === leaf.questionId)!;
      return { ...leaf, topic: spec.topic, subject: spec.subject };
    }),
    reporters: signed.reveals.map(({ reporter, observations }) => ({
      index: numberOf(members.set, reporter, peers),
      observations,
    })),
  });
}

/**
 * Starts one reporter: it takes part in the rounds of the set in force, leads those of its slots, signs features, and watches
 * the answers and signatures of the others (docs/spec/reporter-protocol.md).
 * @throws LichenError `port-in-use`, `state-damaged`, `disk-full`, `bad-input` for a key that is not the named one
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
  const follower = createChainFollower(client, addresses, BigInt(init.fromBlock ?? 0));
  const evidence = await openEvidenceStore(join(init.stateDir, 'evidence'));
  const archive = openRoundArchive(join(init.stateDir, 'rounds'));
  const inputs = openInputStore(join(init.stateDir, 'inputs'));
  const signedRounds = openSignedRounds(join(init.stateDir, 'signed-rounds.log'));
  const complain = createComplaints(log);
  const journal = await openReporterJournal({
    stateDir: init.stateDir,
    chainId: init.chainId,
    address: account.address,
    privateKey: init.privateKey,
    peers: init.journals ?? [],
    client,
    sender,
    follower,
    anchor: addresses.anchor,
    clock,
    log,
    onError: complain('journal'),
  });
  const conduct = conductOf(init.misbehave, { verifier, account });
  if (init.misbehave !== undefined) log(`told to misbehave: ${init.misbehave}`);

  const { status: sources, liveStatus, weather } = openSources(init, { verifier, evidence });
  const blobs = new Map(init.modelBlobs.map((blob) => [keccak256(blob), blob]));
  const observer: ObserverComponents = {
    statusSources: sources,
    liveSources: liveStatus,
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
  const observe = async (question: { id: Hex; spec: QuestionSpec }, observedTo: number) =>
    conduct.told(question, await observeHonestly(question, observedTo));

  const signedByRound = new Map<number, SignedRound>();
  function onSigned(place: Place, signed: SignedRound): void {
    const { round } = signed.report;
    signedByRound.set(round, signed);
    for (const old of signedByRound.keys()) if (old < round - 30) signedByRound.delete(old);
    try {
      keepRound(archive, peers, place, signed);
    } catch (error) {
      // The archive is for people: a full disk there must not cost the signature.
      complain('archive')(error);
    }
    void conduct.afterSigning(place, signed.report).catch(complain('misbehaviour'));
  }
  const membership = createMembership(follower, peers, account.address, (place) =>
    createParticipant({
      index: place.index,
      peers: place.peers,
      verifier,
      account,
      signedRounds,
      slotSeconds,
      clock,
      configDigest: async () => place.set.digest,
      observe,
      keepInput: (input) => inputs.put(input),
      onSigned: (signed) => onSigned(place, signed),
      beforeSigning: journal.beforeReport,
    }),
  );

  const inFlight = createInFlight(clock);
  const features = createFeatureSigner({
    world,
    record: init.record,
    sources,
    weather,
    verifier: cover,
    account,
    clock,
    beforeSigning: journal.beforeFeatures,
  });
  const forecast = createForecastWatch({ world, weather, verifier: cover, account, clock });
  const signatures = createSignatureWatch({
    client,
    addresses,
    follower,
    sender,
    account: account.address,
    verifier,
    clock,
    log,
  });
  const answers = createAnswerWatch({
    client,
    addresses,
    follower,
    sender,
    account: account.address,
    inputOf: (inputHash) => inputs.get(inputHash),
    models: observer,
    observe: observeHonestly,
    keptStatements: (round, questionId) =>
      (archive.get(round)?.reporters ?? []).flatMap(({ observations }) =>
        observations.filter((one) => one.questionId === questionId).flatMap(({ statements }) => statements),
      ),
    log,
  });
  const leader = createRoundLeader({
    membership,
    follower,
    signedRounds,
    signedRoundOf: (round) => signedByRound.get(round),
    inFlight,
    inputs,
    observe,
    verifier,
    account,
    oracle: addresses.oracle,
    sender,
    clock,
    afterRound: createForecastAnnouncer({ client, sender, account, verifier, cover, forecast, log }),
    log,
  });

  const app = createReporterApp({
    membership,
    verifier,
    account,
    features,
    forecast,
    signatures,
    inFlight,
    inputs,
    archive,
    evidence,
    journal: journal.app,
    health: () => ({
      index,
      address: account.address,
      chainTime: Math.floor(clock()),
      block: Number(follower.block),
      lastSigned: signedRounds.last,
      misbehave: init.misbehave ?? null,
    }),
  });
  const served = await serve(app, init.port);

  const stopping = new AbortController();
  const untilNextSlot = () => (slotSeconds - (clock() % slotSeconds)) * 1_000 + 15;
  // Read before the first slot: after a long stop the first leader to be ready ends the silence.
  await follower.sync().catch(complain('watch'));
  const loops = Promise.all([
    journal.run(stopping.signal),
    repeat(stopping.signal, untilNextSlot, leader.lead, complain('lead')),
    repeat(
      stopping.signal,
      () => watchPauseMs,
      async () => {
        await follower.sync();
        if (conduct.disputes) await answers.look();
        await signatures.look();
      },
      complain('watch'),
    ),
  ]);
  return {
    url: served.url,
    stop: async () => {
      stopping.abort();
      await served.close();
      await loops;
      signedRounds.close();
      await journal.close();
    },
  };
}
