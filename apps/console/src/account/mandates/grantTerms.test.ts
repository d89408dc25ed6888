import type { LichenAddresses } from '@lichen/sdk';
import { pad } from 'viem';
import { expect, it } from 'vitest';
import { type GrantWishes, termsOfWishes } from './grantTerms.ts';

const addresses = {
  playDollar: `0x${'11'.repeat(20)}`,
  flightCover: `0x${'22'.repeat(20)}`,
} as LichenAddresses;
const wishes: GrantWishes = {
  kind: 'cover',
  agent: ` 0x${'ab'.repeat(20)} `,
  label: 'Cover agent',
  receiver: '',
  perDay: 50,
  perCall: 20,
  callsPerDay: 3,
  days: 7,
};

it('turns wishes into bounds with the right units', () => {
  const terms = termsOfWishes(addresses, wishes, 1_000);
  expect(terms).toMatchObject({
    asset: addresses.playDollar,
    validFrom: 940,
    validUntil: 1_000 + 7 * 86_400,
    period: 86_400,
    maxPerPeriod: 50_000_000n,
    maxCalls: 3,
  });
  expect(terms.permissions).toMatchObject([
    { target: addresses.flightCover, amountArg: 13, pulls: true, maxAmount: 20_000_000n },
  ]);
});

it('never lets an agent choose whom it pays', () => {
  const friend = `0x${'cd'.repeat(20)}` as const;
  const [permission] = termsOfWishes(addresses, { ...wishes, kind: 'pay', receiver: friend }, 0).permissions;
  expect(permission).toMatchObject({ selector: '0xa9059cbb', amountArg: 1, pulls: false });
  expect(permission!.pins.map(({ index, value }) => [index, value.toLowerCase()])).toEqual([
    [0, pad(friend)],
  ]);
  expect(() => termsOfWishes(addresses, { ...wishes, kind: 'pay' }, 0)).toThrow(
    'The receiver is no address.',
  );
});

it('refuses what does not fit together', () => {
  expect(() => termsOfWishes(addresses, { ...wishes, agent: 'agent' }, 0)).toThrow(
    'The agent is no address.',
  );
  expect(() => termsOfWishes(addresses, { ...wishes, perCall: 51 }, 0)).toThrow('One purchase cannot');
  expect(() => termsOfWishes(addresses, { ...wishes, perDay: 0, perCall: 0 }, 0)).toThrow(
    'One purchase cannot',
  );
});
