import { formatMoney } from '../format/money.ts';
import { shortText } from './decisionWords.ts';

/** What the amounts of a network's decisions are counted in. */
export interface KnownAssets {
  /** Address of the play dollar. */
  readonly dollar: string;
  /** Address of the market's share, where there is a market. */
  readonly share?: string | undefined;
}

/** `1,234.567890 shares` of base units with six decimals, with as many decimals as there are. */
export function formatShares(amount: bigint): string {
  const size = amount < 0n ? -amount : amount;
  const whole = (size / 1_000_000n).toLocaleString('en');
  const part = (size % 1_000_000n).toString().padStart(6, '0').replace(/0+$/, '');
  const number = `${amount < 0n ? '−' : ''}${whole}${part === '' ? '' : `.${part}`}`;
  return `${number} ${size === 1_000_000n ? 'share' : 'shares'}`;
}

/**
 * An amount of a decision in words: money and shares in their unit, anything else in base units of what the decision calls
 * it. Negative was spent.
 */
export function amountText(
  known: KnownAssets,
  { amount, asset }: { readonly amount: string; readonly asset: string },
): string {
  // An address by itself, or the end of a CAIP-19 id.
  const address = /0x[0-9a-f]{40}$/i.exec(asset)?.[0].toLowerCase();
  if (/^-?\d{1,40}$/.test(amount)) {
    if (address !== undefined && address === known.dollar.toLowerCase()) return formatMoney(BigInt(amount));
    if (address !== undefined && address === known.share?.toLowerCase()) return formatShares(BigInt(amount));
  }
  return `${shortText(amount)} base units of ${shortText(asset)}`;
}
