// A journal of many decisions and the real acts that some of them led to.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DecisionDraft, openDecisionLog, type RecordedDecision } from '@lichen/journal';
import {
  accountAddressOf,
  encodeDecision,
  journalKeyOf,
  softwarePasskey,
  type Terms,
  vkeyTextOf,
} from '@lichen/protocol';
import {
  type AuditSource,
  accountFactoryAbi,
  anchorAbi,
  executionsOf,
  mandateExecutorAbi,
  playDollarAbi,
} from '@lichen/sdk';
import {
  type Address,
  bytesToHex,
  createPublicClient,
  encodeFunctionData,
  type Hex,
  http,
  keccak256,
  numberToHex,
  type PublicClient,
  toFunctionSelector,
  zeroHash,
} from 'viem';
import { foundry } from 'viem/chains';
import { deployLichenContracts } from '../accounts/lichenContracts.ts';
import { sampleDecision } from '../journal/sampleDecision.ts';
import { accountOf, type DevChain } from '../support/devChain.ts';

export interface AuditWorldInit {
  readonly folder: string;
  readonly decisions: number;
  readonly acts: number;
  /** Heads on the chain. */
  readonly anchors: number;
}

export interface AuditWorld {
  readonly source: AuditSource;
  readonly decisionBytes: number;
}

const agent = accountOf(700_001);
const secretKey = new Uint8Array(32).fill(5);
const origin = 'lichen.test/audit';
const shop: Address = '0x00000000000000000000000000000000000050fe';
/** A mandate counts at most 255 calls in a window: as many as the acts need. */
const callsOfMandate = 250;
const sha256Of = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

export async function createAuditWorld(chain: DevChain, init: AuditWorldInit): Promise<AuditWorld> {
  const contracts = await deployLichenContracts(chain);
  const token = await chain.deploy('PlayDollar', []);
  const anchor = await chain.deploy('Anchor', []);
  await chain.fund(agent.address, 10n ** 22n);
  const now = await chain.now();
  const mandates = Array.from(
    { length: Math.ceil(init.acts / callsOfMandate) },
    (_, at): Terms => ({
      agent: agent.address,
      asset: token,
      validFrom: 0,
      validUntil: now + 864_000,
      period: 86_400,
      maxPerPeriod: 1_000_000_000n,
      maxCalls: 255,
      permissions: [
        {
          target: token,
          selector: toFunctionSelector('transfer(address,uint256)'),
          amountArg: 1,
          pulls: false,
          maxAmount: 1_000_000n,
          pins: [],
        },
      ],
      salt: keccak256(numberToHex(at + 1)),
    }),
  );
  const { passkey } = softwarePasskey(keccak256('0x05'), 'localhost', 'http://localhost');
  const toExecutor = (callData: Hex) => ({ target: contracts.mandateExecutor, value: 0n, callData });
  const births = [
    {
      target: token,
      value: 0n,
      callData: encodeFunctionData({ abi: playDollarAbi, functionName: 'faucet', args: [5_000_000_000n] }),
    },
    toExecutor(
      encodeFunctionData({
        abi: mandateExecutorAbi,
        functionName: 'setBudget',
        args: [token, 5_000_000_000n, 86_400],
      }),
    ),
    ...mandates.map((terms) =>
      toExecutor(
        encodeFunctionData({ abi: mandateExecutorAbi, functionName: 'grant', args: [terms, 'bench'] }),
      ),
    ),
  ];
  // The account's code is found by asking the factory; nothing of it has to be known here.
  const implementation = await chain.read<Address>('AccountFactory', contracts.factory, 'implementation');
  const account = accountAddressOf({ factory: contracts.factory, implementation }, passkey, zeroHash, births);
  const createAccount = encodeFunctionData({
    abi: accountFactoryAbi,
    functionName: 'createAccount',
    args: [passkey, zeroHash, { lookup: zeroHash, mac: zeroHash }, births],
  });
  await chain.transact('creating the account', contracts.factory, createAccount);
  const ids = await Promise.all(
    mandates.map((terms) =>
      chain.read<Hex>('MandateExecutor', contracts.mandateExecutor, 'idOf', [account, terms]),
    ),
  );

  const log = await openDecisionLog({
    folder: init.folder,
    origin,
    secretKey,
    checkpointEveryMs: 0,
    agent: `eip155:${foundry.id}:${agent.address.toLowerCase()}`,
  });
  const rules = log.keep(new TextEncoder().encode('export const decide = () => undefined;'));
  const seen = Array.from({ length: 1_000 }, (_, at) =>
    log.keep(new TextEncoder().encode(JSON.stringify({ price: at, pad: 'x'.repeat(1_000) }))),
  );
  /** The sample's two kilobytes, with what they refer to being there. */
  function draftOf(at: number, change: Partial<DecisionDraft>): DecisionDraft {
    const sample = sampleDecision(at);
    const { time: _, ...draft } = {
      ...sample,
      inputs: sample.inputs.map((input, nth) => ({
        ...input,
        at: Date.now(),
        sha256: seen[(at * 3 + nth) % seen.length]!,
      })),
      model: { ...sample.model!, input: seen[at % seen.length]!, output: seen[(at + 1) % seen.length]! },
      rules: { sha256: rules, version: '1' },
      ...change,
    };
    return draft;
  }
  const wait = async (hash: Hex) => chain.chain.waitForTransactionReceipt({ hash, pollingInterval: 5 });
  let nonce = 0;
  async function send(to: Address, data: Hex): Promise<Hex> {
    const serializedTransaction = await agent.signTransaction({
      chainId: foundry.id,
      type: 'eip1559',
      to,
      data,
      nonce,
      gas: 400_000n,
      maxFeePerGas: 10n ** 11n,
      maxPriorityFeePerGas: 1n,
    });
    nonce += 1;
    return chain.chain.sendRawTransaction({ serializedTransaction });
  }

  async function act(at: number, nth: number): Promise<void> {
    const amount = BigInt(1 + (nth % 1_000));
    const data = encodeFunctionData({ abi: playDollarAbi, functionName: 'transfer', args: [shop, amount] });
    const which = nth % mandates.length;
    const intent: RecordedDecision = await log.record(
      draftOf(at, {
        kind: 'intent',
        act: {
          account,
          calls: [
            {
              to: token,
              selector: data.slice(0, 10) as Hex,
              dataSha256: sha256Of(Buffer.from(data.slice(2), 'hex')),
            },
          ],
          chainId: foundry.id,
          mandate: ids[which]!,
          nonce,
        },
      }),
    );
    const args = [
      account,
      mandates[which]!,
      executionsOf([{ to: token, data }]),
      `0x${intent.leafHash}`,
    ] as const;
    const hash = await send(
      contracts.mandateExecutor,
      encodeFunctionData({ abi: mandateExecutorAbi, functionName: 'act', args }),
    );
    const receipt = await wait(hash);
    if (receipt.status !== 'success') throw new Error(`act ${nth} was taken back`);
    await log.record(
      draftOf(at, {
        kind: 'outcome',
        act: null,
        model: null,
        refersTo: intent.leafHash,
        amounts: [{ amount: String(-amount), asset: `eip155:${foundry.id}/erc20:${token.toLowerCase()}` }],
        result: { block: Number(receipt.blockNumber), reason: '', status: 'settled', transaction: hash },
      }),
    );
  }

  const refusals = init.decisions - 2 * init.acts;
  const perAct = Math.floor(refusals / init.acts);
  const anchorEvery = Math.ceil(init.acts / init.anchors);
  let made = 0;
  const refuse = (count: number) =>
    Promise.all(
      Array.from({ length: count }, () =>
        log.record(draftOf(made++, { kind: 'refusal', act: null, result: null })),
      ),
    );
  for (let nth = 0; nth < init.acts; nth += 1) {
    await refuse(perAct);
    await act(made++, nth);
    if (nth % anchorEvery !== anchorEvery - 1) continue;
    await log.journal.checkpoint();
    const { size, root } = log.journal.head()!;
    const args = [BigInt(size), bytesToHex(root)] as const;
    await wait(await send(anchor, encodeFunctionData({ abi: anchorAbi, functionName: 'anchor', args })));
  }
  await refuse(init.decisions - log.journal.size());
  await log.journal.checkpoint();
  const decisionBytes = encodeDecision(log.last()!.decision).length;
  await log.close();
  return {
    decisionBytes,
    source: {
      chain: createPublicClient({
        transport: http(chain.url, { batch: { batchSize: 64 }, timeout: 60_000 }),
      }) as PublicClient,
      read: async (path) => {
        const blob = /^blob\/([0-9a-f]{64})$/.exec(path)?.[1];
        const file =
          blob === undefined
            ? join(init.folder, 'log', path)
            : join(init.folder, 'blobs', blob.slice(0, 2), blob);
        return readFile(file).catch(() => undefined);
      },
      vkey: vkeyTextOf(journalKeyOf(origin, secretKey)),
      agent: agent.address,
      account,
      mandateExecutor: contracts.mandateExecutor,
      mandateValidator: contracts.mandateValidator,
      entryPoint: contracts.entryPoint,
      anchor,
    },
  };
}
