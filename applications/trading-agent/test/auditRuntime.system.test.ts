import { type Agent, createAgent, createMandateActor } from '@lichen/agent';
import {
  type AuditFindingCode,
  type AuditReport,
  encodeCalls,
  executionsOf,
  grantCall,
  mandateExecutorAbi,
  sendCallsSelfPaid,
} from '@lichen/sdk';
import {
  type Address,
  concat,
  encodeFunctionData,
  type Hex,
  hexToBigInt,
  pad,
  parseEther,
  type TransactionReceipt,
} from 'viem';
import {
  entryPoint08Abi,
  getUserOperationTypedData,
  toPackedUserOperation,
  type UserOperation,
} from 'viem/account-abstraction';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AuditChain, random32, shop, startAuditChain } from './audit/auditChain.ts';
import { type Call, newStage, type Stage, writeAgain } from './audit/auditedJournal.ts';

// The real runtime's journals, sponsored operations, keys with code, and a node that forgets.

let chain: AuditChain;
beforeAll(async () => {
  chain = await startAuditChain();
});
afterAll(() => chain?.stop());

const faultsOf = (report: AuditReport): AuditFindingCode[] =>
  [...new Set(report.findings.filter(({ severity }) => severity === 'fault').map(({ code }) => code))].sort();

/** One transfer for each bar; every third bar is left alone. */
const rulesCode = new TextEncoder().encode(`
const word = (value) => value.toString(16).padStart(64, '0');
export function decide(context) {
  const { bar, token, shop } = context.inputs.bar;
  const base = { task: 'bar ' + bar, checks: [{ rule: 'size', got: String(bar), limit: '100', passed: true }], rejected: [], amounts: [] };
  if (bar % 3 === 2) return { ...base, kind: 'refusal', choice: 'nothing', calls: [] };
  const data = '0xa9059cbb' + shop.slice(2).toLowerCase().padStart(64, '0') + word(BigInt(bar + 1));
  return { ...base, kind: 'intent', choice: 'pay', amounts: [{ amount: String(-(bar + 1)), asset: token }], calls: [{ to: token, data }] };
}`);

async function openAgent(
  stage: Stage,
  onPoint: (point: string) => void,
  beforeAct?: () => Promise<void>,
): Promise<Agent> {
  let bar = 0;
  const actor = createMandateActor({
    client: stage.client,
    account: stage.account,
    mandates: [stage.terms],
    pollMs: 10,
    onPoint,
  });
  return createAgent({
    decisions: stage.log,
    rulesCode,
    rulesVersion: '1',
    actor,
    clock: Date.now,
    ...(beforeAct === undefined ? {} : { beforeAct }),
    observe: async () => ({
      time: Date.now(),
      inputs: [
        {
          name: 'bar',
          bytes: new TextEncoder().encode(
            JSON.stringify({ bar: bar++, shop, token: stage.client.addresses.playDollar }),
          ),
          mediaType: 'application/json',
          uri: 'test:bar',
          at: Date.now(),
          provenance: { by: 'operator' },
        },
      ],
    }),
  });
}

test('the runtime’s own journal is clean: acts, refusals, a pause, an act held back, a nonce taken; all runs again', async () => {
  const stage = await newStage(chain);
  let fails: 'before' | 'signing' | undefined;
  const agent = await openAgent(
    stage,
    (point) => {
      if (point === 'signing' && fails === 'signing') {
        fails = undefined;
        throw new Error('the machine failed');
      }
    },
    async () => {
      if (fails !== 'before') return;
      fails = undefined;
      throw new Error('no witness signed');
    },
  );
  await agent.start();
  for (let step = 0; step < 4; step += 1) await agent.step();
  fails = 'before';
  await agent.step();
  await agent.pause('lunch');
  await agent.step();
  await agent.resume('fed');
  await stage.anchorHead();
  fails = 'signing';
  await agent.step();
  await agent.step();
  await agent.step();
  await agent.stop();
  await stage.anchorHead();

  const report = await stage.audit({ replay: 'all' });
  expect(report.findings).toEqual([]);
  const kinds = [...stage.log.since(0)].map(({ decision }) => `${decision.kind} ${decision.choice}`);
  expect(kinds).toContain('intent take the nonce');
  expect(report.counts.acts).toBeGreaterThanOrEqual(4);
  expect(report.replay).toMatchObject({ B: 0, C: 0, failed: 0 });
  expect(report.replay!.A).toBeGreaterThanOrEqual(6);

  // What the rules did not decide is found by running them.
  const decisions = [...stage.log.since(0)].map(({ decision }) => decision);
  const better = decisions.map((decision) =>
    decision.kind === 'refusal' && decision.choice === 'nothing' && decision.checks[0]?.rule === 'size'
      ? { ...decision, choice: 'wait for a better price' }
      : decision,
  );
  const read = await writeAgain(stage, better);
  const rewritten = await stage.audit({ replay: 'all' }, { read });
  expect(faultsOf(rewritten)).toEqual(expect.arrayContaining(['anchor-mismatch', 'replay-differs']));
});

describe('operations that the agent signs and others carry', () => {
  let paymaster: Address;
  beforeAll(async () => {
    // It pays for anything: it answers every call with ("", 0), as `validatePaymasterUserOp` does (ERC-4337).
    const code: Hex = '0x600a600c600039600a6000f3604060005260606000f3';
    const wallet = chain.client.wallet!;
    const wait = (hash: Hex) => chain.client.chain.waitForTransactionReceipt({ hash });
    paymaster = (await wait(await wallet.sendTransaction({ data: code, gas: 200_000n }))).contractAddress!;
    const { entryPoint } = chain.client.config.accounts!;
    const data = encodeFunctionData({ abi: entryPoint08Abi, functionName: 'depositTo', args: [paymaster] });
    await wait(await wallet.sendTransaction({ to: entryPoint, data, value: parseEther('10') }));
  });

  async function operationOf(
    stage: Stage,
    intent: string,
    calls: readonly Call[],
    lane: number,
  ): Promise<UserOperation<'0.8'>> {
    const { entryPoint, mandateExecutor, mandateValidator } = chain.client.config.accounts!;
    const key = hexToBigInt(concat([mandateValidator, pad(`0x0${lane}`, { size: 4 })]));
    const act = encodeFunctionData({
      abi: mandateExecutorAbi,
      functionName: 'actAs',
      args: [stage.terms, executionsOf(calls), `0x${intent}`],
    });
    const nonce = await chain.client.chain.readContract({
      address: entryPoint,
      abi: entryPoint08Abi,
      functionName: 'getNonce',
      args: [stage.account, key],
    });
    const operation: UserOperation<'0.8'> = {
      sender: stage.account,
      nonce,
      callData: encodeCalls([{ to: mandateExecutor, data: act }]),
      callGasLimit: 500_000n,
      verificationGasLimit: 300_000n,
      preVerificationGas: 100_000n,
      maxFeePerGas: 10_000_000_000n,
      maxPriorityFeePerGas: 1_000_000_000n,
      paymaster,
      paymasterData: '0x',
      paymasterVerificationGasLimit: 50_000n,
      paymasterPostOpGasLimit: 0n,
      signature: '0x',
    };
    const typedData = getUserOperationTypedData({
      chainId: chain.chainId,
      entryPointAddress: entryPoint,
      userOperation: operation,
    });
    return { ...operation, signature: await stage.agent.signTypedData(typedData) };
  }

  async function carry(operations: readonly UserOperation<'0.8'>[]): Promise<TransactionReceipt> {
    const { entryPoint } = chain.client.config.accounts!;
    const wallet = chain.client.wallet!;
    const data = encodeFunctionData({
      abi: entryPoint08Abi,
      functionName: 'handleOps',
      args: [operations.map((operation) => toPackedUserOperation(operation)), wallet.account.address],
    });
    const hash = await wallet.sendTransaction({ to: entryPoint, data, gas: 5_000_000n });
    return chain.client.chain.waitForTransactionReceipt({ hash });
  }

  const intend = async (stage: Stage, amount: bigint) => {
    const calls = [stage.transfer(amount)];
    const { act } = await stage.draftOf(calls);
    return { calls, intent: await stage.intend(calls, { act: { ...act!, nonce: null } }) };
  };

  test('several in one bundle, one of them refused: each has its own amounts', async () => {
    const stage = await newStage(chain);
    const [first, refused, last] = [
      await intend(stage, 11n),
      await intend(stage, 100_001n),
      await intend(stage, 13n),
    ] as const;
    const receipt = await carry([
      await operationOf(stage, first.intent.leafHash, first.calls, 1),
      await operationOf(stage, refused.intent.leafHash, refused.calls, 2),
      await operationOf(stage, last.intent.leafHash, last.calls, 3),
    ]);
    const settled = {
      block: Number(receipt.blockNumber),
      reason: '',
      status: 'settled' as const,
      transaction: receipt.transactionHash,
    };
    const outcome = (intent: typeof first.intent, amount: string) =>
      stage.conclude(intent, receipt, { result: settled, amounts: [{ amount, asset: stage.asset }] });
    await outcome(first.intent, '-11');
    await stage.conclude(refused.intent, receipt, {
      result: { ...settled, status: 'failed', reason: 'refused' },
      amounts: [],
    });
    await outcome(last.intent, '-13');
    const report = await stage.audit();
    expect(report.findings).toEqual([]);
    expect(report.counts).toMatchObject({ acts: 2, transactions: 0 });
    expect(report.money).toEqual([{ asset: stage.asset, moved: '-24', claimed: '-24', counted: '24' }]);
  });

  test('operations that no decision announces, done or failed', async () => {
    const stage = await newStage(chain);
    await carry([await operationOf(stage, 'ab'.repeat(32), [stage.transfer(5n)], 1)]);
    expect(faultsOf(await stage.audit())).toEqual(['act-without-intent']);
    const other = await newStage(chain);
    await other.refuse();
    await carry([await operationOf(other, 'ab'.repeat(32), [other.transfer(100_001n)], 1)]);
    const report = await other.audit();
    expect(faultsOf(report)).toEqual(['transaction-without-intent']);
    expect(report.counts.acts).toBe(0);
  });
});

test('two agents of one account: each is audited for its own acts only', async () => {
  const one = await newStage(chain);
  const two = await newStage(chain);
  const terms = { ...one.terms, agent: two.agent.address, salt: random32() };
  await sendCallsSelfPaid(one.owner, [grantCall(chain.client, { terms, label: 'the other' })]);
  await one.trade(2n);
  const data = encodeFunctionData({
    abi: mandateExecutorAbi,
    functionName: 'act',
    args: [one.account, terms, executionsOf([one.transfer(9n)]), `0x${'cd'.repeat(32)}`],
  });
  const { transactionHash } = await two.send(one.client.config.accounts!.mandateExecutor, data);
  const own = await one.audit();
  expect(own.findings).toEqual([]);
  expect(own.counts).toMatchObject({ acts: 1, actsOfOthers: 1, mandates: 1 });
  // The other one's transaction shows in its own audit, whatever account that is about.
  await two.refuse();
  const others = await two.audit();
  expect(others.findings.map(({ code, where }) => [code, where.transaction])).toEqual([
    ['transaction-without-intent', transactionHash],
  ]);
});

test('an agent whose key takes on code (EIP-7702), so that others send its acts: not to be compared, hence not clean', async () => {
  const stage = await newStage(chain);
  await stage.refuse();
  const wallet = chain.client.wallet!;
  const wait = (hash: Hex) => chain.client.chain.waitForTransactionReceipt({ hash });
  // Passes every call on to the executor.
  const executor = chain.client.config.accounts!.mandateExecutor.slice(2);
  const runtime = `365f5f375f5f365f5f73${executor}5af100`;
  const length = (runtime.length / 2).toString(16).padStart(2, '0');
  const code = `0x60${length}600a5f3960${length}5ff3${runtime}` as Hex;
  const { contractAddress } = await wait(await wallet.sendTransaction({ data: code, gas: 200_000n }));
  const authorization = await stage.agent.signAuthorization({
    contractAddress: contractAddress!,
    chainId: chain.chainId,
    nonce: 0,
  });
  await wait(await wallet.sendTransaction({ to: shop, authorizationList: [authorization], gas: 200_000n }));
  const calls = [stage.transfer(1n)];
  const intent = await stage.intend(calls);
  const data = encodeFunctionData({
    abi: mandateExecutorAbi,
    functionName: 'act',
    args: [stage.account, stage.terms, executionsOf([stage.transfer(2n)]), `0x${intent.leafHash}`],
  });
  const receipt = await wait(await wallet.sendTransaction({ to: stage.agent.address, data, gas: 500_000n }));
  await stage.conclude(intent, receipt);
  const report = await stage.audit();
  expect(report.counts.acts).toBe(1);
  expect(faultsOf(report)).toEqual(['act-unreadable', 'transaction-without-intent']);
});

test('from a later block on: terms from the auditor, or from the transaction itself', async () => {
  const stage = await newStage(chain);
  await stage.trade(1n);
  const fromBlock = await chain.client.chain.getBlockNumber();
  await stage.trade(2n);
  for (const mandates of [undefined, [stage.terms]]) {
    const report = await stage.audit({}, { fromBlock: fromBlock + 1n, ...(mandates && { mandates }) });
    expect(faultsOf(report)).toEqual([]);
    expect(report.counts).toMatchObject({ acts: 1, transactions: 1 });
  }
});

test('a node that keeps the states of four blocks: what the agent hid is found by reading blocks', async () => {
  const forgetful = await startAuditChain(4);
  try {
    const stage = await newStage(forgetful);
    await stage.trade(1n);
    await forgetful.mine(30);
    const { transactionHash } = await stage.send(shop, '0x');
    await forgetful.mine(30);
    await stage.trade(2n);
    await forgetful.mine(30);
    const report = await stage.audit();
    expect(faultsOf(report)).toEqual(['transaction-without-intent']);
    expect(report.findings[0]!.where.transaction).toBe(transactionHash);
  } finally {
    await forgetful.stop();
  }
});
