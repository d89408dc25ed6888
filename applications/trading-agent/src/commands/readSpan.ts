import type { MarketBar } from '@lichen/protocol';
import { LichenError } from '@lichen/protocol';
import { periods } from '../model/periods.ts';
import { limits } from '../rules/rules.js';
import { type Flags, wholeOf } from './readFlags.ts';

/** Days of the record, by position, `to` not included. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

const defaultFrom = periods.heldOut.from;

/**
 * The days that the flags `--from`, `--to` and `--days` name; from the first day that the model never saw where there is no
 * `--from`. A day that was no trading day stands for the next one.
 * @throws LichenError `bad-input`
 */
export function readSpan(record: readonly MarketBar[], { text }: Flags): Span {
  const at = (flag: string, day: string): number => {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || Number.isNaN(Date.parse(day))) {
      throw new LichenError('bad-input', `The value of ${flag} is no day.`, {
        got: day.slice(0, 40),
        expected: 'a day like 2008-09-15',
        retry: 'after-fix',
      });
    }
    const index = record.findIndex(([recorded]) => recorded >= day);
    return index < 0 ? record.length : index;
  };
  const from = Math.max(limits.bars, at('--from', text.from ?? defaultFrom));
  const last =
    text.to === undefined
      ? record.length
      : at('--to', text.to) + (record.some(([day]) => day === text.to) ? 1 : 0);
  const days = wholeOf('--days', text.days, 1, record.length);
  const to = Math.min(record.length, last, days === undefined ? record.length : from + days);
  if (from < to) return { from, to };
  throw new LichenError('bad-input', 'There is no recorded day to decide in that span.', {
    got: `${text.from ?? defaultFrom} to ${text.to ?? 'the end'}`,
    expected: `days from ${record[limits.bars]?.[0]} to ${record.at(-1)?.[0]}`,
    retry: 'after-fix',
  });
}

/** What has to be said of a span that the model has learned from; empty when it has not. */
export function spanWarning(record: readonly MarketBar[], { from }: Span): string {
  return record[from]![0] < periods.heldOut.from
    ? `These days include some that the model was trained on (up to ${periods.validation.to}): the figures flatter it.`
    : '';
}
