import { LichenError, type LichenErrorCode } from '@lichen/protocol';
import { onChain, toLichenError } from '@lichen/sdk';
import { type Address, type Hex, keccak256 } from 'viem';
import { shortText } from '../runtime/reasonOf.ts';
import type { ActorCore, ActPoint } from './types.ts';

export interface Fees {
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
}

/** A transaction without money, complete. */
export interface ActTransaction extends Fees {
  readonly to: Address;
  readonly data: Hex;
  readonly nonce: number;
  readonly gas: bigint;
}

/** Fees at which a transaction is taken while the base fee at most doubles. @throws LichenError `chain-unreachable` */
export async function readFees({ client }: ActorCore): Promise<Fees> {
  const { maxFeePerGas, maxPriorityFeePerGas } = await onChain(client.chain.estimateFeesPerGas());
  return { maxFeePerGas: maxFeePerGas * 2n, maxPriorityFeePerGas };
}

/** Refuses what the agent's key cannot pay for, before it is signed. @throws LichenError `too-little-money` */
export async function checkPayable(core: ActorCore, gas: bigint, fees: Fees): Promise<void> {
  const { address } = core.signer;
  const held = await onChain(core.client.chain.getBalance({ address }));
  const needed = gas * fees.maxFeePerGas;
  if (held >= needed) return;
  throw new LichenError('too-little-money', 'The agent cannot pay for the gas of this act.', {
    got: `${held} wei at ${address}`,
    expected: `at least ${needed} wei`,
    next: `Send ether of this chain to ${address}.`,
    retry: 'after-fix',
  });
}

export interface Handed {
  readonly hash: Hex;
  readonly serialized: Hex;
  /** Why the node did not take it; absent where it did. It may have it all the same. */
  readonly refusal?: Refusal;
}

export interface Refusal {
  readonly code: LichenErrorCode;
  /** In the node's words, one line. */
  readonly words: string;
}

/** What the node itself said: viem keeps it in the innermost cause. */
function refusalOf(error: unknown): Refusal {
  const { code, message } = toLichenError(error);
  let words = message.split('\n')[0]!;
  for (let at = error; at instanceof Error; at = at.cause) {
    const { details } = at as { details?: unknown };
    if (typeof details === 'string' && details !== '') words = details;
  }
  return { code, words: shortText(words.replaceAll('\n', ' '), 200) };
}

/** Signs a transaction and hands it to the node, once. Whatever the node says, it may land from here on. */
export async function signAndSend(
  core: ActorCore,
  transaction: ActTransaction,
  [signed, sent]: readonly [ActPoint, ActPoint],
): Promise<Handed> {
  const serialized = await core.signer.signTransaction({
    ...transaction,
    chainId: core.chainId,
    type: 'eip1559',
  });
  const hash = keccak256(serialized);
  await core.point(signed);
  try {
    await core.client.chain.sendRawTransaction({ serializedTransaction: serialized });
  } catch (error) {
    // A reply that was lost and asked for again ends in "already known": then the node has it.
    const isKnown = await core.client.chain.getTransaction({ hash }).then(
      () => true,
      () => false,
    );
    if (isKnown) return { hash, serialized };
    const refusal = refusalOf(error);
    core.log(`the node did not take ${hash}: ${refusal.words}`);
    return { hash, serialized, refusal };
  }
  await core.point(sent);
  return { hash, serialized };
}
