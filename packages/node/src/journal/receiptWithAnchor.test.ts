import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DecisionDraft, type DecisionLog, openDecisionLog } from '@lichen/journal';
import {
  blankDecision,
  parseInclusionProof,
  parseTrustPolicy,
  verifyReceipt,
  vkeyTextOf,
} from '@lichen/protocol';
import { anchorAbi, getReceipt, type LichenClient, listAnchors } from '@lichen/sdk';
import { Hono } from 'hono';
import {
  type Address,
  bytesToHex,
  createPublicClient,
  custom,
  encodeAbiParameters,
  encodeEventTopics,
  hexToBytes,
  numberToHex,
} from 'viem';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { serve } from '../http/serve.ts';
import { errorResponse } from '../world/httpAnswers.ts';
import { createJournalApp } from './journalApp.ts';

const origin = 'lichen.test/anchored';
const writer: Address = '0x00000000000000000000000000000000000000aa';
const anchor: Address = '0x00000000000000000000000000000000000000bb';
const draft: DecisionDraft = {
  ...blankDecision,
  choice: 'hold',
  kind: 'refusal',
  rules: { sha256: '0'.repeat(64), version: '1' },
  task: 'rebalance',
};

let folder: string;
let log: DecisionLog;
let served: Awaited<ReturnType<typeof serve>>;
let anchored: { size: number; root: Uint8Array }[];
let client: LichenClient;
let isChainUp: boolean;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lichen-anchored-'));
  const secretKey = new Uint8Array(32).fill(3);
  const agent = `eip155:31338:${writer.toLowerCase()}`;
  log = await openDecisionLog({ folder, origin, secretKey, agent, checkpointEveryMs: 0 });
  const app = new Hono().route('/journal', createJournalApp(log, folder));
  app.onError((error, context) => errorResponse(context, error));
  served = await serve(app, 0);
  anchored = [];
  isChainUp = true;
  // The chain's side of it: the log of the contract's events, as a node answers with it.
  const chain = createPublicClient({
    transport: custom(
      {
        request: async ({ method }: { method: string }) => {
          if (!isChainUp || method !== 'eth_getLogs') throw new Error(`no ${method}`);
          return anchored.map(({ size, root }, at) => ({
            address: anchor,
            topics: encodeEventTopics({ abi: anchorAbi, eventName: 'Anchored', args: { writer } }),
            data: encodeAbiParameters(
              [{ type: 'uint64' }, { type: 'bytes32' }],
              [BigInt(size), bytesToHex(root)],
            ),
            blockNumber: numberToHex(at + 1),
            blockHash: `0x${'1'.repeat(64)}`,
            transactionHash: `0x${'2'.repeat(64)}`,
            transactionIndex: '0x0',
            logIndex: numberToHex(at),
            removed: false,
          }));
        },
      },
      { retryCount: 0 },
    ),
  });
  client = {
    gatewayUrl: served.url,
    config: {
      agents: [],
      journals: [{ origin, writer, vkey: vkeyTextOf(log.journal.key), witness: [], path: '/journal' }],
    },
    addresses: { anchor },
    chain,
  } as unknown as LichenClient;
});
afterEach(async () => {
  await served.close();
  await log.close();
  rmSync(folder, { recursive: true });
});

async function grow(count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, () => log.record(draft)));
  await log.journal.checkpoint();
}
function anchorHead(): void {
  const { size, root } = log.journal.head()!;
  anchored.push({ size, root });
}
async function verify(receipt: string, anchors = listAnchors(client, writer)) {
  const policy = parseTrustPolicy(`log ${vkeyTextOf(log.journal.key)}\nquorum none`);
  const report = verifyReceipt({
    receipt,
    policy,
    anchors: (await anchors).map(({ size, root, block }) => ({
      size,
      root: hexToBytes(root),
      where: `block ${block}`,
    })),
  });
  expect(report.checks.find(({ name }) => name === 'inclusion')).toMatchObject({ state: 'passed' });
  return report.checks.find(({ name }) => name === 'anchor')!;
}

test('a receipt leads to the first anchor behind its decision, whatever head it was made against', async () => {
  await grow(100);
  anchorHead();
  await grow(200);
  anchorHead();
  await grow(300);
  const old = await getReceipt(client, { journal: '1', index: 5 });
  expect(parseInclusionProof(old).consistency?.map(({ size }) => size)).toEqual([100, 300]);
  expect(await verify(old)).toMatchObject({
    state: 'passed',
    detail: expect.stringMatching(/^a head of 100 entries .* block 1$/),
  });
  expect(await verify(await getReceipt(client, { journal: '1', index: 150 }))).toMatchObject({
    state: 'passed',
    detail: expect.stringContaining('block 2'),
  });
  // Not anchored yet: said, and not passed.
  const young = await getReceipt(client, { journal: '1', index: 450 });
  expect(await verify(young)).toMatchObject({ state: 'skipped' });
  // A head that enough witnesses signed is older than the anchor that comes later.
  log.journal.settleHead(600);
  await grow(50);
  anchorHead();
  const settled = await getReceipt(client, { journal: '1', index: 450 });
  expect(parseInclusionProof(settled).checkpoint).toContain('\n600\n');
  expect(await verify(settled)).toMatchObject({
    state: 'passed',
    detail: expect.stringContaining('block 3'),
  });
});

test('an anchor of another past is named, and so is a proof that was bent', async () => {
  await grow(100);
  anchorHead();
  await grow(100);
  const receipt = await getReceipt(client, { journal: '1', index: 5 });
  const honest = listAnchors(client, writer);
  expect(await verify(receipt, honest)).toMatchObject({ state: 'passed' });
  anchored[0] = { size: 100, root: new Uint8Array(32) };
  expect(await verify(receipt)).toMatchObject({
    state: 'failed',
    detail: expect.stringContaining('not of one journal'),
  });
});

test('while the chain is down, or it has heads that the journal has not, there is a receipt all the same', async () => {
  await grow(100);
  anchorHead();
  await grow(20);
  isChainUp = false;
  const receipt = await getReceipt(client, { journal: '1', index: 5 });
  expect(parseInclusionProof(receipt).consistency).toBeUndefined();
  isChainUp = true;
  anchored = [{ size: 9_999, root: new Uint8Array(32) }];
  expect(await verify(await getReceipt(client, { journal: '1', index: 5 }))).toMatchObject({
    state: 'skipped',
  });
});
