import type { Terms } from '@lichen/protocol';
import { type Address, type Hex, zeroHash } from 'viem';
import { describe, expect, test } from 'vitest';
import type { AccountEvent } from './accountEvents.ts';
import type { AuditFindingCode } from './auditFinding.ts';
import { checkBounds } from './checkBounds.ts';

// The contract refuses all of this; here is how one would see that it did not.

const address = (byte: string) => `0x${byte.repeat(20)}` as Address;
const [agent, token, shop] = [address('aa'), address('bb'), address('cc')];
const id: Hex = `0x${'11'.repeat(32)}`;
const others: Hex = `0x${'22'.repeat(32)}`;
const selector: Hex = '0xa9059cbb';
const terms: Terms = {
  agent,
  asset: token,
  validFrom: 100,
  validUntil: 10_000,
  period: 100,
  maxPerPeriod: 50n,
  maxCalls: 3,
  permissions: [{ target: token, selector, amountArg: 1, pulls: false, maxAmount: 30n, pins: [] }],
  salt: zeroHash,
};

let logIndex = 0;
const place = (time: number) => ({ block: time, logIndex: logIndex++, transaction: zeroHash as Hex, time });
const used = (time: number, amount: bigint, change: object = {}): AccountEvent => ({
  ...place(time),
  name: 'MandateUsed',
  id,
  intent: zeroHash,
  target: token,
  selector,
  amount,
  ...change,
});
const granted: AccountEvent = { ...place(1), name: 'MandateGranted', id, agent, epoch: 0n, terms };
const budget = (time: number, amount: bigint, period = 100): AccountEvent => ({
  ...place(time),
  name: 'BudgetSet',
  asset: token,
  amount,
  period,
});

function codesOf(events: readonly AccountEvent[], known = true): AuditFindingCode[] {
  const codes: AuditFindingCode[] = [];
  checkBounds({
    events,
    terms: new Map(
      known
        ? [
            [id, terms],
            [others, { ...terms, agent: shop, maxPerPeriod: 1_000n }],
          ]
        : [],
    ),
    own: new Set(known ? [id] : []),
    find: ({ code }) => codes.push(code),
  });
  return codes;
}

describe('bounds, counted again', () => {
  test('kept to the last unit and the last second', () => {
    const calm = [granted, budget(2, 60n), used(100, 20n), used(150, 30n), used(200, 20n), used(9_999, 30n)];
    expect(codesOf(calm)).toEqual([]);
  });

  test.each([
    ['call-too-large', [used(200, 31n)]],
    ['period-exceeded', [used(200, 30n), used(299, 21n)]],
    ['too-many-calls', [used(200, 1n), used(210, 1n), used(220, 1n), used(299, 1n)]],
    ['function-denied', [used(200, 0n, { selector: '0xdeadbeef' })]],
    ['function-denied', [used(200, 0n, { target: shop })]],
    ['outside-validity', [used(99, 1n)]],
    ['outside-validity', [used(10_000, 1n)]],
    ['budget-exceeded', [budget(3, 25n), used(200, 20n), used(250, 6n)]],
    ['budget-exceeded', [budget(3, 25n), used(200, 20n, { id: others }), used(250, 6n)]],
    ['mandate-revoked', [{ ...place(150), name: 'MandateRevoked', id }, used(200, 1n)]],
    ['mandate-revoked', [{ ...place(150), name: 'AllMandatesRevoked', epoch: 1n }, used(200, 1n)]],
    ['mandate-paused', [{ ...place(150), name: 'MandatePaused', id, paused: true }, used(200, 1n)]],
    ['mandate-paused', [{ ...place(150), name: 'AccountPaused', paused: true }, used(200, 1n)]],
  ] as [AuditFindingCode, AccountEvent[]][])('%s', (code, events) => {
    expect(codesOf([granted, ...events])).toEqual([code]);
  });

  test('lifted again, or too long ago, is no breach', () => {
    expect(
      codesOf([
        granted,
        { ...place(150), name: 'MandatePaused', id, paused: true },
        { ...place(160), name: 'MandatePaused', id, paused: false },
        { ...place(160), name: 'AccountPaused', paused: true },
        { ...place(170), name: 'AccountPaused', paused: false },
        used(200, 30n),
        used(300, 30n),
      ]),
    ).toEqual([]);
  });

  test('a budget set anew counts from there', () => {
    expect(codesOf([granted, budget(3, 100n), used(200, 30n), budget(250, 10n), used(260, 10n)])).toEqual([]);
    expect(codesOf([granted, budget(3, 100n), budget(250, 10n), used(260, 11n)])).toEqual([
      'budget-exceeded',
    ]);
  });

  test('unknown terms are named once', () => {
    expect(codesOf([used(200, 1n), used(201, 1n)], false)).toEqual(['terms-unknown']);
  });
});
