import { fc, test as propertyTest } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { createPace, pauseAsked } from './pace.ts';

const now = Date.UTC(2027, 0, 15, 9) / 1000;
const headers = (fields: Record<string, string>) => new Headers(fields);

test.each<[string, Record<string, string>, number]>([
  ['seconds', { 'retry-after': '120' }, 120],
  ['a date', { 'retry-after': 'Fri, 15 Jan 2027 09:05:00 GMT' }, 300],
  ['OpenSky’s own header', { 'x-rate-limit-retry-after-seconds': '3000' }, 3_000],
  ['nothing', {}, 60],
  ['nonsense', { 'retry-after': 'soon' }, 60],
  ['a date that is over', { 'retry-after': 'Fri, 15 Jan 2027 08:00:00 GMT' }, 1],
  ['a year', { 'retry-after': '31536000' }, 86_400],
  ['zero', { 'retry-after': '0' }, 1],
])('a provider that asks for a pause by %s gets it', (_, fields, seconds) => {
  expect(pauseAsked(headers(fields), now)).toBe(seconds);
});

propertyTest.prop([fc.string({ maxLength: 40 }).filter((text) => /^[\t -~]*$/.test(text))])(
  'whatever stands in the header, the pause lies between a second and a day',
  (text) => {
    const pause = pauseAsked(headers({ 'retry-after': text }), now);
    expect(pause).toBeGreaterThanOrEqual(1);
    expect(pause).toBeLessThanOrEqual(86_400);
  },
);

test('no request leaves before the pause is over', () => {
  let at = now;
  const pace = createPace({ name: 'AeroAPI', requestsPerHour: 100, clock: () => at });
  pace.take();
  pace.heard(200, headers({ 'retry-after': '500' }));
  pace.take();
  pace.heard(429, headers({ 'retry-after': '30' }));
  expect(() => pace.take()).toThrowError(
    expect.objectContaining({ code: 'source-unavailable', expected: 'another request in 30 s' }),
  );
  at += 29;
  // A shorter pause asked for later does not shorten the first.
  pace.heard(503, headers({ 'retry-after': '1' }));
  expect(() => pace.take()).toThrow();
  at += 1;
  pace.take();
});

test('the requests of an hour are counted in any hour, not from its start', () => {
  let at = now;
  const pace = createPace({ name: 'AeroAPI', requestsPerHour: 3, clock: () => at });
  for (const step of [0, 1_000, 1_000]) {
    at += step;
    pace.take();
  }
  expect(() => pace.take()).toThrowError(expect.objectContaining({ expected: 'at most 3' }));
  at = now + 3_601;
  pace.take();
  expect(() => pace.take()).toThrow();
});
