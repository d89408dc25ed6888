import { passkeyAccountAbi } from '@lichen/contracts';
import { LichenError } from '@lichen/protocol';
import { encodeFunctionData } from 'viem';
import type { AccountClient, SendOptions, SentCalls } from './accountClient.ts';
import { sendCalls } from './sendCalls.ts';

/**
 * Removes a device, for example a lost one, by another. From that block on it signs nothing.
 * @throws LichenError `bad-input` for the device that signs, the last one or an index that is none, `sponsor-exhausted`,
 * `timeout`, `chain-unreachable`.
 */
export async function removeDevice(
  account: AccountClient,
  parameters: SendOptions & { readonly index: number },
): Promise<SentCalls> {
  const { index, ...options } = parameters;
  if (index === (account.signer.index ?? 0)) {
    throw new LichenError('bad-input', 'This is the device that you are using.', {
      got: `device ${index}`,
      expected: 'another device',
      next: 'Remove it from another device, so that you see that the other one works.',
      retry: 'after-fix',
    });
  }
  const data = encodeFunctionData({ abi: passkeyAccountAbi, functionName: 'removePasskey', args: [index] });
  return sendCalls(account, [{ to: account.address, data }], options);
}
