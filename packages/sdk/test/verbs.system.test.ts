import { fileURLToPath } from 'node:url';
import {
  answerFromInteger,
  compactSignature,
  modelIdOf,
  noEvidence,
  type QuestionSpec,
  questionIdOf,
  type WorldFlight,
} from '@lichen/protocol';
import { encodeFunctionData, type Hex, hexToBytes } from 'viem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectLichen } from '../src/client/createLichenClient.ts';
import {
  askModelQuestion,
  buyCover,
  type CoverQuote,
  createLichenClient,
  disputeModel,
  faucet,
  flightCoverAbi,
  getBalance,
  getChainTime,
  getModel,
  getPolicy,
  getPool,
  getQuestion,
  type LichenClient,
  listPolicies,
  listQuestions,
  listReporters,
  listRounds,
  oracleAbi,
  parseAmount,
  payOutPolicy,
  quoteCover,
  runModel,
  runModelOnChain,
  searchFlights,
  sendTransaction,
  slashEquivocation,
} from '../src/index.ts';
import { codeOf } from './codeOf.ts';
import { accountAt, type LocalChain, startLocalChain } from './localChain.ts';

const artifactsDir =
  process.env.LICHEN_FORGE_OUT ?? fileURLToPath(new URL('../../contracts/out', import.meta.url));
/** A flight in a bad evening: the model's own scale, any bytes of 0 to 127 will do. */
const features: Hex = '0x2a40331e12263c1e191e232319004d3c';

let local: LocalChain;
let buyer: LichenClient;
let flights: readonly WorldFlight[];
beforeAll(async () => {
  local = await startLocalChain(artifactsDir);
  buyer = local.clientOf(1);
  const now = await getChainTime(buyer);
  flights = await searchFlights(buyer, { from: now + 300, limit: 20 });
  local.show(flights, features);
});
afterAll(() => local?.stop());

/** Has the oracle accept an answer that four of five reporters signed. */
async function acceptAnswer(spec: QuestionSpec, value: bigint): Promise<Hex> {
  const { config, addresses } = local.steward;
  const questionId = questionIdOf(config.chainId, addresses.oracle, spec);
  const answer = answerFromInteger(value);
  const { round } = await local.report({
    questionId,
    outcome: 0,
    answer,
    confidenceBps: 8_000,
    evidenceRoot: noEvidence,
  });
  const args = [spec, round, 0, answer, 8_000, noEvidence, []] as const;
  const data = encodeFunctionData({ abi: oracleAbi, functionName: 'accept', args });
  await sendTransaction(local.steward, { to: addresses.oracle, data });
  return questionId;
}

async function questionOf(flight: WorldFlight): Promise<QuestionSpec> {
  const { flightCover } = buyer.addresses;
  const args = [flight.flightId] as const;
  return buyer.chain.readContract({
    address: flightCover,
    abi: flightCoverAbi,
    functionName: 'questionOf',
    args,
  });
}

test('a client of this network', async () => {
  const client = await createLichenClient({ gatewayUrl: buyer.gatewayUrl });
  expect(client.addresses).toEqual(buyer.addresses);
  const reporters = await listReporters(client);
  expect(reporters.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4]);
  expect(reporters.every(({ bond }) => bond === parseAmount('1000'))).toBe(true);
});

test('nothing is sold while the reporters are silent', async () => {
  await local.travel(200);
  expect(
    await codeOf(quoteCover(buyer, { flightId: flights[0]!.flightId, payout: parseAmount('200') })),
  ).toBe('oracle-silent');
  await local.report();
  expect((await listRounds(buyer))[0]?.signers).toEqual([0, 1, 2, 3]);
});

test('the published model, its weights and its manifest checked, downloaded once', async () => {
  const model = await getModel(buyer);
  expect(modelIdOf(model.blob)).toBe(buyer.config.modelId);
  expect(model.vouchedBy).toEqual([local.steward.wallet?.account.address]);
  expect(model.card).not.toBeNull();
  expect(await getModel(buyer)).toBe(model);
  const { playDollar } = buyer.addresses;
  const config = { ...buyer.config, addresses: { ...buyer.addresses, modelRegistry: playDollar } };
  const stranger = connectLichen({ gatewayUrl: buyer.gatewayUrl, config });
  await expect(getModel(stranger)).rejects.toThrow('nobody registered');
});

test('the model gives the same bits here and on the chain', async () => {
  const { baseline } = await getModel(buyer);
  expect(baseline).toHaveLength(16);
  await expect(runModel(buyer, { input: baseline.slice(1) })).rejects.toThrow('wrong number of bytes');
  for (const input of [baseline, hexToBytes(features), new Uint8Array(16), new Uint8Array(16).fill(127)]) {
    expect(await runModelOnChain(buyer, { input })).toBe(await runModel(buyer, { input }));
  }
  expect(await codeOf(runModelOnChain(buyer, { input: new Uint8Array(15) }))).toBe('bad-input');
});

describe('cover', () => {
  let quote: CoverQuote;
  test('a quote whose parts and reasons add up', async () => {
    flights = await searchFlights(buyer, { from: (await getChainTime(buyer)) + 300, limit: 20 });
    local.show(flights, features);
    await local.report();
    quote = await quoteCover(buyer, { flightId: flights[0]!.flightId, payout: parseAmount('200') });
    const { parts } = quote;
    expect(parts.premium).toBe(parts.expectedLoss + parts.margin + parts.exposureCharge);
    const sum = quote.contributions.reduce((total, part) => total + part.probabilityPpm, quote.baselinePpm);
    expect(sum).toBe(parts.probabilityPpm);
    expect(quote.contributions).toHaveLength(16);
    expect(quote.expiresAt).toBe(quote.report.observedAt + 120);
  });

  test('reasons for which nothing is sold', async () => {
    const { flightId } = flights[0]!;
    expect(await codeOf(quoteCover(buyer, { flightId, payout: 1n }))).toBe('bad-input');
    const poor = local.clientOf(2);
    expect(await codeOf(buyCover(poor, { quote }))).toBe('too-little-money');
    expect(await codeOf(buyCover(buyer, { quote, maxPremium: 1n }))).toBe('price-moved');
    expect(await codeOf(faucet(buyer, { amount: parseAmount('10000.000001') }))).toBe('bad-input');
  });

  test('a tampered quote is refused by the chain too', async () => {
    await faucet(buyer, { amount: parseAmount('1000') });
    const report = { ...quote.report, features: '0x2a40331e12263c1e191e232319004d3d' as const };
    expect(
      await codeOf(buyCover(buyer, { quote: { ...quote, report }, maxPremium: parseAmount('200') })),
    ).toBe('no-quorum');
  });

  test('bought once, never twice', async () => {
    quote = await quoteCover(buyer, { flightId: flights[0]!.flightId, payout: parseAmount('200') });
    const before = await getBalance(buyer);
    const pool = await getPool(buyer);
    const bought = await buyCover(buyer, { quote });
    expect(bought.premium).toBe(quote.parts.premium);
    // The refused purchase above had approved enough already.
    expect(bought.approvalGasUsed).toBe(0n);
    expect(await getBalance(buyer)).toBe(before - bought.premium);
    const after = await getPool(buyer);
    expect(after.totalReserved - pool.totalReserved).toBe(parseAmount('200'));
    expect(after.unearnedPremiums - pool.unearnedPremiums).toBe(bought.premium);
    const policy = await getPolicy(buyer, { policyId: bought.policyId });
    expect(policy).toMatchObject({
      state: 'live',
      outcome: 'open',
      payout: parseAmount('200'),
      parts: quote.parts,
    });
    expect(policy.flight).toMatchObject({ carrier: flights[0]!.carrier, number: flights[0]!.number });
    expect(await codeOf(buyCover(buyer, { quote, maxPremium: parseAmount('200') }))).toBe('quote-replayed');
    expect(await codeOf(payOutPolicy(buyer, { policyId: bought.policyId }))).toBe('source-unavailable');
    expect(await codeOf(getPolicy(buyer, { policyId: `0x${'12'.repeat(32)}` }))).toBe('not-found');
  });

  test('paid when the oracle says late', async () => {
    const flight = flights[0]!;
    await local.travel(flight.arrivesAt - (await getChainTime(buyer)) + 60);
    await acceptAnswer(await questionOf(flight), 1n);
    await local.travel(10);
    const [policy] = await listPolicies(buyer, { holder: accountAt(1).address });
    const before = await getBalance(buyer);
    const paid = await payOutPolicy(local.steward, { policyId: policy!.policyId });
    expect(paid).toMatchObject({ state: 'paid', amount: parseAmount('200') });
    expect(await getBalance(buyer)).toBe(before + parseAmount('200'));
    expect(await getPolicy(buyer, policy!)).toMatchObject({ state: 'paid', outcome: 'late' });
    expect(await codeOf(payOutPolicy(buyer, { policyId: policy!.policyId }))).toBe('not-found');
    const [question] = await listQuestions(buyer);
    expect(question).toMatchObject({ answer: { outcome: 'answered', signers: [0, 1, 2, 3] } });
  });

  test('refunded when no answer ever comes', async () => {
    flights = await searchFlights(buyer, { from: (await getChainTime(buyer)) + 300, limit: 20 });
    local.show(flights, features);
    // At night the next flight is beyond the hours in which cover is sold.
    await local.travel(Math.max(0, flights[1]!.departsAt - (await getChainTime(buyer)) - 300));
    await local.report();
    const quoted = await quoteCover(buyer, { flightId: flights[1]!.flightId, payout: parseAmount('100') });
    const { policyId, premium, approvalGasUsed } = await buyCover(buyer, {
      quote: quoted,
      maxPremium: parseAmount('500'),
    });
    expect(approvalGasUsed).toBeGreaterThan(0n);
    await local.travel(flights[1]!.arrivesAt - (await getChainTime(buyer)) + 86_400);
    expect(await payOutPolicy(buyer, { policyId })).toMatchObject({ state: 'refunded', amount: premium });
    expect((await getPolicy(buyer, { policyId })).outcome).toBe('expired');
  });
});

describe('disputes', () => {
  test('a wrong model output is replaced by the right one', async () => {
    const input = hexToBytes(features);
    const right = await runModel(buyer, { input });
    const asked = await askModelQuestion(buyer, { input, liveness: 600, answerWithin: 3_600 });
    expect((await getQuestion(buyer, asked)).status).toBe('pending');
    await local.travel(5);
    await acceptAnswer(asked.spec, right + 1n);
    expect((await getQuestion(buyer, asked)).status).toBe('accepted');
    expect(await codeOf(disputeModel(buyer, { spec: asked.spec, input: new Uint8Array(16) }))).toBe(
      'bad-input',
    );
    const resolved = await disputeModel(buyer, { spec: asked.spec, input });
    expect(resolved).toMatchObject({
      overturned: true,
      outcome: 'answered',
      value: answerFromInteger(right),
    });
    expect(resolved.slashed).toEqual([0, 1, 2, 3]);
  });

  test('signing two reports for one round is slashed', async () => {
    const first = { round: 5, observedFrom: 1, observedTo: 2, root: noEvidence, dataDigest: noEvidence };
    const second = { ...first, dataDigest: `0x${'11'.repeat(32)}` as const };
    const proof = async (report: typeof first | typeof second) => ({
      report,
      signature: compactSignature((await local.signReport(report, [4])).get(4)!),
    });
    const same = { reporter: 4, first: await proof(first), second: await proof(first) };
    expect(await codeOf(slashEquivocation(buyer, same))).toBe('bad-input');
    await slashEquivocation(buyer, { reporter: 4, first: await proof(first), second: await proof(second) });
    expect((await listReporters(buyer))[4]?.bond).toBe(0n);
  });
});
