import { LichenError } from '@lichen/protocol';

/** Decimals of pUSD: one play dollar is 1,000,000 base units. */
export const playDollarDecimals = 6;
const unit = 10n ** BigInt(playDollarDecimals);

/**
 * Base units of an amount written in pUSD, `"12.5"` → `12_500_000n`. Plain decimal digits only: signs, exponents,
 * separators, spaces and leading zeros are refused, since a misread amount is money lost.
 * @throws LichenError `bad-input` when the text is anything else or has more than six decimals.
 */
export function parseAmount(text: string): bigint {
  const match = /^(0|[1-9]\d{0,14})(?:\.(\d{1,6}))?$/.exec(text);
  if (match === null) {
    throw new LichenError('bad-input', 'That is not an amount of pUSD.', {
      got: JSON.stringify(text.slice(0, 40)),
      expected: 'digits with at most six decimals and no sign or separator, such as 200 or 12.50',
      next: 'Write the amount in play dollars, for example 200.',
      retry: 'after-fix',
    });
  }
  return BigInt(match[1]!) * unit + BigInt((match[2] ?? '').padEnd(playDollarDecimals, '0'));
}

/**
 * An amount of base units as pUSD, exact, with two to six decimals and no separator: `12_500_000n` → `"12.50"`.
 * `parseAmount` reads back the same amount.
 * @throws LichenError `bad-input` for a negative amount: no balance, premium or payout is negative.
 */
export function formatAmount(baseUnits: bigint): string {
  if (baseUnits < 0n) {
    throw new LichenError('bad-input', 'An amount of money cannot be negative.', {
      got: `${baseUnits} base units`,
      expected: '0 or more',
    });
  }
  const decimals = (baseUnits % unit)
    .toString()
    .padStart(playDollarDecimals, '0')
    .replace(/0{1,4}$/, '');
  return `${baseUnits / unit}.${decimals}`;
}
