import {
  type CoverQuote,
  findFlight,
  formatAmount,
  getChainTime,
  type LichenClient,
  listReporters,
  quoteCover,
} from '@lichen/sdk';
import { contributionBars, percentText } from './contributionText.ts';
import { leavesText, spanText } from './timeText.ts';

export interface QuoteOptions {
  /** As a person names a flight. */
  readonly name: string;
  /** Base units of pUSD. */
  readonly payout: bigint;
}

/** A checked price as data and as text with its reasons. */
export async function quoteCommand(client: LichenClient, options: QuoteOptions) {
  const flight = await findFlight(client, { name: options.name });
  const quote = await quoteCover(client, { flightId: flight.flightId, payout: options.payout });
  const [now, reporters] = await Promise.all([getChainTime(client), listReporters(client)]);
  return { quote, json: { now, quote }, text: quoteText(quote, reporters.length, now) };
}

function signerCount(bitmap: bigint): number {
  return bitmap.toString(2).replaceAll('0', '').length;
}

/** A quote in words: what it pays, what it costs and why. Amounts in pUSD, times in recorded local and chain time. */
export function quoteText(quote: CoverQuote, reporters: number, now: number): string {
  const { flight, parts } = quote;
  const name = `${flight.carrier}${flight.number}`;
  const line = (label: string, amount: string, note = '') =>
    `  ${label.padEnd(20)}${amount.padStart(16)}   ${note}`.trimEnd();
  const money = (baseUnits: bigint) => `${formatAmount(baseUnits)} pUSD`;
  return [
    `${name} from ${flight.origin} to ${flight.destination}, ${leavesText(flight.departsAt, now)} (recorded ${flight.recordedLocal} local).`,
    '',
    line('Payout', money(quote.payout), 'when 60 minutes late or more, cancelled or diverted'),
    line('Premium', money(parts.premium), 'the sum of these three:'),
    line(
      '  expected loss',
      money(parts.expectedLoss),
      `the payout times ${percentText(parts.probabilityPpm)}`,
    ),
    line('  margin', money(parts.margin)),
    line('  exposure charge', money(parts.exposureCharge), 'for what the pool already carries'),
    line('Chance of a payout', percentText(parts.probabilityPpm), 'model and chain agree, checked here'),
    line(
      'Signed by',
      `${signerCount(quote.bitmap)} of ${reporters}`,
      `reporters, checked here; valid for ${spanText(Math.max(0, quote.expiresAt - now))}`,
    ),
    '',
    'Why this chance, in percentage points:',
    contributionBars(quote),
  ].join('\n');
}
