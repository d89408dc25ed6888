import { fc, test } from '@fast-check/vitest';
import { type Address, bytesToHex, type Hex } from 'viem';
import { describe, expect } from 'vitest';
import { accountAddressOf } from './accountAddressOf.ts';
import { listingOf, lookupOf } from './listing.ts';
import { mandateIdOf, type Permission, type Terms } from './mandate.ts';

const bytesOf = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => bytesToHex(bytes));
const address = bytesOf(20) as fc.Arbitrary<Address>;
const word = bytesOf(32);
const amount = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n });
const seconds = fc.nat({ max: 2 ** 31 });

const permission: fc.Arbitrary<Permission> = fc.record({
  target: address,
  selector: bytesOf(4),
  amountArg: fc.nat({ max: 255 }),
  pulls: fc.boolean(),
  maxAmount: amount,
  pins: fc.array(fc.record({ index: fc.nat({ max: 255 }), value: word }), { maxLength: 3 }),
});
const terms: fc.Arbitrary<Terms> = fc.record({
  agent: address,
  asset: address,
  validFrom: seconds,
  validUntil: seconds,
  period: seconds,
  maxPerPeriod: amount,
  maxCalls: fc.nat({ max: 255 }),
  permissions: fc.array(permission, { maxLength: 3 }),
  salt: word,
});

describe('the id of a mandate', () => {
  test.prop([address, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), terms, terms])(
    'differs when anything differs',
    (account, epoch, some, other) => {
      const id = mandateIdOf(account, epoch, some);
      for (const [name, value] of Object.entries(other)) {
        const changed = { ...some, [name]: value };
        const isSame = JSON.stringify(changed, replacer) === JSON.stringify(some, replacer);
        expect(mandateIdOf(account, epoch, changed) === id, name).toBe(isSame);
      }
      expect(mandateIdOf(account, epoch === 0n ? 1n : epoch - 1n, some)).not.toBe(id);
      expect(mandateIdOf(account, epoch, some)).toBe(id);
    },
  );
});

function replacer(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}` : value;
}

describe('a listing', () => {
  test.prop([word, word, address, address, word, word])(
    'is worth nothing without the user handle, and for one account and key only',
    (handle, other, account, otherAccount, x, y) => {
      fc.pre(handle !== other && account !== otherAccount && x !== y);
      const listing = listingOf(handle, account, { x, y });
      expect(listing.lookup).toBe(lookupOf(handle));
      expect(listingOf(other, account, { x, y }).mac).not.toBe(listing.mac);
      expect(listingOf(handle, otherAccount, { x, y }).mac).not.toBe(listing.mac);
      expect(listingOf(handle, account, { x: y, y: x }).mac).not.toBe(listing.mac);
      expect(listing.mac).not.toContain(handle.slice(2));
    },
  );

  test.each(['0x', '0x00', `0x${'00'.repeat(31)}`, `0x${'00'.repeat(33)}`] as Hex[])(
    'a user handle of another length is refused: %s',
    (handle) => {
      expect(() => lookupOf(handle)).toThrow('That is not the user handle of a Lichen passkey.');
    },
  );
});

describe('the address of an account', () => {
  test.prop([address, address, word, word, word, word])(
    'commits to the key, the salt and the birth calls',
    (factory, implementation, x, y, salt, otherSalt) => {
      fc.pre(x !== y && salt !== otherSalt && factory !== implementation);
      const contracts = { factory, implementation };
      const call = { target: factory, value: 0n, callData: '0x1234' as Hex };
      const addresses = [
        accountAddressOf(contracts, { x, y }, salt, []),
        accountAddressOf(contracts, { x: y, y: x }, salt, []),
        accountAddressOf(contracts, { x, y }, otherSalt, []),
        accountAddressOf(contracts, { x, y }, salt, [call]),
        accountAddressOf(contracts, { x, y }, salt, [call, call]),
        accountAddressOf(contracts, { x, y }, salt, [{ ...call, value: 1n }]),
        accountAddressOf({ factory: implementation, implementation }, { x, y }, salt, []),
        accountAddressOf({ factory, implementation: factory }, { x, y }, salt, []),
      ];
      expect(new Set(addresses).size).toBe(addresses.length);
    },
  );
});
