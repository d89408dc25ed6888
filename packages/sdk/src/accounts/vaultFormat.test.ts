import { createECDH, createHash, createHmac, hkdfSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { vaultBoxOf } from './vaultBox.ts';
import { vaultKeyCheck } from './vaultKey.ts';
import { unwrapVaultKeyWithCode } from './vaultRecoveryCode.ts';
import { unwrapVaultKey } from './vaultWrap.ts';

// What people have kept somewhere must open for ever: these bytes were written by version 1 and never change.
const vaultKey = new Uint8Array(32).map((_, index) => index);
const account = '0x00000000000000000000000000000000000000a1';

test('a wrapping of version 1 opens', async () => {
  const wrapped = {
    version: 1,
    kind: 'device',
    account,
    device: '0xc0ffee',
    nonce: '0x0ae1e60c586776e1c842f4ef',
    ciphertext:
      '0x33a6e20153d9b8b24f85c6c72c206156ba8e399095fe85aad3dbdc9938cb5d68eb4ebf83c0e9b7649e1443a6d12a7366',
  } as const;
  const secret = { account, device: '0xc0ffee', prfOutput: new Uint8Array(32).fill(7) } as const;
  expect(await unwrapVaultKey(wrapped, secret)).toEqual(vaultKey);
});

test('a wrapping by code of version 1 opens', async () => {
  const wrapped = {
    version: 1,
    kind: 'code',
    account,
    salt: '0xfef4141dce076347ad0d23b02d5d1e02',
    iterations: 600_000,
    nonce: '0x1c5177d4c4c1ee8928e65019',
    ciphertext:
      '0x754666f74cefd55b930d4d74b5d4e64d28e7d658a36c580111072aaf388d4e30416e50dda84463eceba9be5e7ebcda48',
  } as const;
  const code = 'ARTYQ-Q0YK2-HCMQK-YDEF3-JN078-Q8TZ8';
  expect(await unwrapVaultKeyWithCode(wrapped, { account, code })).toEqual(vaultKey);
});

test('the check and the box follow from the key by the published steps alone', async () => {
  const check = createHash('sha256').update('lichen vault v1 check').update(vaultKey).digest('hex');
  expect(await vaultKeyCheck(vaultKey)).toBe(`0x${check}`);
  const box = await vaultBoxOf(vaultKey);
  expect(box).toBe(
    '0x04e6cb3f39d6b6660a3f9abddaab49fa6cdfaf4460a8c8a70d00ea58a408d92d4696929b9a5f41ad8ab57e9e8154618e873a6aa044cef9991cd8b138b6d5eb3fc1',
  );
  // DeriveKeyPair of DHKEM(P-256, HKDF-SHA256) by Node's own primitives (RFC 9180, section 7.1.3).
  const seed = new Uint8Array(hkdfSync('sha256', vaultKey, '', 'lichen vault v1 box', 32));
  const suite = Buffer.concat([Buffer.from('KEM'), Buffer.from([0, 0x10])]);
  const labeled = (label: string, value: Uint8Array) =>
    Buffer.concat([Buffer.from('HPKE-v1'), suite, Buffer.from(label), value]);
  const extracted = createHmac('sha256', Buffer.alloc(32)).update(labeled('dkp_prk', seed)).digest();
  const expanded = createHmac('sha256', extracted)
    .update(Buffer.concat([Buffer.from([0, 32]), labeled('candidate', Uint8Array.of(0)), Buffer.from([1])]))
    .digest();
  const pair = createECDH('prime256v1');
  pair.setPrivateKey(expanded);
  expect(`0x${pair.getPublicKey('hex')}`).toBe(box);
});
