import { fileURLToPath } from 'node:url';
import {
  answerFromInteger,
  compactSignature,
  flightTopic,
  noEvidence,
  type QuestionSpec,
  type Report,
  type SignedStatement,
  statementDigest,
  type WorldFlight,
} from '@lichen/protocol';
import { encodeFunctionData, type Hex, hexToBytes, zeroHash } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testKey } from '../../../node/src/world/world.fixture.ts';
import { codeOf } from '../../test/codeOf.ts';
import { type LocalChain, startLocalChain } from '../../test/localChain.ts';
import {
  askModelQuestion,
  disputeEvidence,
  disputeModel,
  faucet,
  getBalance,
  getChainTime,
  getQuestion,
  type LichenClient,
  listReporters,
  oracleAbi,
  parseAmount,
  resolveEvidence,
  runModel,
  searchFlights,
  sendTransaction,
  slashEquivocation,
} from '../index.ts';
import { type AskedQuestion, sendQuestion } from './sendQuestion.ts';

const artifactsDir =
  process.env.LICHEN_FORGE_OUT ?? fileURLToPath(new URL('../../../contracts/out', import.meta.url));
const bond = parseAmount('50');

let local: LocalChain;
let challenger: LichenClient;
let flight: WorldFlight;
beforeAll(async () => {
  local = await startLocalChain(artifactsDir);
  challenger = local.clientOf(1);
  await faucet(challenger, { amount: parseAmount('1000') });
  const flights = await searchFlights(challenger, { limit: 50 });
  flight = flights.toSorted((a, b) => a.arrivesAt - b.arrivesAt)[0]!;
  await local.travel(flight.arrivesAt - (await getChainTime(challenger)) + 10);
});
afterAll(() => local?.stop());

/** How the flight ended in this test: late. */
const truth = 1n;

/** What a source signs about the flight, with the key that the chain's register names. */
async function said(source: number, value: bigint, about: Hex = flight.flightId): Promise<SignedStatement> {
  const account = privateKeyToAccount(testKey(100 + source));
  const statement = {
    topic: flightTopic,
    subject: about,
    value,
    detail: 0n,
    observedAt: flight.arrivesAt,
  };
  const { config, addresses } = challenger;
  const hash = statementDigest({ chainId: config.chainId, address: addresses.oracle }, statement);
  return { source: account.address, statement, signature: await account.sign({ hash }) };
}

/** Asks about the flight and has the answer accepted that four of five reporters signed. */
async function askAndAccept(value: bigint): Promise<AskedQuestion> {
  const now = await getChainTime(challenger);
  const spec: QuestionSpec = {
    asker: challenger.wallet!.account.address,
    kind: 1,
    low: 0n,
    high: 4n,
    topic: flightTopic,
    subject: flight.flightId,
    modelId: zeroHash,
    inputHash: zeroHash,
    opensAt: now,
    answerBy: now + 3_600,
    liveness: 300,
    callbackGas: 0,
    salt: BigInt(now),
  };
  const asked = await sendQuestion(challenger, spec, {});
  await local.travel(2);
  await accept(asked, value);
  return asked;
}

async function accept({ questionId, spec }: AskedQuestion, value: bigint): Promise<void> {
  const answer = answerFromInteger(value);
  const leaf = { questionId, outcome: 0, answer, confidenceBps: 8_000, evidenceRoot: noEvidence } as const;
  const { round } = await local.report(leaf);
  const args = [spec, round, 0, answer, 8_000, noEvidence, []] as const;
  const data = encodeFunctionData({ abi: oracleAbi, functionName: 'accept', args });
  await sendTransaction(local.steward, { to: local.steward.addresses.oracle, data });
}

function prepaid(): Promise<bigint> {
  return challenger.chain.readContract({
    address: challenger.addresses.oracle,
    abi: oracleAbi,
    functionName: 'prepaidOf',
    args: [challenger.wallet!.account.address],
  });
}

describe('a dispute by signed evidence', () => {
  test('loses against a true answer: half of the bond is burned, nobody is slashed', async () => {
    const asked = await askAndAccept(truth);
    const lie = [await said(2, 0n)];

    const poor = local.clientOf(2);
    expect(await codeOf(disputeEvidence(poor, { spec: asked.spec, statements: lie }))).toBe(
      'too-little-money',
    );
    const honest = [await said(0, truth), await said(1, truth)];
    // What agrees with the answer contradicts nothing.
    expect(await codeOf(disputeEvidence(challenger, { spec: asked.spec, statements: honest }))).toBe(
      'bad-input',
    );
    // Of nobody in the register; about another flight.
    const strangers = [[await said(7, 0n)], [await said(2, 0n, noEvidence)]];
    for (const statements of strangers) {
      expect(await codeOf(disputeEvidence(challenger, { spec: asked.spec, statements }))).toBe('bad-input');
    }

    const before = await getBalance(challenger);
    const opened = await disputeEvidence(challenger, { spec: asked.spec, statements: lie });
    expect(opened.defendBy).toBeGreaterThan((await getChainTime(challenger)) + 290);
    expect(await getBalance(challenger)).toBe(before - bond);
    expect((await getQuestion(challenger, asked)).status).toBe('disputed');
    const defence = encodeFunctionData({
      abi: oracleAbi,
      functionName: 'addEvidence',
      args: [asked.spec, honest.map(({ statement, signature }) => ({ statement, signature }))],
    });
    await sendTransaction(local.steward, { to: challenger.addresses.oracle, data: defence });
    expect(await codeOf(resolveEvidence(challenger, { spec: asked.spec }))).toBe('transaction-failed');
    expect((await getQuestion(challenger, asked)).status).toBe('disputed');

    await local.travel(opened.defendBy - (await getChainTime(challenger)) + 1);
    const held = await prepaid();
    const resolved = await resolveEvidence(local.steward, { spec: asked.spec });
    expect(resolved).toMatchObject({ overturned: false, outcome: 'answered', slashed: [] });
    expect(resolved.value).toBe(answerFromInteger(truth));
    expect(await prepaid()).toBe(held);
    expect((await getQuestion(challenger, asked)).status).toBe('final');
  });

  test('wins against a wrong answer: replaced, its signers slashed, the bond comes back', async () => {
    const asked = await askAndAccept(0n);
    const statements = [await said(0, truth), await said(1, truth), await said(2, 0n)];
    const opened = await disputeEvidence(challenger, { spec: asked.spec, statements });
    expect(await codeOf(disputeEvidence(challenger, { spec: asked.spec, statements: [] }))).toBe(
      'transaction-failed',
    );
    await local.travel(opened.defendBy - (await getChainTime(challenger)) + 1);
    const held = await prepaid();
    const resolved = await resolveEvidence(local.steward, { spec: asked.spec });
    expect(resolved).toMatchObject({ overturned: true, outcome: 'answered', slashed: [0, 1, 2, 3] });
    expect(resolved.value).toBe(answerFromInteger(truth));
    expect(await prepaid()).toBe(held + bond);
    expect(await getQuestion(challenger, asked)).toMatchObject({
      status: 'final',
      answer: { value: answerFromInteger(truth), signers: [] },
    });
    expect((await listReporters(challenger)).map((reporter) => reporter.bond > 0n)).toEqual([
      false,
      false,
      false,
      false,
      true,
    ]);
    expect(await codeOf(resolveEvidence(challenger, { spec: asked.spec }))).toBe('transaction-failed');
  });
});

describe('a dispute by the model', () => {
  const input = hexToBytes('0x2a40331e12263c1e191e232319004d3c');

  test('finds nothing to change in a right answer, and ends with the window', async () => {
    const right = await runModel(challenger, { input });
    const asked = await askModelQuestion(challenger, { input, liveness: 60, answerWithin: 3_600 });
    expect(await codeOf(disputeModel(challenger, { spec: asked.spec, input }))).toBe('transaction-failed');
    await local.travel(2);
    await accept(asked, right);
    expect(await codeOf(disputeModel(challenger, { spec: asked.spec, input }))).toBe('bad-input');
    expect((await getQuestion(challenger, asked)).status).toBe('accepted');
    const late = await askModelQuestion(challenger, { input, liveness: 60, answerWithin: 3_600 });
    await local.travel(2);
    await accept(late, right + 1n);
    await local.travel(61);
    // Too late: who wants to be safe looks within the window, as every reporter does.
    expect(await codeOf(disputeModel(challenger, { spec: late.spec, input }))).toBe('transaction-failed');
    expect((await getQuestion(challenger, late)).answer?.value).toBe(answerFromInteger(right + 1n));
  });
});

describe('two reports of one reporter for one round', () => {
  const first: Report = {
    round: 7,
    observedFrom: 1,
    observedTo: 2,
    root: noEvidence,
    dataDigest: noEvidence,
  };
  const proofOf = async (report: Report, signer: number, reporter = signer) => ({
    reporter,
    report,
    signature: compactSignature((await local.signReport(report, [signer])).get(signer)!),
  });

  test('slash nobody else, nobody for other rounds, and the bond once', async () => {
    const second = { ...first, dataDigest: `0x${'22'.repeat(32)}` as Hex };
    const one = await proofOf(first, 4);
    const two = await proofOf(second, 4);
    const other = await proofOf({ ...second, round: 8 }, 4);
    const pairs = [
      { reporter: 3, first: one, second: two },
      { reporter: 4, first: one, second: other },
      { reporter: 4, first: one, second: one },
      { reporter: 9, first: one, second: two },
    ];
    for (const pair of pairs) expect(await codeOf(slashEquivocation(challenger, pair))).toBe('bad-input');
    expect((await listReporters(challenger))[4]!.bond).toBe(parseAmount('1000'));
    const { hash } = await slashEquivocation(challenger, { reporter: 4, first: one, second: two });
    expect((await listReporters(challenger))[4]!.bond).toBe(0n);
    const receipt = await challenger.chain.getTransactionReceipt({ hash });
    expect(receipt.logs).toHaveLength(1);
  });
});
