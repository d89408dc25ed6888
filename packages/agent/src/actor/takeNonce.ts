import type { Hex } from 'viem';
import type { ActOutcome, NonceToTake } from '../runtime/types.ts';
import { failedOutcome, openOutcome } from './outcomes.ts';
import { checkPayable, type Fees, type Refusal, readFees, signAndSend } from './signAndSend.ts';
import type { ActorCore } from './types.ts';

/** A transfer of nothing to oneself with 32 bytes of data: 21,000, and 40 for each byte (EIP-7623). */
const gas = 25_000n;
/** How often the fee is doubled until it is above that of the act whose place is taken. */
const mostDoublings = 6;

/**
 * Refusals that a higher fee may overcome. Nodes have many words for a replacement that pays too little, so it is said what
 * it is not.
 */
function mayBeTooCheap({ code, words }: Refusal): boolean {
  if (/chain-unreachable|timeout|too-little-money/.test(code)) return false;
  return !/nonce too low|insufficient funds/i.test(words);
}

/**
 * Something harmless that can take the nonce of an act which has not landed: a transfer of nothing to oneself, whose data is
 * the hash of its own intent. Whichever of the two lands, the other never can.
 * @param conclude tells what became of the nonce, once it is used or the time is up
 * @throws LichenError `too-little-money`, `chain-unreachable`
 */
export async function takeNonce(
  core: ActorCore,
  nonce: number,
  conclude: (intent: Hex) => Promise<ActOutcome>,
): Promise<NonceToTake> {
  const { signer, chainId } = core;
  const fees = await readFees(core);
  await checkPayable(core, gas, fees);
  const doubled = ({ maxFeePerGas, maxPriorityFeePerGas }: Fees): Fees => ({
    maxFeePerGas: maxFeePerGas * 2n,
    maxPriorityFeePerGas: maxPriorityFeePerGas * 2n,
  });
  async function perform(intent: Hex, signal?: AbortSignal): Promise<ActOutcome> {
    let offered = fees;
    for (let attempt = 0; ; attempt += 1) {
      if (signal?.aborted === true) {
        const reason = 'not signed: the agent was told to stop';
        return attempt === 0 ? failedOutcome(reason) : openOutcome('unknown', reason);
      }
      // All of these have one nonce and one effect, none: at most one of them lands.
      const transaction = { to: signer.address, data: intent, nonce, gas, ...offered };
      const { refusal } = await signAndSend(core, transaction, ['nonce-signed', 'nonce-sent']);
      if (refusal === undefined || !mayBeTooCheap(refusal) || attempt === mostDoublings) break;
      offered = doubled(offered);
    }
    return conclude(intent);
  }
  return {
    takesNonce: {
      act: { account: signer.address, calls: [], chainId, mandate: null, nonce },
      perform,
    },
  };
}
