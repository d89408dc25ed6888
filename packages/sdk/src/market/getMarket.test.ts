import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { encodeMarketBody, LichenError, type MarketBody, marketStatementDigest } from '@lichen/protocol';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fieldsOf } from '../network/readFields.ts';
import { getMarket } from './getMarket.ts';
import { clientAt, market, source } from './market.fixture.ts';
import { marketAt } from './marketConfig.ts';

const body: MarketBody = {
  v: 1,
  market: 'SPX',
  day: '2008-09-15',
  phase: 'open',
  index: 2187,
  open: '1250920044',
  bars: [['2008-09-12', '1245880005', '1255089966', '1233810059', '1251699951']],
};
const bytes = encodeMarketBody(body);
const domain = { chainId: 31_338, pair: market.pair };
const signature = await source.sign({ hash: marketStatementDigest(domain, bytes) });
const other = privateKeyToAccount(`0x${'22'.repeat(32)}`);
const forged = await other.sign({ hash: marketStatementDigest(domain, bytes) });

interface Answer {
  readonly status?: number;
  readonly headers: Record<string, string>;
  readonly bytes: Uint8Array;
}
const honest: Answer = {
  headers: { 'lichen-signer': source.address, 'lichen-signature': signature },
  bytes,
};
let answer: Answer = honest;
let server: Server;
let url: string;
const asked: string[] = [];

beforeAll(async () => {
  server = createServer((incoming, response) => {
    asked.push(incoming.url!);
    response.writeHead(answer.status ?? 200, answer.headers).end(answer.bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());
beforeEach(() => {
  answer = honest;
  asked.length = 0;
});

describe('getMarket', () => {
  test('gives the body with what proves it to others', async () => {
    const statement = await getMarket(clientAt(url, market), { bars: 1 });
    expect(statement).toEqual({
      body,
      bytes,
      signer: source.address,
      signature,
      uri: `${url}/v1/market/now?bars=1`,
    });
    await getMarket(clientAt('http://127.0.0.1:9', market), { marketUrl: url });
    expect(asked).toEqual(['/v1/market/now?bars=1', '/v1/market/now?bars=250']);
  });

  test.each([
    ['no signature', { ...honest, headers: {} }],
    [
      'the signature of another, called the source’s',
      { ...honest, headers: { ...honest.headers, 'lichen-signature': forged } },
    ],
    [
      'another’s, who says so',
      { ...honest, headers: { 'lichen-signer': other.address, 'lichen-signature': forged } },
    ],
    ['changed bytes', { ...honest, bytes: encodeMarketBody({ ...body, index: 2188 }) }],
    ['bytes that are no body', { ...honest, bytes: new TextEncoder().encode('{}') }],
    ['a flood', { ...honest, bytes: new Uint8Array(300_000) }],
  ])('refuses %s', async (_, changed) => {
    answer = changed as Answer;
    await expect(getMarket(clientAt(url, market))).rejects.toMatchObject({ code: 'bad-input' });
  });

  test('refuses a statement of another network’s market', async () => {
    const elsewhere = { ...market, pair: market.router };
    await expect(getMarket(clientAt(url, elsewhere))).rejects.toMatchObject({ code: 'bad-input' });
  });

  test('tells the market’s own refusal, silence, and a network without a market apart', async () => {
    const closed = new LichenError('source-unavailable', 'The market has not opened yet.', {
      retry: 'later',
    });
    answer = { status: 503, headers: {}, bytes: new TextEncoder().encode(JSON.stringify(closed)) };
    await expect(getMarket(clientAt(url, market))).rejects.toMatchObject({
      code: 'source-unavailable',
      message: expect.stringContaining('has not opened yet'),
    });
    answer = { status: 502, headers: {}, bytes: new TextEncoder().encode('<html>') };
    await expect(getMarket(clientAt(url, market))).rejects.toMatchObject({ code: 'source-unavailable' });
    await expect(getMarket(clientAt('http://127.0.0.1:9', market))).rejects.toMatchObject({
      code: 'not-running',
    });
    await expect(getMarket(clientAt(url, undefined))).rejects.toMatchObject({ code: 'not-found' });
    for (const bars of [-1, 501, 1.5, Number.NaN]) {
      await expect(getMarket(clientAt(url, market), { bars })).rejects.toMatchObject({ code: 'bad-input' });
    }
  });
});

describe('a market in the configuration', () => {
  test('is read field by field, and keeps to the gateway', () => {
    const read = (changed: object) => marketAt(fieldsOf('The market', { ...market, ...changed }));
    expect(read({ unknown: 1 })).toEqual(market);
    for (const path of ['//elsewhere', 'http://elsewhere', '/v1/../x', '/v1/market?x', '']) {
      expect(() => read({ path }), path).toThrow(expect.objectContaining({ code: 'bad-input' }));
    }
    for (const field of Object.keys(market)) {
      expect(() => read({ [field]: null }), field).toThrow(expect.objectContaining({ code: 'bad-input' }));
    }
  });
});
