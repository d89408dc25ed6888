import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fc, test as property } from '@fast-check/vitest';
import { type Address, numberToHex } from 'viem';
import { afterAll, describe, expect, test } from 'vitest';
import { openSponsorQuota } from './sponsorQuota.ts';

const root = mkdtempSync(join(tmpdir(), 'lichen-quota-'));
afterAll(() => rmSync(root, { recursive: true }));
let count = 0;
const newFolder = () => join(root, String(count++));

const day = 86_400;
const start = 20_000 * day;
const account = (number: number): Address => numberToHex(number, { size: 20 });
const exhausted = (quota: 'account' | 'day', refillsAt: number) =>
  expect.objectContaining({ code: -32504, facts: { quota, refillsAt } });

describe('openSponsorQuota', () => {
  test('counts operations of an account, each nonce once, and says when it refills', () => {
    const quota = openSponsorQuota(newFolder(), { perAccount: 2, perDay: 100 }, () => start + 10);
    quota.take(account(1), 0n);
    quota.take(account(1), 0n);
    quota.take(account(1), 1n);
    expect(() => quota.check(account(1), 2n)).toThrow(exhausted('account', start + day));
    expect(() => quota.take(account(1), 2n)).toThrow(exhausted('account', start + day));
    // What was counted may be signed again, and others are not concerned.
    quota.take(account(1), 1n);
    quota.take(account(2), 0n);
    quota.close();
  });

  test('tells the reader what to do', () => {
    const quota = openSponsorQuota(newFolder(), { perAccount: 0, perDay: 100 }, () => start);
    let told: unknown;
    try {
      quota.check(account(1), 0n);
    } catch (error) {
      told = (error as Error).message;
    }
    quota.close();
    expect(told).toMatchInlineSnapshot(`
      "The sponsor has paid for as many operations of this account as it does in a day.
        got:      0 operations of this account.
        next:     Pay for the gas from the account itself, or wait until 2024-10-05 00:00 UTC."
    `);
  });

  test('the small and the capital letters of an address are one account', () => {
    const quota = openSponsorQuota(newFolder(), { perAccount: 1, perDay: 100 }, () => start);
    quota.take('0xABCDEFabcdefABCDEFabcdefABCDEFabcdefABCD', 0n);
    expect(() => quota.take('0xabcdefabcdefabcdefabcdefabcdefabcdefabcd', 1n)).toThrow(
      exhausted('account', start + day),
    );
    quota.close();
  });

  test('a restart refills nothing', () => {
    const folder = newFolder();
    const limits = { perAccount: 2, perDay: 3 };
    const before = openSponsorQuota(folder, limits, () => start);
    before.take(account(1), 0n);
    before.take(account(1), 1n);
    before.take(account(2), 7n);
    before.close();
    const after = openSponsorQuota(folder, limits, () => start + 1);
    expect(() => after.take(account(1), 2n)).toThrow(exhausted('account', start + day));
    expect(() => after.take(account(3), 0n)).toThrow(exhausted('day', start + day));
    after.take(account(2), 7n);
    after.close();
  });

  test('midnight refills, and a clock that is set back does not', () => {
    const folder = newFolder();
    let now = start + day - 1;
    const quota = openSponsorQuota(folder, { perAccount: 1, perDay: 1 }, () => now);
    quota.take(account(1), 0n);
    expect(() => quota.take(account(1), 1n)).toThrow();
    now += 1;
    quota.take(account(1), 1n);
    now -= 1;
    expect(() => quota.take(account(1), 2n)).toThrow(exhausted('account', start + 2 * day));
    now += 30 * day;
    quota.take(account(1), 3n);
    expect(readdirSync(folder)).toEqual([`day-${20_000 + 30}.log`]);
    quota.close();
  });

  test('a damaged count stops the sponsor: it is no empty one', () => {
    const folder = newFolder();
    const quota = openSponsorQuota(folder, { perAccount: 9, perDay: 9 }, () => start);
    quota.take(account(1), 0n);
    quota.take(account(1), 1n);
    quota.close();
    const path = join(folder, 'day-20000.log');
    const bytes = readFileSync(path);
    bytes[30]! ^= 1;
    writeFileSync(path, bytes);
    expect(() => openSponsorQuota(folder, { perAccount: 9, perDay: 9 }, () => start)).toThrow(
      expect.objectContaining({ code: 'state-damaged' }),
    );
  });

  test('on a full disk nothing is counted, so nothing may be signed', () => {
    let isFull = false;
    const write = (descriptor: number, bytes: Uint8Array) => {
      if (isFull) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
      void descriptor;
      return bytes.length;
    };
    const quota = openSponsorQuota(newFolder(), { perAccount: 1, perDay: 9 }, () => start, { write });
    isFull = true;
    expect(() => quota.take(account(1), 0n)).toThrow(expect.objectContaining({ code: 'disk-full' }));
    isFull = false;
    quota.take(account(1), 0n);
    quota.close();
  });

  property.prop([
    fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.bigInt({ min: 0n, max: 6n }), fc.boolean()), {
      maxLength: 60,
    }),
  ])('whatever comes, with restarts in between, nobody gets more than the limits', (wishes) => {
    const folder = newFolder();
    const limits = { perAccount: 3, perDay: 7 };
    let quota = openSponsorQuota(folder, limits, () => start);
    const given = new Map<number, Set<bigint>>();
    for (const [number, nonce, restarts] of wishes) {
      if (restarts) {
        quota.close();
        quota = openSponsorQuota(folder, limits, () => start);
      }
      try {
        quota.take(account(number), nonce);
      } catch {
        continue;
      }
      given.set(number, (given.get(number) ?? new Set()).add(nonce));
    }
    quota.close();
    for (const nonces of given.values()) expect(nonces.size).toBeLessThanOrEqual(limits.perAccount);
    expect([...given.values()].reduce((sum, nonces) => sum + nonces.size, 0)).toBeLessThanOrEqual(
      limits.perDay,
    );
  });
});
