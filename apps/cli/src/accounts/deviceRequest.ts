import { LichenError, listingOf } from '@lichen/protocol';
import type { DeviceRequest } from '@lichen/sdk';
import { type Address, getAddress, type Hex, isAddress } from 'viem';
import { type AccountFile, isWord } from './accountFile.ts';
import { signerOf } from './openAccountFile.ts';

/** A passkey that asks to be in an account, as one word that fits into a message: `lichen-device:` and five parts. */
export interface AccountRequest extends DeviceRequest {
  readonly account: Address;
}

const prefix = 'lichen-device';

/** What the passkey in a file asks for. */
export function requestOf(file: AccountFile): AccountRequest {
  const { passkey } = signerOf(file);
  return { account: file.account, passkey, listing: listingOf(file.userHandle, file.account, passkey) };
}

/** A request as a word. Nothing in it is a secret. */
export function requestText({ account, passkey, listing }: AccountRequest): string {
  return [prefix, account, passkey.x, passkey.y, listing.lookup, listing.mac].join(':');
}

/** @throws LichenError `bad-input` when the word is cut short or is none. */
export function readRequest(text: string): AccountRequest {
  const [head, account, x, y, lookup, mac, ...rest] = text.trim().split(':');
  const words = [x, y, lookup, mac];
  const isWhole = words.every(isWord) && rest.length === 0;
  if (head === prefix && isAddress(String(account)) && isWhole) {
    return {
      account: getAddress(account as Address),
      passkey: { x: x as Hex, y: y as Hex },
      listing: { lookup: lookup as Hex, mac: mac as Hex },
    };
  }
  throw new LichenError('bad-input', 'That is not the request of a device.', {
    got: `${text.length} characters`,
    expected: `${prefix}:0x…, as \`lichen account request\` shows it`,
    next: 'Copy it whole.',
    retry: 'after-fix',
  });
}

/** 80 bits of the passkey in four groups, to compare by voice: nobody finds another passkey that shows the same. */
export function fingerprintOf({ passkey }: DeviceRequest): string {
  return passkey.x.slice(2, 22).match(/.{5}/g)!.join(' ');
}
