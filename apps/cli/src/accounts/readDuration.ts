import { LichenError } from '@lichen/protocol';

const seconds: Readonly<Record<string, number>> = { s: 1, min: 60, m: 60, h: 3_600, d: 86_400, w: 604_800 };

/**
 * A span such as `90s`, `15min`, `12h`, `7d` or `2w` in seconds.
 * @throws LichenError `bad-input` for anything else, and for none or more than ten years.
 */
export function readDuration(name: string, text: string): number {
  const match = /^(\d{1,9})(s|min|m|h|d|w)$/.exec(text.trim());
  const value = match === null ? 0 : Number(match[1]) * seconds[match[2]!]!;
  if (value > 0 && value <= 315_360_000) return value;
  throw new LichenError('bad-input', `${name} is not usable.`, {
    got: JSON.stringify(text.slice(0, 40)),
    expected: 'a number and a unit: 90s, 15min, 12h, 7d, 2w',
    retry: 'after-fix',
  });
}

/** Seconds in the largest unit up to days that divides them: `7 d`, `90 s`. */
export function durationText(value: number): string {
  const unit =
    (['d', 'h', 'min', 's'] as const).find((name) => value % seconds[name]! === 0 && value > 0) ?? 's';
  return `${value / seconds[unit]!} ${unit}`;
}

/** Chain time as people read it: `2026-12-01 09:30:00 UTC`. */
export function momentText(at: number): string {
  return `${new Date(at * 1_000).toISOString().replace('T', ' ').slice(0, 19)} UTC`;
}
