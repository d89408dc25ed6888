import { expect, it } from 'vitest';
import { readableJson } from './readableJson.ts';

it('breaks a long text into lines and leaves short parts on one', () => {
  const body = JSON.stringify({
    v: 1,
    market: 'SPX',
    bars: [
      ['2008-09-12', '1245880000', '1255090000', '1233810000', '1251700000'],
      ['2008-09-11', '1229040000', '1249980000', '1211540000', '1249050000'],
    ],
  });
  expect(readableJson(body)).toBe(`{
  "v": 1,
  "market": "SPX",
  "bars": [
    ["2008-09-12", "1245880000", "1255090000", "1233810000", "1251700000"],
    ["2008-09-11", "1229040000", "1249980000", "1211540000", "1249050000"]
  ]
}`);
  expect(readableJson('[]')).toBe('[]');
});

it('hides nothing that a parser would: doubled keys, long numbers, escapes, brackets in strings', () => {
  const body = '{"price":1,"price":99999999999999999999.10,"a":"\\u003cscript>]}{[,:\\"","b":[{}, []]}';
  const shown = readableJson(body)!;
  expect(shown.replace(/\s/g, '')).toBe(body.replace(/\s/g, ''));
  expect(JSON.parse(shown)).toEqual(JSON.parse(body));
});

it('is undefined for what is no object or list', () => {
  for (const text of ['', 'hold', '"text"', '12', 'null', '{"a":1', '{"a":1}}']) {
    expect(readableJson(text), text).toBeUndefined();
  }
});

it('reads a text of 100,000 brackets', () => {
  const depth = 50_000;
  const body = `${'['.repeat(depth)}${']'.repeat(depth)}`;
  const shown = readableJson(body)!;
  expect(shown.length).toBeLessThan(10_000_000);
  expect(shown.replace(/\s/g, '') === body).toBe(true);
  const wide = `[${'[1],'.repeat(25_000)}2]`;
  expect(readableJson(wide)!.split('\n')).toHaveLength(25_003);
});
