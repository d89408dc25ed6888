import { passkeyAccountAbi } from '@lichen/contracts';
import { LichenError, type Listing, type Passkey } from '@lichen/protocol';
import { encodeFunctionData, isAddressEqual, parseEventLogs } from 'viem';
import type { AccountClient, SendOptions, SentCalls } from './accountClient.ts';
import { sendCalls } from './sendCalls.ts';

/**
 * What a new device shows, for example as a QR code: the passkey that it made for an account, and where the directory
 * lists it (`listingOf` its user handle). No secret: whoever has it can only add this device, or refuse.
 */
export interface DeviceRequest {
  readonly passkey: Passkey;
  readonly listing: Listing;
}

/**
 * Adds a device to the account, by a device that it has. The new one can do everything the old one can: compare what
 * both screens show before.
 * @returns the index that signatures by the new device start with.
 * @throws LichenError `bad-input` when the account has the passkey already or has 64 of them, `sponsor-exhausted`,
 * `timeout`, `chain-unreachable`.
 */
export async function addDevice(
  account: AccountClient,
  parameters: DeviceRequest & SendOptions,
): Promise<SentCalls & { readonly index: number }> {
  const { passkey, listing, ...options } = parameters;
  const data = encodeFunctionData({
    abi: passkeyAccountAbi,
    functionName: 'addPasskey',
    args: [passkey, listing],
  });
  const sent = await sendCalls(account, [{ to: account.address, data }], options);
  const added = parseEventLogs({
    abi: passkeyAccountAbi,
    eventName: 'PasskeyAdded',
    logs: sent.receipt.logs.filter((log) => isAddressEqual(log.address, account.address)),
  }).find(({ args }) => args.x === passkey.x && args.y === passkey.y);
  if (added === undefined) {
    throw new LichenError('transaction-failed', 'The device was not added.', {
      got: `transaction ${sent.transactionHash}`,
      next: 'Check that the account belongs to this release.',
    });
  }
  return { ...sent, index: added.args.index };
}
