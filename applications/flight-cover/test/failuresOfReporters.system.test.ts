import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isLichenError, type QuestionSpec } from '@lichen/protocol';
import {
  askModelQuestion,
  buyCover,
  type CoverQuote,
  collectStatements,
  disputeEvidence,
  faucet,
  flightCoverAbi,
  getChainTime,
  getPolicy,
  getQuestion,
  listReporters,
  oracleAbi,
  parseAmount,
  quoteCover,
  reporterSetAbi,
  runModelOnChain,
  searchFlights,
} from '@lichen/sdk';
import { type Hex, hexToBigInt, hexToString, trim } from 'viem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askAboutFlight } from './support/askAboutFlight.ts';
import { buyOnFlightThat } from './support/buyOnFlightThat.ts';
import { type RunningNetwork, startNetwork, temporaryState, until } from './support/network.ts';
import { setSourceMode } from './support/setSourceMode.ts';
import { mountSmallDisk } from './support/smallDisk.ts';

const payout = parseAmount('100');
// The weather of this afternoon moves three times within the first two minutes, at all three airports.
const world = { speed: 360, from: '2013-12-05T15:00' };
const disk = mountSmallDisk(65_536);
const stateDir = disk?.folder ?? temporaryState();
let network: RunningNetwork;
/** Bought while four of five are left. */
let policyId: Hex;

const addressOf = (reporter: number) => network.client.config.reporters[reporter - 1]!.address;

function oracleEvents<
  Name extends 'ReportersSlashed' | 'EvidenceAdded' | 'DisputeResolved' | 'AnswerAccepted',
>(eventName: Name) {
  return network.client.chain.getContractEvents({
    address: network.client.addresses.oracle,
    abi: oracleAbi,
    eventName,
    fromBlock: 0n,
    strict: true,
  });
}

/** Why whom was slashed, by their numbers in the set of that time. */
async function slashes(): Promise<{ reason: string; reporters: bigint }[]> {
  return (await oracleEvents('ReportersSlashed'))
    .filter(({ args }) => args.reporters !== 0n)
    .map(({ args }) => ({
      reason: hexToString(trim(args.reason, { dir: 'right' })),
      reporters: args.reporters,
    }));
}

async function setOf(size: number): Promise<readonly string[]> {
  return until(`a set of ${size}`, 120_000, async () => {
    const members = (await listReporters(network.client)).map(({ address }) => address);
    return members.length === size ? members : undefined;
  });
}

/** A chain's answer to a request as it comes, errors included. */
async function rpc(method: string, ...params: unknown[]): Promise<{ result?: unknown; error?: unknown }> {
  const { rpcUrl } = JSON.parse(readFileSync(join(stateDir, 'run.json'), 'utf8')) as { rpcUrl: string };
  const response = await fetch(rpcUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  return (await response.json()) as { result?: unknown; error?: unknown };
}

beforeAll(async () => {
  network = await startNetwork({ ...world, stateDir, misbehave: { 3: 'equivocate' } });
  await faucet(network.client, { amount: parseAmount('5000') });
});
afterAll(async () => {
  await network?.stop();
  disk?.unmount();
});

test('a reporter that signs two reports for one round is slashed by the proof of the others and leaves the set', async () => {
  const members = await setOf(4);
  expect(members).toEqual([1, 2, 4, 5].map(addressOf));
  expect((await slashes())[0]).toEqual({ reason: 'equivocation', reporters: 0b00100n });
  const liar = addressOf(3);
  const set = { address: network.client.addresses.reporterSet, abi: reporterSetAbi } as const;
  const bond = await network.client.chain.readContract({ ...set, functionName: 'bondOf', args: [liar] });
  expect(bond).toBe(0n);
  // The keeper also takes the marked bond, half of it for whoever proved it.
  const taken = await until('the bond to be taken', 60_000, async () => {
    const logs = await network.client.chain.getContractEvents({
      ...set,
      eventName: 'Slashed',
      fromBlock: 0n,
      strict: true,
    });
    return logs[0];
  });
  expect(taken.args).toMatchObject({ reporter: liar, amount: parseAmount('1000') });
});

test('a person is told who was made to lie', async () => {
  const health = await (await fetch(`${network.client.config.reporters[2]!.url}/v1/health`)).json();
  expect(health).toMatchObject({ index: 2, misbehave: 'equivocate' });
  const honest = await (await fetch(`${network.client.config.reporters[0]!.url}/v1/health`)).json();
  expect(honest).toMatchObject({ index: 0, misbehave: null });
  // Out of the set it signs nothing any more, whoever asks.
  const signed = await fetch(`${network.client.config.reporters[2]!.url}/v1/features`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ flightId: `0x${'ab'.repeat(32)}` }),
  });
  expect(await signed.json()).toMatchObject({ error: 'no-quorum' });
  const { stdout } = await network.lichen('status');
  expect(JSON.parse(stdout)).toMatchObject({ misbehave: { 3: 'equivocate' } });
});

describe('a source that signs a lie', () => {
  let asked: { questionId: Hex; spec: QuestionSpec };

  test('is heard in a dispute, and the reporters defend the truth with what sources told them before they went silent', async () => {
    ({ policyId } = await buyOnFlightThat(network, 'late', payout));
    const now = await getChainTime(network.client);
    const hour = 3_600 / world.speed;
    const departed = await searchFlights(network.client, { from: Math.floor(now - 12 * hour), to: now });
    // An hour after its schedule something is certain about every flight.
    const { flightId } = departed.find(({ arrivesAt }) => arrivesAt + hour + 2 < now)!;
    asked = await askAboutFlight(network, flightId, 25);
    const { answer } = await until('the answer', 60_000, async () => {
      const question = await getQuestion(network.client, asked);
      return question.status === 'accepted' ? question : undefined;
    });
    // Four settle what five would have: the positions are those of the set of four.
    expect(answer!.signers.length).toBeGreaterThanOrEqual(3);
    expect(Math.max(...answer!.signers)).toBeLessThanOrEqual(3);
    // On the screen reporters keep the numbers that they were started with.
    const shown = (await (await fetch(`${network.gatewayUrl}/v1/rounds/${answer!.round}`)).json()) as {
      chain: { signers: number[] };
      reporters: { index: number }[];
    };
    for (const number of [...shown.chain.signers, ...shown.reporters.map(({ index }) => index)]) {
      expect([0, 1, 3, 4]).toContain(number);
    }
    await setSourceMode(network, 2, 'lie', flightId);
    const statements = (await collectStatements(network.client, { flightId })).filter(
      ({ statement }) => statement.value !== BigInt.asIntN(64, hexToBigInt(answer!.value)),
    );
    expect(statements.map(({ source }) => source)).toEqual([network.client.config.sources[2]!.address]);
    await setSourceMode(network, 0, 'dead');
    await setSourceMode(network, 1, 'dead');
    try {
      await disputeEvidence(network.client, { spec: asked.spec, statements });
      expect((await getQuestion(network.client, asked)).status).toBe('disputed');
      await until('the defence', 60_000, async () => {
        const heard = (await oracleEvents('EvidenceAdded')).filter(
          ({ args }) => args.id === asked.questionId,
        );
        return new Set(heard.map(({ args }) => args.source)).size === 3 ? true : undefined;
      });
    } finally {
      for (const index of [0, 1, 2]) await setSourceMode(network, index, 'honest');
    }
  });

  test('meanwhile: when the weather moves, older quotes for that time and place no longer buy', async () => {
    const { client } = network;
    const quotes: CoverQuote[] = [];
    let asOf = 0;
    async function quoteEverywhere(): Promise<void> {
      const now = await getChainTime(client);
      if (now < asOf + 8) return;
      asOf = now;
      for (const origin of ['EWR', 'JFK', 'LGA']) {
        // Late enough that sales are still open when the weather has moved.
        const from = now + Math.ceil((3.5 * 3_600) / world.speed);
        const flights = await searchFlights(client, { from, origin, limit: 3 });
        for (const { flightId } of flights) {
          const quote = await quoteCover(client, { flightId, payout }).catch((error: unknown) => {
            // Too likely to be late, too much sold already, or no longer on sale: the next flight.
            if (isLichenError(error)) return undefined;
            throw error;
          });
          if (quote === undefined) continue;
          quotes.push(quote);
          break;
        }
      }
    }
    const stale = await until('a move of the weather', 200_000, async () => {
      await quoteEverywhere();
      const moves = await client.chain.getContractEvents({
        address: client.addresses.flightCover,
        abi: flightCoverAbi,
        eventName: 'ForecastMoved',
        fromBlock: 0n,
        strict: true,
      });
      const now = await getChainTime(client);
      return quotes.find(
        ({ report }) =>
          report.departsAt > now + Math.ceil(3_600 / world.speed) + 4 &&
          moves.some(({ args }) => args.cell === report.cell && args.movedAt > report.observedAt),
      );
    });
    await expect(buyCover(client, { quote: stale, maxPremium: payout })).rejects.toMatchObject({
      name: 'LichenError',
      code: 'forecast-moved',
    });
  });

  test.skipIf(disk === undefined)(
    'meanwhile: a disk that is full to the last byte refuses with a clear error, loses nothing, and goes on with room',
    async () => {
      const { client } = network;
      const account = client.wallet!.account;
      const ids = await network.processIds();
      const raw = await account.signTransaction!({
        chainId: client.config.chainId,
        nonce: await client.chain.getTransactionCount({ address: account.address }),
        to: account.address,
        // More than the room that is left in the last page of the chain's log.
        data: `0x${'00'.repeat(8_192)}`,
        gas: 200_000n,
        type: 'eip1559',
        maxFeePerGas: 5_000_000_000n,
        maxPriorityFeePerGas: 1_000_000_000n,
      });
      const before = await client.chain.getBlock();
      disk!.fill();
      try {
        // Refused, so that nobody believes it was sent.
        const refused = await rpc('eth_sendRawTransaction', raw);
        expect(refused).toMatchObject({
          error: { data: { error: 'disk-full', expected: 'free space on that disk', retry: 'after-fix' } },
        });
      } finally {
        disk!.free();
      }
      await until('the chain', 60_000, async () => (await rpc('eth_blockNumber')).result);
      // What was seen before is still there, and what was refused can be sent now.
      expect((await client.chain.getBlock({ blockNumber: before.number })).hash).toBe(before.hash);
      const hash = await client.chain.sendRawTransaction({ serializedTransaction: raw });
      const receipt = await client.chain.waitForTransactionReceipt({ hash, timeout: 60_000 });
      expect(receipt.status).toBe('success');
      expect((await getPolicy(client, { policyId })).policyId).toBe(policyId);
      // Every process lived through it.
      expect(await network.processIds()).toEqual(ids);
    },
  );

  test('loses: the keeper ends the dispute after the defence, the answer stands, nobody is slashed for it', async () => {
    const question = await until('the end of the dispute', 120_000, async () => {
      const found = await getQuestion(network.client, asked);
      return found.status === 'final' ? found : undefined;
    });
    const ended = (await oracleEvents('DisputeResolved')).find(({ args }) => args.id === asked.questionId);
    expect(ended?.args).toMatchObject({ rung: 2, overturned: false });
    expect(question.answer?.outcome).toBe('answered');
    expect((await slashes()).map(({ reason }) => reason)).toEqual(['equivocation']);
  });
});

test('a quorum of liars has a wrong model output accepted; the honest reporter has the chain run it, and the asker gets the right one', async () => {
  await network.stop();
  network = await startNetwork({
    ...world,
    stateDir,
    misbehave: { 1: 'wrong-model', 2: 'wrong-model', 3: 'wrong-model', 4: 'wrong-model' },
  });
  const { client } = network;
  const input = new Uint8Array(16).fill(64);
  const right = await runModelOnChain(client, { input });
  const asked = await askModelQuestion(client, { input, low: -2_000_000n, high: 2_000_000n, liveness: 120 });
  const overturned = await until('the dispute', 120_000, async () =>
    (await oracleEvents('DisputeResolved')).find(({ args }) => args.id === asked.questionId),
  );
  const accepted = (await oracleEvents('AnswerAccepted')).find(({ args }) => args.id === asked.questionId);
  const integerOf = (word: Hex) => BigInt.asIntN(256, hexToBigInt(word));
  expect(integerOf(accepted!.args.value)).toBe(right + 1n);
  expect(overturned.args).toMatchObject({ rung: 1, overturned: true });
  expect(integerOf(overturned.args.value)).toBe(right);
  const challenge = await client.chain.getTransaction({ hash: overturned.transactionHash });
  expect(challenge.from.toLowerCase()).toBe(addressOf(5).toLowerCase());
  // Positions 0 to 2 of the set of four: the three liars who signed.
  expect((await slashes()).at(-1)).toEqual({ reason: 'model', reporters: 0b0111n });
  expect(await getQuestion(client, asked)).toMatchObject({
    status: 'final',
    answer: { outcome: 'answered' },
  });

  expect(await setOf(1)).toEqual([addressOf(5)]);
  const again = await askModelQuestion(client, { input, low: -2_000_000n, high: 2_000_000n });
  const honest = await until('an honest answer', 60_000, async () => {
    const question = await getQuestion(client, again);
    return question.answer === null ? undefined : question.answer;
  });
  expect(integerOf(honest.value)).toBe(right);
  expect(honest.signers).toEqual([0]);
});

test('cover sold by four reporters is paid in the end, whoever is left', async () => {
  await until('the payout', 180_000, async () =>
    (await getPolicy(network.client, { policyId })).state === 'paid' ? true : undefined,
  );
});
