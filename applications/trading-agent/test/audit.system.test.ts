import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  cosign,
  encodeDecision,
  entryHashOf,
  parseTrustPolicy,
  signatureLineOf,
  signatureTypes,
  vkeyTextOf,
  witnessKeyOf,
} from '@lichen/protocol';
import {
  type AuditFindingCode,
  type AuditReport,
  executionsOf,
  mandateExecutorAbi,
  pauseMandateCall,
  sendCallsSelfPaid,
  setBudgetCall,
} from '@lichen/sdk';
import { encodeFunctionData } from 'viem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AuditChain, shop, startAuditChain } from './audit/auditChain.ts';
import { decisionsOf, draft, newStage, sha256Of, writeAgain } from './audit/auditedJournal.ts';

// Planted faults: real accounts, mandates and acts on a real chain, real journals, and one thing wrong in each.

let chain: AuditChain;
beforeAll(async () => {
  chain = await startAuditChain();
});
afterAll(() => chain?.stop());

/** Codes of what is wrong, each once, in order of the alphabet. */
const faultsOf = (report: AuditReport): AuditFindingCode[] =>
  [...new Set(report.findings.filter(({ severity }) => severity === 'fault').map(({ code }) => code))].sort();
const find = (report: AuditReport, code: AuditFindingCode) =>
  report.findings.find((finding) => finding.code === code)!;

describe('an honest run', () => {
  test('is clean: acts, a refused act, a pause, the owner’s own hand, anchors', async () => {
    const stage = await newStage(chain);
    await stage.refuse();
    const first = await stage.trade(100n);
    await stage.anchorHead();
    // Refused by the chain: the transaction is taken back, and the journal says so.
    const calls = [stage.transfer(100_001n)];
    const intent = await stage.intend(calls);
    const receipt = await stage.act(intent.leafHash, calls);
    expect(receipt.status).toBe('reverted');
    await stage.conclude(intent, receipt);
    await stage.pause('pause');
    await stage.refuse('paused');
    await sendCallsSelfPaid(stage.owner, [
      setBudgetCall(chain.client, { asset: stage.terms.asset, amount: 3_000_000n, period: 86_400 }),
    ]);
    await stage.pause('resume');
    await stage.trade(2n);
    await stage.anchorHead();

    const report = await stage.audit();
    expect(report.findings).toEqual([]);
    expect(report.isClean).toBe(true);
    expect(report.counts).toMatchObject({
      decisions: 10,
      acts: 2,
      calls: 2,
      transactions: 5,
      anchors: 2,
      mandates: 1,
      operationsOfAccount: 1,
      actsOfOthers: 0,
    });
    expect(report.money).toEqual([{ asset: stage.asset, moved: '-102', claimed: '-102', counted: '102' }]);
    expect(report.journal).toMatchObject({ size: 10, anchored: 10 });
    // An act after the last head is one that nothing on the chain shows yet.
    await stage.trade(3n);
    await chain.warp(10);
    const later = await stage.audit({ anchorMs: 5_000 });
    expect(later.findings.map(({ code, severity }) => [code, severity])).toEqual([
      ['intent-unanchored', 'warning'],
    ]);
    expect(first.receipt.status).toBe('success');
  });

  test('what another agent of the account does is not this one’s', async () => {
    const stage = await newStage(chain);
    await stage.trade(5n);
    const report = await stage.audit({}, { agent: shop });
    // The other way round: nothing of this agent’s is there, and the journal is not its own.
    expect(report.counts).toMatchObject({ acts: 0, actsOfOthers: 1, transactions: 0 });
    expect(faultsOf(report)).toEqual(['agent-differs']);
  });
});

describe('from the chain to the journal', () => {
  test('an act without an intent', async () => {
    const stage = await newStage(chain);
    await stage.trade(1n);
    const { transactionHash } = await stage.act('ab'.repeat(32), [stage.transfer(7n)]);
    const report = await stage.audit();
    expect(faultsOf(report)).toEqual(['act-without-intent']);
    expect(find(report, 'act-without-intent').where).toMatchObject({ transaction: transactionHash });
    expect(find(report, 'act-without-intent').what).toContain('-7 of ');
  });

  test('a transaction without an intent: found by its nonce, by halving', async () => {
    const stage = await newStage(chain);
    await stage.trade(1n);
    await chain.mine(40);
    const { transactionHash } = await stage.send(shop, '0x');
    await chain.mine(40);
    const reverted = await stage.send(stage.client.addresses.playDollar, '0xdeadbeef');
    expect(reverted.status).toBe('reverted');
    await stage.trade(2n);
    const report = await stage.audit();
    expect(faultsOf(report)).toEqual(['transaction-without-intent']);
    expect(report.findings.map(({ where }) => where.transaction).sort()).toEqual(
      [transactionHash, reverted.transactionHash].sort(),
    );
    expect(report.counts).toMatchObject({ transactions: 4, sought: 2 });
  });

  test('a reverted act of an intent that claims not to have been signed, and a nonce used for something else', async () => {
    const stage = await newStage(chain);
    const intent = await stage.intend([stage.transfer(1n)]);
    const { transactionHash } = await stage.send(shop, '0x');
    await stage.log.record(
      draft({
        kind: 'outcome',
        refersTo: intent.leafHash,
        result: { block: null, reason: 'not signed', status: 'failed', transaction: null },
      }),
    );
    const report = await stage.audit();
    expect(faultsOf(report)).toEqual(['transaction-without-intent']);
    expect(find(report, 'transaction-without-intent').where.transaction).toBe(transactionHash);
  });

  test('other calls than announced', async () => {
    const stage = await newStage(chain);
    const intent = await stage.intend([stage.transfer(1n)]);
    const receipt = await stage.act(intent.leafHash, [stage.transfer(1_000n)]);
    await stage.conclude(intent, receipt);
    const report = await stage.audit();
    expect(faultsOf(report)).toEqual(['calls-differ']);
    expect(find(report, 'calls-differ')).toMatchObject({
      where: { index: intent.index, transaction: receipt.transactionHash },
      expected: `data of SHA-256 ${sha256Of(stage.transfer(1n).data)}`,
    });
  });

  test('another nonce than announced', async () => {
    const stage = await newStage(chain);
    const intent = await stage.intend([stage.transfer(1n)], {});
    await stage.anchorHead();
    const receipt = await stage.act(intent.leafHash, [stage.transfer(1n)]);
    await stage.conclude(intent, receipt);
    expect(faultsOf(await stage.audit())).toEqual(['act-differs']);
  });

  test('one intent, two acts', async () => {
    const stage = await newStage(chain);
    const { intent } = await stage.trade(3n);
    const { transactionHash } = await stage.act(intent.leafHash, [stage.transfer(3n)]);
    const report = await stage.audit();
    expect(faultsOf(report)).toEqual(['intent-used-twice']);
    expect(find(report, 'intent-used-twice').where.transaction).toBe(transactionHash);
  });

  test('an act that names a decision which is no intent', async () => {
    const stage = await newStage(chain);
    const refusal = await stage.refuse();
    await stage.act(refusal.leafHash, [stage.transfer(1n)]);
    expect(faultsOf(await stage.audit())).toEqual(['act-without-intent']);
  });

  test('an act while paused, and a check that had failed', async () => {
    const stage = await newStage(chain);
    await stage.pause('pause');
    await stage.trade(1n);
    expect(faultsOf(await stage.audit())).toEqual(['acted-while-paused']);

    const other = await newStage(chain);
    const calls = [other.transfer(1n)];
    const failed = { rule: 'drawdown', got: '31', limit: '20', passed: false };
    const intent = await other.intend(calls, { checks: [failed] });
    await other.conclude(intent, await other.act(intent.leafHash, calls));
    const report = await other.audit();
    expect(faultsOf(report)).toEqual(['check-failed']);
    expect(find(report, 'check-failed')).toMatchObject({ got: '31', expected: '20' });
  });
});

describe('an intent that is younger than its act', () => {
  test('dated later', async () => {
    const stage = await newStage(chain);
    const calls = [stage.transfer(1n)];
    const intent = await stage.intend(calls, { time: Date.now() + 900_000 });
    await stage.conclude(intent, await stage.act(intent.leafHash, calls));
    expect(faultsOf(await stage.audit({ toleranceMs: 60_000 }))).toEqual(['intent-late']);
  });

  test('dated right, but not in the head that was anchored after the act', async () => {
    const stage = await newStage(chain);
    await stage.refuse();
    const calls = [stage.transfer(1n)];
    const planned = await stage.draftOf(calls, { time: Date.now() });
    const last = stage.log.last()!;
    const bytes = encodeDecision({
      ...planned,
      v: 1,
      agent: last.decision.agent,
      seq: 1,
      previous: last.leafHash,
      time: planned.time!,
      zone: 'UTC',
    });
    const leafHash = Buffer.from(entryHashOf(bytes)).toString('hex');
    const receipt = await stage.act(leafHash, calls);
    await chain.warp(300);
    await stage.anchorHead();
    const intent = await stage.log.record(planned);
    expect(intent.leafHash).toBe(leafHash);
    await stage.conclude(intent, receipt);
    const report = await stage.audit({ toleranceMs: 60_000 });
    expect(faultsOf(report)).toEqual(['intent-late']);
    expect(find(report, 'intent-late').what).toContain('does not have the intent');
  });

  test('recorded behind an entry that knows a later block', async () => {
    const stage = await newStage(chain);
    await stage.refuse();
    const calls = [stage.transfer(1n)];
    const planned = await stage.draftOf(calls, { time: Date.now() });
    const last = stage.log.last()!;
    const later = draft({ kind: 'refusal', choice: 'hold', time: Date.now() });
    const block = Number(await chain.client.chain.getBlockNumber()) + 2;
    const knowing = {
      ...later,
      inputs: [
        {
          ...planned.inputs[0]!,
          provenance: { by: 'chain' as const, block, chainId: chain.chainId, logIndex: null },
        },
      ],
    };
    const common = { v: 1 as const, agent: last.decision.agent, zone: 'UTC' };
    const before = encodeDecision({
      ...knowing,
      ...common,
      seq: 1,
      previous: last.leafHash,
      time: later.time!,
    });
    const beforeHash = Buffer.from(entryHashOf(before)).toString('hex');
    const bytes = encodeDecision({
      ...planned,
      ...common,
      seq: 2,
      previous: beforeHash,
      time: planned.time!,
    });
    const receipt = await stage.act(Buffer.from(entryHashOf(bytes)).toString('hex'), calls);
    await chain.mine(1);
    await stage.log.record(knowing);
    await stage.conclude(await stage.log.record(planned), receipt);
    const report = await stage.audit();
    expect(faultsOf(report)).toEqual(['intent-late']);
    expect(find(report, 'intent-late').what).toContain('knows of a later block');
  });
});

describe('from the journal to the chain', () => {
  test('an intent without an outcome, done or not', async () => {
    const stage = await newStage(chain);
    const calls = [stage.transfer(1n)];
    const done = await stage.intend(calls);
    const receipt = await stage.act(done.leafHash, calls);
    const left = await stage.intend(calls);
    const report = await stage.audit();
    expect(report.findings.map(({ code, where }) => [code, where.index, where.transaction])).toEqual([
      ['intent-without-outcome', done.index, receipt.transactionHash],
      ['intent-without-outcome', left.index, undefined],
    ]);
    // One that is young is not late yet.
    const young = await stage.audit({ deadlineMs: 3_600_000 });
    expect(young.isClean).toBe(true);
    expect(young.findings).toHaveLength(2);
    // Unless the agent goes on deciding, and does not say what became of what the chain shows.
    const { timestamp } = await chain.client.chain.getBlock();
    await stage.log.record(draft({ kind: 'refusal', time: Number(timestamp) * 1_000 + 120_001 }));
    const silent = await stage.audit({ deadlineMs: 3_600_000, outcomeMs: 120_000 });
    expect(silent.findings.map(({ severity, where }) => [severity, where.index])).toEqual([
      ['fault', done.index],
      ['warning', left.index],
    ]);
  });

  test('outcomes that claim what is not so', async () => {
    const settled = { block: 1, reason: '', status: 'settled' as const };
    const stage = await newStage(chain);
    const calls = [stage.transfer(100_001n)];
    const reverted = await stage.intend(calls);
    const failed = await stage.act(reverted.leafHash, calls);
    await stage.conclude(reverted, failed, { result: { ...settled, transaction: failed.transactionHash } });
    expect(faultsOf(await stage.audit())).toEqual(['transaction-failed']);

    const other = await newStage(chain);
    const intent = await other.intend([other.transfer(1n)]);
    await other.log.record(
      draft({
        kind: 'outcome',
        refersTo: intent.leafHash,
        result: { ...settled, transaction: `0x${'12'.repeat(32)}` },
      }),
    );
    expect(faultsOf(await other.audit())).toEqual(['transaction-missing']);

    const third = await newStage(chain);
    const one = await third.trade(1n);
    const two = await third.intend([third.transfer(1n)]);
    await third.conclude(two, one.receipt);
    expect(faultsOf(await third.audit())).toEqual(['transaction-of-another']);

    const fourth = await newStage(chain);
    const denied = await fourth.intend([fourth.transfer(9n)]);
    await fourth.act(denied.leafHash, [fourth.transfer(9n)]);
    await fourth.log.record(
      draft({
        kind: 'outcome',
        refersTo: denied.leafHash,
        result: { block: null, reason: 'not signed', status: 'failed', transaction: null },
      }),
    );
    expect(faultsOf(await fourth.audit())).toEqual(['outcome-denied']);
  });

  test('outcomes that stay open, contradict each other, or belong to nothing', async () => {
    const stage = await newStage(chain);
    const calls = [stage.transfer(1n)];
    const intent = await stage.intend(calls);
    const receipt = await stage.act(intent.leafHash, calls);
    const pending = { block: null, reason: 'no block yet', status: 'pending' as const, transaction: null };
    await stage.conclude(intent, receipt, { result: pending, amounts: [] });
    expect(faultsOf(await stage.audit())).toEqual(['outcome-uncertain']);
    await stage.conclude(intent, receipt);
    expect(faultsOf(await stage.audit())).toEqual([]);
    await stage.conclude(intent, receipt, { result: { ...pending, status: 'failed' }, amounts: [] });
    expect(faultsOf(await stage.audit())).toEqual(['outcome-contradicted']);
    await stage.log.record(draft({ kind: 'outcome', refersTo: 'cd'.repeat(32), result: pending }));
    expect(faultsOf(await stage.audit())).toEqual(['outcome-contradicted', 'outcome-without-intent']);
  });

  test('amounts that did not move', async () => {
    const stage = await newStage(chain);
    const calls = [stage.transfer(50n)];
    const intent = await stage.intend(calls);
    const receipt = await stage.act(intent.leafHash, calls);
    await stage.conclude(intent, receipt, { amounts: [{ amount: '-5', asset: stage.asset }] });
    const report = await stage.audit();
    expect(faultsOf(report)).toEqual(['amounts-differ']);
    expect(find(report, 'amounts-differ')).toMatchObject({
      got: `-5 of ${stage.asset}`,
      expected: `-50 of ${stage.asset}`,
    });
    expect(report.money[0]).toMatchObject({ moved: '-50', claimed: '-5' });
  });

  test('a payment has its transaction, and the intent’s hash in it', async () => {
    const stage = await newStage(chain);
    const { intent, receipt } = await stage.trade(4n);
    const result = {
      block: Number(receipt.blockNumber),
      reason: '',
      status: 'settled' as const,
      transaction: receipt.transactionHash,
    };
    const payment = draft({ kind: 'payment', refersTo: intent.leafHash, result });
    await stage.log.record(payment);
    expect(faultsOf(await stage.audit())).toEqual([]);
    const second = await stage.trade(5n);
    await stage.log.record({ ...payment, refersTo: second.intent.leafHash });
    expect(faultsOf(await stage.audit())).toEqual(['transaction-of-another']);
  });
});

describe('the journal itself', () => {
  test('rewritten after it was anchored', async () => {
    const stage = await newStage(chain);
    await stage.trade(1n);
    await stage.refuse('hold, it rains');
    await stage.anchorHead();
    const decisions = decisionsOf(stage);
    const better = decisions.map((decision) =>
      decision.kind === 'refusal' ? { ...decision, choice: 'hold, as was foreseen' } : decision,
    );
    const read = await writeAgain(stage, better);
    expect(faultsOf(await stage.audit({}, { read }))).toEqual(['anchor-mismatch']);
    expect(faultsOf(await stage.audit())).toEqual([]);
  });

  test('an entry left out, counted anew or not', async () => {
    const stage = await newStage(chain);
    await stage.refuse('one');
    await stage.refuse('two');
    await stage.refuse('three');
    const left = decisionsOf(stage).filter((_, at) => at !== 1);
    const gap = await writeAgain(stage, left, { chain: false });
    expect(faultsOf(await stage.audit({}, { read: gap }))).toEqual(['previous-broken', 'sequence-broken']);
    await stage.anchorHead();
    const anew = await writeAgain(stage, [...left, ...left.slice(0, 1)]);
    expect(faultsOf(await stage.audit({}, { read: anew }))).toEqual(['anchor-mismatch']);
  });

  test('a wrong seq', async () => {
    const stage = await newStage(chain);
    await stage.refuse();
    await stage.refuse();
    const wrong = decisionsOf(stage).map((decision) => ({ ...decision, seq: decision.seq * 2 }));
    expect(
      faultsOf(await stage.audit({}, { read: await writeAgain(stage, wrong, { chain: false }) })),
    ).toEqual(['sequence-broken']);
  });

  test('cut back behind its anchor', async () => {
    const stage = await newStage(chain);
    await stage.trade(1n);
    await stage.refuse();
    await stage.anchorHead();
    const read = await writeAgain(stage, decisionsOf(stage).slice(0, 2));
    const report = await stage.audit({}, { read });
    expect(faultsOf(report)).toEqual(['anchor-ahead']);
  });

  test('a blob flipped, a blob gone, a file of the journal gone', async () => {
    const stage = await newStage(chain);
    const { intent } = await stage.trade(1n);
    const { sha256 } = intent.decision.inputs[0]!;
    const file = join(stage.folder, 'blobs', sha256.slice(0, 2), sha256);
    writeFileSync(file, '[]');
    const flipped = await stage.audit();
    expect(faultsOf(flipped)).toEqual(['blob-altered']);
    expect(find(flipped, 'blob-altered').where).toMatchObject({
      index: intent.index,
      path: `blob/${sha256}`,
    });
    rmSync(file);
    expect(faultsOf(await stage.audit())).toEqual(['blob-missing']);
    rmSync(join(stage.folder, 'log/tile/entries'), { recursive: true });
    const codes = faultsOf(await stage.audit());
    expect(codes).toContain('file-missing');
    expect(codes).toContain('act-without-intent');
  });

  test('a head that too few witnesses signed, one that a stranger signed for a witness, and one that is enough', async () => {
    const stage = await newStage(chain);
    await stage.refuse();
    await stage.anchorHead();
    const secret = {
      name: 'witness.test/1',
      type: signatureTypes.cosignatureEd25519,
      seed: new Uint8Array(32).fill(3),
    };
    const stranger = { ...secret, seed: new Uint8Array(32).fill(4) };
    const key = vkeyTextOf(witnessKeyOf(secret));
    const policy = parseTrustPolicy(
      `log ${vkeyTextOf(stage.log.journal.key)}\nwitness w1 ${key}\nquorum w1\n`,
    );
    const unseen = await stage.audit({}, { policy });
    expect(faultsOf(unseen)).toEqual(['quorum-missing']);
    const head = stage.log.journal.head()!;
    const now = Math.floor(Date.now() / 1_000);
    stage.log.journal.addCosignatures(head.size, signatureLineOf(cosign(stranger, head, now)));
    expect(faultsOf(await stage.audit({}, { policy }))).toEqual(['quorum-missing']);
    // A running journal is given a little time: the witness signs while the auditor waits.
    const waiting = stage.audit({ headWaitMs: 10_000 }, { policy });
    setTimeout(
      () => stage.log.journal.addCosignatures(head.size, signatureLineOf(cosign(secret, head, now))),
      300,
    );
    const seen = await waiting;
    expect(seen.isClean).toBe(true);
    expect(seen.findings.map(({ code }) => code)).toEqual(['cosignature-unknown']);
    expect(seen.journal.witnessedBy).toEqual(['w1']);
  });

  test('no journal at all', async () => {
    const stage = await newStage(chain);
    await stage.trade(1n);
    const report = await stage.audit({}, { read: async () => undefined });
    expect(faultsOf(report)).toEqual(['act-without-intent', 'checkpoint-missing']);
  });
});

describe('what inputs say of the chain', () => {
  test('a block that does not exist yet, and a receipt that is another', async () => {
    const stage = await newStage(chain);
    const { receipt, intent } = await stage.trade(1n);
    const input = (change: object) => ({ ...intent.decision.inputs[0]!, ...change });
    const far = { by: 'chain' as const, block: 9_999_999, chainId: chain.chainId, logIndex: null };
    await stage.log.record(draft({ kind: 'refusal', inputs: [input({ name: 'balance', provenance: far })] }));
    const bytes = new TextEncoder().encode(JSON.stringify({ block: 1, status: 'success', logs: [] }));
    await stage.log.record(
      draft({
        kind: 'refusal',
        inputs: [
          input({
            name: 'receipt',
            sha256: stage.log.keep(bytes),
            uri: `transaction:${receipt.transactionHash}`,
            provenance: { ...far, block: Number(receipt.blockNumber) },
          }),
        ],
      }),
    );
    const report = await stage.audit();
    expect(report.findings.map(({ code, where }) => [code, where.index])).toEqual([
      ['input-untrue', 2],
      ['input-untrue', 3],
    ]);
  });
});

test('a mandate that its owner paused, and used by the owner’s own hand', async () => {
  const stage = await newStage(chain);
  await stage.trade(1n);
  const { mandateExecutor } = stage.client.config.accounts!;
  const { mandate } = (await stage.draftOf([])).act!;
  // The owner can put a use in the agent's name on the chain; it is not the agent's.
  const data = encodeFunctionData({
    abi: mandateExecutorAbi,
    functionName: 'actAs',
    args: [stage.terms, executionsOf([stage.transfer(6n)]), `0x${'ee'.repeat(32)}`],
  });
  await sendCallsSelfPaid(stage.owner, [{ to: mandateExecutor, data }]);
  await sendCallsSelfPaid(stage.owner, [pauseMandateCall(chain.client, { id: mandate!, paused: true })]);
  const report = await stage.audit();
  expect(faultsOf(report)).toEqual([]);
  expect(report.findings.map(({ code }) => code)).toEqual(['act-by-account']);
});
