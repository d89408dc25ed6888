import { setTimeout as sleep } from 'node:timers/promises';
import type { RecordedDecision } from '@lichen/journal';
import { mandateExecutorAbi, onChain } from '@lichen/sdk';
import { type Address, type Hex, isAddressEqual } from 'viem';
import { intentHashOf } from '../runtime/intentHash.ts';
import type { ActOutcome, NonceToTake } from '../runtime/types.ts';
import { findNonceUse, useInBlock } from './findNonceUse.ts';
import { failedOutcome, openOutcome, revertedOutcome, settledOutcome, usesIntent } from './outcomes.ts';
import { checkChain } from './prepareUse.ts';
import { takeNonce } from './takeNonce.ts';
import type { ActorCore, NonceUse } from './types.ts';
import { settledReceipt } from './waitForReceipt.ts';

/** Blocks before the one at which an act was checked that are looked at, too: a chain that reorganises is shorter for a while. */
const margin = 64n;

/** When this process last tried to take each nonce, by `performance.now()`. */
export type Takings = Map<number, number>;

/** What an intent says of its act, as far as it is needed to find it. */
interface Wanted {
  readonly intent: Hex;
  readonly nonce: number;
  /** Block to look from. */
  readonly from: bigint;
  /** The intent is one to take a nonce: it moves nothing. */
  readonly isTaking: boolean;
}

function wantedOf(core: ActorCore, recorded: RecordedDecision, fromBlock = 0): Wanted | undefined {
  const { act } = recorded.decision;
  if (act === null || act.nonce === null) return undefined;
  const checkedAt = BigInt(fromBlock);
  return {
    intent: intentHashOf(recorded),
    nonce: act.nonce,
    from: checkedAt > margin ? checkedAt - margin : 0n,
    isTaking: act.mandate === null && act.account === core.signer.address,
  };
}

async function countOf({ client, signer }: ActorCore, blockTag: 'latest' | 'pending'): Promise<number> {
  return onChain(client.chain.getTransactionCount({ address: signer.address, blockTag }));
}

/**
 * The transaction that used the nonce. The executor's event for the intent says where to look first; it is a hint only, since
 * another agent of the account can have its own act carry the same hash.
 */
async function findUse(core: ActorCore, wanted: Wanted): Promise<NonceUse | undefined> {
  const { chain } = core.client;
  const { intent, nonce, from, isTaking } = wanted;
  if (!isTaking) {
    const search = {
      address: core.executor,
      abi: mandateExecutorAbi,
      eventName: 'MandateUsed',
      args: { account: core.account, intent },
      fromBlock: from,
      toBlock: 'latest',
    } as const;
    // Some nodes look through so many blocks and no more: then it goes without the hint.
    const logs = await chain.getContractEvents(search).catch(() => []);
    for (const number of new Set(logs.map(({ blockNumber }) => blockNumber))) {
      const use = await useInBlock(core, number, nonce);
      if (use !== undefined) return use;
    }
  }
  return findNonceUse(core, nonce, from, await onChain(chain.getBlockNumber()));
}

/** The word of `act(account, terms, calls, intent)` that is the intent. */
function intentOf(data: Hex): string {
  return data.slice(10 + 3 * 64, 10 + 4 * 64);
}

/** What an intent came to whose nonce a transaction in a block has used. */
async function outcomeOf(core: ActorCore, wanted: Wanted, use: NonceUse): Promise<ActOutcome> {
  const { intent, isTaking, nonce } = wanted;
  const { receipt, to, data, hash } = use;
  const isTo = (address: Address) => to !== null && isAddressEqual(to, address);
  if (isTaking) {
    if (isTo(core.signer.address) && data === intent) {
      return { ...settledOutcome(core, receipt), amounts: [] };
    }
  } else if (isTo(core.executor) && intentOf(data) === intent.slice(2)) {
    if (receipt.status === 'reverted') return revertedOutcome(core, receipt, { to, data });
    if (usesIntent(core, receipt, intent)) return settledOutcome(core, receipt);
  }
  return failedOutcome(`it can never land: its nonce ${nonce} was used by ${hash}`, receipt);
}

/** The certain outcome of an intent whose nonce is used, once the block is deep enough. */
async function concludeUsed(core: ActorCore, wanted: Wanted): Promise<ActOutcome> {
  const deadline = performance.now() + core.receiptMs;
  for (;;) {
    const use = await findUse(core, wanted);
    if (use === undefined) {
      return openOutcome('unknown', `nonce ${wanted.nonce} is used, but the node does not show by what`);
    }
    const receipt = await settledReceipt(core, use.hash);
    if (receipt !== undefined) return outcomeOf(core, wanted, { ...use, receipt });
    if (performance.now() >= deadline) {
      return openOutcome('pending', 'its block is not deep enough in the chain yet', use.hash);
    }
    await sleep(core.pollMs);
  }
}

/** Waits until the nonce is used. False when the time is up. */
async function waitUntilUsed(core: ActorCore, nonce: number): Promise<boolean> {
  const deadline = performance.now() + core.receiptMs;
  for (;;) {
    const isUsed = await countOf(core, 'latest').then(
      (count) => count > nonce,
      () => false,
    );
    if (isUsed || performance.now() >= deadline) return isUsed;
    await sleep(core.pollMs);
  }
}

/**
 * What became of an intent, read from the chain; where its act has not landed, what can be done so that it never does.
 * Only what was seen in a block makes an outcome certain.
 * @throws LichenError `chain-unreachable`, `timeout`, `wrong-chain`, `too-little-money`
 */
export async function reconcileAct(
  core: ActorCore,
  takings: Takings,
  recorded: RecordedDecision,
  fromBlock?: number,
): Promise<ActOutcome | NonceToTake> {
  const wanted = wantedOf(core, recorded, fromBlock);
  if (wanted === undefined) return failedOutcome('there was nothing to sign');
  await checkChain(core);
  const { nonce, isTaking } = wanted;
  if ((await countOf(core, 'latest')) > nonce) return concludeUsed(core, wanted);

  const takenAt = takings.get(nonce);
  const isWaiting = (await countOf(core, 'pending')) > nonce;
  // Something with this nonce waits for a block: perhaps the act, perhaps what takes its place. It gets its time.
  if (isWaiting && (await waitUntilUsed(core, nonce))) return concludeUsed(core, wanted);
  if (takenAt !== undefined && performance.now() - takenAt < core.takeAgainMs) {
    return openOutcome('pending', `what takes nonce ${nonce} is in no block yet`);
  }
  if (isTaking && isWaiting && takenAt === undefined) {
    // Of an earlier run: it gets as long as one of this run.
    takings.set(nonce, performance.now());
    return openOutcome('pending', `what takes nonce ${nonce} is in no block yet`);
  }
  return takeNonce(core, nonce, async (intent) => {
    takings.set(nonce, performance.now());
    if (!(await waitUntilUsed(core, nonce))) {
      return openOutcome('pending', `what takes nonce ${nonce} is in no block yet`);
    }
    return concludeUsed(core, { ...wanted, intent, isTaking: true });
  });
}
