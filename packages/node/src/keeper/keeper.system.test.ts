import { join } from 'node:path';
import { compactSignature, type Report, type WorldFlight } from '@lichen/protocol';
import {
  buyCover,
  faucet,
  getBalance,
  getChainTime,
  getPolicy,
  type LichenClient,
  listQuestions,
  listReporters,
  listRounds,
  parseAmount,
  quoteCover,
  reporterSetAbi,
  searchFlights,
  slashEquivocation,
} from '@lichen/sdk';
import { type Hex, keccak256, toHex } from 'viem';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accountAt, type LocalChain, startLocalChain } from '../../../sdk/test/localChain.ts';
import { startKeeper } from './keeper.ts';

const artifactsDir = join(import.meta.dirname, '../../../contracts/out');
/** Any bytes of 0 to 127 are features; these are of a bad evening. */
const features: Hex = '0x2a40331e12263c1e191e232319004d3c';

let local: LocalChain;
let buyer: LichenClient;
let flights: readonly WorldFlight[];
const keepers: { stop(): Promise<void> }[] = [];
const lines: string[] = [];

beforeAll(async () => {
  local = await startLocalChain(artifactsDir);
  buyer = local.clientOf(1);
  // Two keepers do everything twice over, and nothing may come of it twice.
  for (const index of [3, 4]) {
    keepers.push(
      await startKeeper({
        privateKey: toHex(accountAt(index).getHdKey().privateKey!),
        rpcUrl: `${buyer.gatewayUrl}/rpc`,
        chainId: buyer.config.chainId,
        addresses: buyer.addresses,
        log: (line) => lines.push(line),
      }),
    );
  }
  await faucet(buyer, { amount: parseAmount('1000') });
});
afterAll(async () => {
  for (const keeper of keepers) await keeper.stop();
  await local?.stop();
});

test('when every reporter falls silent for good, the premium is refunded at the deadline by itself', async () => {
  flights = await searchFlights(buyer, { from: (await getChainTime(buyer)) + 150, limit: 5 });
  local.show(flights, features);
  await local.report();
  const before = await getBalance(buyer);
  const quote = await quoteCover(buyer, { flightId: flights[0]!.flightId, payout: parseAmount('100') });
  const { policyId, premium } = await buyCover(buyer, { quote, maxPremium: parseAmount('100') });
  expect(await getBalance(buyer)).toBe(before - premium);
  const [question] = await listQuestions(buyer);
  // From here on no reporter says a word.
  await local.travel(question!.spec.answerBy - (await getChainTime(buyer)) - 90);
  expect((await getPolicy(buyer, { policyId })).state).toBe('live');
  await local.travel(92);
  await expect
    .poll(async () => (await getPolicy(buyer, { policyId })).state, { timeout: 60_000 })
    .toBe('refunded');
  await expect
    .poll(async () => (await listQuestions(buyer))[0]?.status, { timeout: 60_000 })
    .toBe('cancelled');
  expect(await getBalance(buyer)).toBe(before);
});

test('who was slashed leaves the set, its bond is taken, and four go on', async () => {
  const report: Report = {
    round: 3,
    observedFrom: 1,
    observedTo: 2,
    root: keccak256('0x01'),
    dataDigest: keccak256('0x02'),
  };
  const proofOf = async (signed: Report) => ({
    report: signed,
    signature: compactSignature((await local.signReport(signed, [4])).get(4)!),
  });
  const before = await listReporters(buyer);
  await slashEquivocation(buyer, {
    reporter: 4,
    first: await proofOf(report),
    second: await proofOf({ ...report, root: keccak256('0x03') }),
  });
  await expect
    .poll(async () => (await listReporters(buyer)).map(({ address }) => address), { timeout: 60_000 })
    .toEqual(before.slice(0, 4).map(({ address }) => address));
  const owed = (account: Hex) =>
    buyer.chain.readContract({
      address: buyer.addresses.reporterSet,
      abi: reporterSetAbi,
      functionName: 'owedTo',
      args: [account],
    });
  // Half to whoever proved it.
  await expect.poll(() => owed(accountAt(1).address), { timeout: 60_000 }).toBe(parseAmount('500'));
  await local.report();
  expect((await listRounds(buyer))[0]?.signers).toEqual([0, 1, 2, 3]);
  expect(lines.filter((line) => line.startsWith('expel') && line.endsWith('success'))).toHaveLength(1);
});
