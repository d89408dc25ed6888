import type { DecisionCheck } from '@lichen/protocol';
import { formatMoney } from '../format/money.ts';
import { plainText } from './plainText.ts';

/** A check for the screen: texts with their unit, and a bar where both what was found and the limit are numbers. */
export interface CheckMeasure {
  readonly name: string;
  readonly got: string;
  readonly limit: string;
  /** Shares of the bar's length, 0 to 1; undefined where there is nothing to compare by eye. */
  readonly bar: { readonly got: number; readonly limit: number } | undefined;
}

const integer = /^-?\d{1,40}$/;

/** `12.34 %` of an integer that counts `parts` to the whole; exact, whatever its length. */
function percentOf(value: bigint, parts: 10_000n | 1_000_000n): string {
  const size = value < 0n ? -value : value;
  const hundredths = parts === 10_000n ? size : (size + 50n) / 100n;
  const sign = value < 0n && hundredths > 0n ? '−' : '';
  return `${sign}${hundredths / 100n}.${(hundredths % 100n).toString().padStart(2, '0')} %`;
}

/** Unit that a rule names in parentheses at its end, and how its numbers read. */
const units: readonly (readonly [RegExp, (value: bigint) => string])[] = [
  [/^bps\b/, (value) => percentOf(value, 10_000n)],
  [/^ppm\b/, (value) => percentOf(value, 1_000_000n)],
  [/^ms\b/, (value) => `${value.toLocaleString('en')} ms`],
  [/^base units of pUSD\b/, formatMoney],
];

/**
 * Puts a check into words. A rule that ends in a unit, as in `drawdown (bps)`, has its numbers shown in it: basis points and
 * parts per million as percent. Everything else is shown as recorded.
 */
export function checkMeasure({ rule, got, limit }: DecisionCheck): CheckMeasure {
  const name = plainText(rule);
  const unit = /\(([^()]{1,40})\)$/.exec(name)?.[1];
  const read = unit === undefined ? undefined : units.find(([pattern]) => pattern.test(unit))?.[1];
  const limitNumber = /-?\d{1,40}/.exec(limit)?.[0];
  // Without a unit, `after 11` may be an ordinal: a bar would say nothing.
  const isMeasured = unit !== undefined || integer.test(limit);
  const bar =
    isMeasured && integer.test(got) && limitNumber !== undefined
      ? barOf(BigInt(got), BigInt(limitNumber))
      : undefined;
  const plainLimit = plainText(limit);
  // Only a rule whose unit is known has its numbers written anew.
  if (read === undefined || !integer.test(got)) {
    return { name, got: plainText(got), limit: plainLimit, bar };
  }
  return {
    name: name.replace(/\s*\((bps|ppm|ms|base units)( of [^()]*)?\)$/, unitRest),
    got: read(BigInt(got)),
    limit:
      limitNumber === undefined
        ? plainLimit
        : plainLimit.replace(limitNumber, () => read(BigInt(limitNumber))),
    bar,
  };
}

/** Of `(bps of worth)` stays `of worth`; of `(bps)` and `(base units of pUSD)` nothing, since the numbers say it. */
function unitRest(_all: string, unit: string, of = ''): string {
  return unit === 'base units' ? '' : of.replace(/^ of /, ', of ');
}

function barOf(got: bigint, limit: bigint): CheckMeasure['bar'] {
  // What is below zero is nothing on a bar that starts at zero.
  const size = (value: bigint) => (value < 0n ? 0n : value);
  const most = size(got) > size(limit) ? size(got) : size(limit);
  // Above or below nought: the number itself says it, and a line at the very beginning says nothing.
  if (size(limit) === 0n) return undefined;
  // A tenth of room behind the larger of the two, so that the mark of the limit is never at the very end.
  const share = (value: bigint) => Number((size(value) * 9_000n) / most) / 10_000;
  return { got: share(got), limit: share(limit) };
}
