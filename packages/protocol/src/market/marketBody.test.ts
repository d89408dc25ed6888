import { privateKeyToAccount } from 'viem/accounts';
import { describe, expect, test } from 'vitest';
import { decodeMarketBody, encodeMarketBody, type MarketBody } from './marketBody.ts';
import { marketStatementDigest, verifyMarketStatement } from './marketStatement.ts';

const body: MarketBody = {
  v: 1,
  market: 'SPX',
  day: '2008-09-15',
  phase: 'open',
  index: 2187,
  open: '1250920044',
  bars: [
    ['2008-09-11', '1229040039', '1249979980', '1211540039', '1249050049'],
    ['2008-09-12', '1245880005', '1255089966', '1233810059', '1251699951'],
  ],
};
const utf8 = new TextEncoder();
const text = new TextDecoder().decode(encodeMarketBody(body));
const source = privateKeyToAccount(`0x${'11'.repeat(32)}`);
const other = privateKeyToAccount(`0x${'22'.repeat(32)}`);
const domain = { chainId: 31_338, pair: '0x00000000000000000000000000000000000000aa' } as const;

describe('the body', () => {
  test('is what its bytes say, in one spelling', () => {
    expect(decodeMarketBody(utf8.encode(text))).toEqual(body);
    expect(text).toMatchInlineSnapshot(
      `"{"v":1,"market":"SPX","day":"2008-09-15","phase":"open","index":2187,"open":"1250920044","bars":[["2008-09-11","1229040039","1249979980","1211540039","1249050049"],["2008-09-12","1245880005","1255089966","1233810059","1251699951"]]}"`,
    );
    const shuffled = { bars: body.bars, open: body.open, v: body.v, phase: body.phase, day: body.day };
    expect(
      new TextDecoder().decode(
        encodeMarketBody({ ...shuffled, index: body.index, market: body.market } as MarketBody),
      ),
    ).toBe(text);
  });

  test.each([
    ['no JSON', text.slice(1)],
    ['nothing', ''],
    ['spaces', text.replace(',', ', ')],
    ['a line end', `${text}\n`],
    ['another order', text.replace('"v":1,"market":"SPX"', '"market":"SPX","v":1')],
    ['a doubled key', text.replace('"v":1', '"v":1,"v":1')],
    ['an escaped letter', text.replace('SPX', '\\u0053PX')],
    ['an unknown field', text.replace('"v":1', '"v":1,"close":"5"')],
    ['another version', text.replace('"v":1', '"v":2')],
    ['a third phase', text.replace('"open","index"', '"night","index"')],
    ['a price that is a number', text.replace('"1250920044"', '1250920044')],
    ['a price with a zero in front', text.replace('"1250920044"', '"01250920044"')],
    ['a price of nothing', text.replace('"1250920044"', '"0"')],
    ['a price below nought', text.replace('"1250920044"', '"-5"')],
    ['a fractional number of the day', text.replace('2187', '2187.5')],
    ['the number of the day spelt otherwise', text.replace('2187', '2.187e3')],
    ['no such date', text.replace('2008-09-15', '2008-13-15')],
    ['bars in the wrong order', text.replace('2008-09-11', '2008-09-13')],
    ['the same bar twice', text.replace('2008-09-11', '2008-09-12')],
    ['a bar of today, while it is open', text.replace('2008-09-12', '2008-09-15')],
    ['a bar of tomorrow', text.replace('2008-09-12', '2008-09-16')],
    ['a close above the high', text.replace('1251699951', '1255089967')],
    ['an open below the low', text.replace('1245880005', '1233810058')],
    ['a bar of four', text.replace(',"1251699951"', '')],
  ])('with %s is refused', (_, changed) => {
    expect(changed).not.toBe(text);
    expect(() => decodeMarketBody(utf8.encode(changed))).toThrow(
      expect.objectContaining({ code: 'bad-input' }),
    );
  });

  test('with bytes that are no UTF-8, a mark in front, or more bars than 500 is refused', () => {
    expect(() => decodeMarketBody(new Uint8Array([0xff, 0xfe]))).toThrow('not what a market says');
    expect(() => decodeMarketBody(utf8.encode(`\ufeff${text}`))).toThrow('not what a market says');
    const bars = Array.from({ length: 501 }, (_, at) => {
      const date = new Date(at * 86_400_000).toISOString().slice(0, 10);
      return [date, '5', '5', '5', '5'] as const;
    });
    expect(() => encodeMarketBody({ ...body, bars })).toThrow('not what a market says');
    expect(decodeMarketBody(encodeMarketBody({ ...body, bars: bars.slice(1) })).bars.length).toBe(500);
  });

  test('at the close has the day as its last bar, with the open that was told', () => {
    const today = ['2008-09-15', '1250920044', '1250920044', '1192699951', '1192699951'] as const;
    const closed: MarketBody = { ...body, phase: 'close', bars: [...body.bars, today] };
    expect(decodeMarketBody(encodeMarketBody(closed))).toEqual(closed);
    expect(encodeMarketBody({ ...body, phase: 'close', bars: [] }).length).toBeGreaterThan(0);
    expect(() => encodeMarketBody({ ...closed, bars: body.bars })).toThrow('not what a market says');
    expect(() => encodeMarketBody({ ...closed, open: '1250920045' })).toThrow('not what a market says');
  });
});

describe('the statement', () => {
  const bytes = encodeMarketBody(body);
  const sign = (account = source, digest = marketStatementDigest(domain, bytes)) =>
    account.sign({ hash: digest });

  test('is the source’s typed data', async () => {
    const digest = marketStatementDigest(domain, bytes);
    expect(digest).toMatchInlineSnapshot(
      `"0x5832eae613a4654b5589ad6fbdbdc40cc2c1195a944fdf4af256966e7802e915"`,
    );
    expect(await verifyMarketStatement(domain, source.address, bytes, await sign())).toEqual(body);
  });

  test('of somebody else, of other bytes, another pair, another chain or a broken signature is refused', async () => {
    const good = await sign();
    const changed = encodeMarketBody({ ...body, index: body.index + 1 });
    const refused = [
      verifyMarketStatement(domain, source.address, bytes, await sign(other)),
      verifyMarketStatement(domain, source.address, changed, good),
      verifyMarketStatement({ ...domain, chainId: 1 }, source.address, bytes, good),
      verifyMarketStatement({ ...domain, pair: source.address }, source.address, bytes, good),
      verifyMarketStatement(domain, source.address, bytes, '0x'),
      verifyMarketStatement(domain, source.address, bytes, `0x${'00'.repeat(65)}`),
      verifyMarketStatement(domain, source.address, bytes, `0x${'ff'.repeat(65)}`),
      verifyMarketStatement(domain, source.address, bytes, `${good}00`),
      verifyMarketStatement(domain, source.address, bytes, 'nonsense' as `0x${string}`),
      verifyMarketStatement(domain, source.address, utf8.encode('{}'), good),
    ];
    for (const promise of refused) await expect(promise).rejects.toMatchObject({ code: 'bad-input' });
  });
});
