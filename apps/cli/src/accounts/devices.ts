import { LichenError } from '@lichen/protocol';
import { type AccountClient, addDevice, listDevices, removeDevice } from '@lichen/sdk';
import { isAddressEqual } from 'viem';
import type { Answer } from '../cover/clientCommand.ts';
import { tableText } from '../cover/table.ts';
import { fingerprintOf, readRequest } from './deviceRequest.ts';
import { momentText } from './readDuration.ts';

/** Devices of the account as data and as a table. */
export async function devicesCommand(account: AccountClient): Promise<Answer> {
  const devices = await listDevices(account);
  const text = tableText(
    [{ title: 'Device', align: 'right' }, { title: 'Passkey' }, { title: 'Added' }, { title: '' }],
    devices.map(({ index, passkey, addedAt, isThis }) => [
      String(index),
      `${passkey.x.slice(0, 12)}…`,
      addedAt === null ? 'with the first operation' : momentText(addedAt),
      isThis ? 'this one' : '',
    ]),
  );
  return { json: { account: account.address, devices }, text };
}

/** Adds the device whose request it is. @throws LichenError `bad-input` for a request to another account. */
export async function addDeviceCommand(account: AccountClient, word: string): Promise<Answer> {
  const request = readRequest(word);
  if (!isAddressEqual(request.account, account.address)) {
    throw new LichenError('bad-input', 'That device asks for another account.', {
      got: request.account,
      expected: account.address,
      next: 'Make the request again for this account: lichen account request --account …',
      retry: 'after-fix',
    });
  }
  const { passkey, listing } = request;
  const { index, transactionHash } = await addDevice(account, { passkey, listing });
  return {
    json: { index, transaction: transactionHash },
    text: `Device ${index} (${fingerprintOf(request)}) can now do everything that this one can.\n  transaction  ${transactionHash}`,
  };
}

/** Removes a device. */
export async function removeDeviceCommand(account: AccountClient, index: number): Promise<Answer> {
  const { transactionHash } = await removeDevice(account, { index });
  return {
    json: { index, transaction: transactionHash },
    text: `Device ${index} signs nothing any more.\n  transaction  ${transactionHash}`,
  };
}
