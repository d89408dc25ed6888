import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { newYorkTimeOf } from './newYorkTime.ts';

const clock = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/New_York',
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  weekday: 'short',
});

function byTimeZoneTables(moment: number) {
  const parts = Object.fromEntries(
    clock.formatToParts(moment * 1000).map(({ type, value }) => [type, value]),
  );
  const { year, month, day } = {
    year: Number(parts.year),
    month: Number(parts.month),
    day: Number(parts.day),
  };
  return {
    year,
    month,
    day,
    dayOfYear: Math.round((Date.UTC(year, month - 1, day) - Date.UTC(year, 0, 1)) / 86_400_000),
    weekday: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].indexOf(parts.weekday!),
    minute: Number(parts.hour) * 60 + Number(parts.minute),
  };
}

describe('newYorkTimeOf', () => {
  property.prop([fc.integer({ min: 1_175_000_000, max: 2_500_000_000 })])(
    'agrees with time zone tables',
    (moment) => {
      expect(newYorkTimeOf(moment)).toEqual(byTimeZoneTables(moment));
    },
  );

  test('clocks of 2013 change at 2:00 on 10 March and 3 November', () => {
    expect(newYorkTimeOf(Date.UTC(2013, 2, 10, 6, 59) / 1000).minute).toBe(119);
    expect(newYorkTimeOf(Date.UTC(2013, 2, 10, 7, 0) / 1000).minute).toBe(180);
    expect(newYorkTimeOf(Date.UTC(2013, 10, 3, 5, 59) / 1000).minute).toBe(119);
    expect(newYorkTimeOf(Date.UTC(2013, 10, 3, 6, 0) / 1000).minute).toBe(60);
  });
});
