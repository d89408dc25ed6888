import { LichenError } from '@lichen/protocol';

/** Base units of one play dollar (6 decimals). */
export const oneDollar = 1_000_000n;

/**
 * `1,234.50 pUSD` from base units, rounded half up to cents. An amount above zero and below one cent reads
 * `< 0.01 pUSD`, never `0.00`: a price must not look free.
 */
export function formatMoney(amount: bigint): string {
  const sign = amount < 0n ? '−' : '';
  const size = amount < 0n ? -amount : amount;
  if (size > 0n && size < 10_000n) return `${sign}< 0.01 pUSD`;
  const cents = (size + 5_000n) / 10_000n;
  const whole = (cents / 100n).toString().replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  return `${sign}${whole}.${(cents % 100n).toString().padStart(2, '0')} pUSD`;
}

/**
 * Base units from a number of whole play dollars with up to 6 decimals.
 * @throws LichenError `bad-input` when it is negative or not a finite number.
 */
export function moneyFromDollars(dollars: number): bigint {
  if (!Number.isFinite(dollars) || dollars < 0) {
    throw new LichenError('bad-input', 'That is not an amount of money.', {
      got: String(dollars),
      expected: 'zero or more play dollars',
      next: 'Type an amount in play dollars.',
    });
  }
  return BigInt(Math.round(dollars * 1e6));
}
