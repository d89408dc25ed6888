import { noAmount, type Permission, type Terms } from '@lichen/protocol';
import { type LichenAddresses, playDollarAbi } from '@lichen/sdk';
import { pad, toFunctionSelector } from 'viem';
import { expect, it } from 'vitest';
import { buyPermission, firstMoney } from '../../cover/purchaseCalls.ts';
import { doneText, limitText, permissionText } from './mandateWords.ts';

const addresses = {
  playDollar: `0x${'11'.repeat(20)}`,
  flightCover: `0x${'22'.repeat(20)}`,
  oracle: `0x${'33'.repeat(20)}`,
} as LichenAddresses;
const friend = `0x${'ab'.repeat(20)}` as const;
const transfer: Permission = {
  target: addresses.playDollar,
  selector: toFunctionSelector(
    playDollarAbi.find((item) => item.type === 'function' && item.name === 'transfer') as never,
  ),
  amountArg: 1,
  pulls: false,
  maxAmount: 5_000_000n,
  pins: [],
};

it('says in words what an agent may do', () => {
  const text = (permission: Permission) => permissionText(addresses, permission);
  expect(text(buyPermission(addresses, 20_000_000n))).toBe('Buy flight cover, up to 20.00 pUSD each time');
  expect(text(firstMoney(addresses).permissions[0]!)).toBe(
    'Read “minPayout” of flight cover, which changes nothing',
  );
  expect(text(transfer)).toBe('Send play money to anybody, up to 5.00 pUSD each time');
  expect(text({ ...transfer, pins: [{ index: 0, value: pad(friend) }] })).toMatch(
    /^Send play money to 0xAbAb…\w{4} only, up to 5.00 pUSD each time$/i,
  );
});

it('does not guess at what it does not know', () => {
  const unknown = { ...transfer, target: friend, selector: '0x12345678', amountArg: noAmount } as const;
  expect(permissionText(addresses, unknown)).toBe('Call function 0x12345678 of 0xabab…abab');
  expect(permissionText(addresses, { ...unknown, pins: [{ index: 3, value: pad('0x01') }] })).toBe(
    'Call function 0x12345678 of 0xabab…abab, with 1 fixed value',
  );
  expect(doneText(addresses, unknown)).toBe('Called 0x12345678 of 0xabab…abab');
  // A pin that is no address must not be shown as one.
  expect(
    permissionText(addresses, { ...transfer, pins: [{ index: 0, value: `0x${'ff'.repeat(32)}` }] }),
  ).toBe('Send play money to anybody, up to 5.00 pUSD each time');
});

it('names limits with their units', () => {
  const terms = {
    maxPerPeriod: 50_000_000n,
    maxCalls: 3,
    period: 86_400,
    permissions: [transfer],
  } as unknown as Terms;
  expect(limitText(terms)).toBe('At most 50.00 pUSD and 3 calls in a day.');
  expect(limitText({ ...terms, maxCalls: 1, period: 900 })).toBe(
    'At most 50.00 pUSD and 1 call in any 15 min.',
  );
  expect(limitText({ ...terms, permissions: firstMoney(addresses).permissions })).toBe(
    'No money, and at most 3 calls in a day.',
  );
});
