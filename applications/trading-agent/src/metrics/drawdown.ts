/** The deepest fall of a running sum. Dates are those of the entries; `account` is relative to the peak. */
export interface Drawdown {
  readonly abs: number;
  readonly account: number;
  readonly start: number;
  readonly end: number;
  readonly high: number;
  readonly low: number;
}

/**
 * Deepest fall of profits added up, in money or (`by: 'relative'`) relative to the peak of the balance; undefined without
 * entries. As `calculate_max_drawdown` of freqtrade 2026.9, with its row of zero before the first entry.
 */
export function maxDrawdown(
  entries: readonly { readonly at: number; readonly profit: number }[],
  startingBalance: number,
  by: 'absolute' | 'relative' = 'absolute',
): Drawdown | undefined {
  const first = entries[0];
  if (first === undefined) return undefined;
  let cumulative = 0;
  let peak = { value: 0, at: first.at };
  let deepest = { abs: 0, account: 0, start: first.at, end: first.at, high: 0, low: 0 };
  for (const { at, profit } of entries) {
    cumulative += profit;
    if (cumulative > peak.value) peak = { value: cumulative, at };
    const abs = peak.value - cumulative;
    const account = abs / (startingBalance + peak.value);
    if (by === 'absolute' ? abs > deepest.abs : account > deepest.account) {
      deepest = { abs, account, start: peak.at, end: at, high: peak.value, low: cumulative };
    }
  }
  return deepest;
}
