import { encodeMarketBody, marketStatementDigest } from '@lichen/protocol';
import { type Address, zeroHash } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { expect, test } from 'vitest';
import { signatureCheckOf } from './signatureCheckOf.ts';

const source = privateKeyToAccount(generatePrivateKey());
const liar = privateKeyToAccount(generatePrivateKey());
const pair: Address = `0x${'22'.repeat(20)}`;
const bytes = encodeMarketBody({
  v: 1,
  market: 'SPX',
  day: '2008-09-15',
  phase: 'open',
  index: 3,
  open: '1192700000',
  bars: [['2008-09-12', '1245880000', '1255090000', '1233810000', '1251700000']],
});

async function inputBy(who: typeof source, signer: Address = who.address, chainId = 7) {
  const signature = await who.sign({ hash: marketStatementDigest({ chainId, pair }, bytes) });
  return {
    at: 1,
    isPrivate: false,
    mediaType: 'application/json',
    name: 'market',
    provenance: { by: 'signature' as const, signature, signer },
    sha256: zeroHash.slice(2),
    uri: 'test',
  };
}

test('a statement of the market is its source’s, or not', async () => {
  const check = signatureCheckOf(7, { source: source.address, pair });
  const good = await inputBy(source);
  expect(await check(good, bytes)).toBe(true);
  const flipped = Uint8Array.from(bytes);
  flipped[flipped.length - 4]! ^= 1;
  expect(await check(good, flipped)).toBe(false);
  expect(await check(await inputBy(liar), bytes)).toBe(false);
  expect(await check(await inputBy(liar, source.address), bytes)).toBe(false);
  expect(await check(await inputBy(source, source.address, 8), bytes)).toBe(false);
  const none = { ...good, provenance: { ...good.provenance, signature: 'none' } };
  expect(await check(none, bytes)).toBe(false);
});

test('what is not known here is not judged', async () => {
  const good = await inputBy(source);
  expect(await signatureCheckOf(7, undefined)(good, bytes)).toBeUndefined();
  const check = signatureCheckOf(7, { source: source.address, pair });
  expect(await check({ ...good, name: 'weather' }, bytes)).toBeUndefined();
});
