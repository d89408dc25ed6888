import { fc, test } from '@fast-check/vitest';
import { bytesToHex, type Hex } from 'viem';
import { describe, expect } from 'vitest';
import { createVaultKey } from './vaultKey.ts';
import { unwrapVaultKey, type WrappedVaultKey, wrapVaultKey } from './vaultWrap.ts';

const secret = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .filter((bytes) => bytes.some((byte) => byte > 0));
const address = fc.uint8Array({ minLength: 20, maxLength: 20 }).map((bytes) => bytesToHex(bytes));
const name = fc.uint8Array({ minLength: 1, maxLength: 64 }).map((bytes) => bytesToHex(bytes));
const refused = { name: 'LichenError', code: 'bad-input' };

function flipped(hex: Hex, at: number): Hex {
  const digit = 2 + (at % (hex.length - 2));
  return `${hex.slice(0, digit)}${(Number.parseInt(hex[digit]!, 16) ^ 1).toString(16)}${hex.slice(digit + 1)}` as Hex;
}

describe('a vault key wrapped for a device', () => {
  test.prop([secret, secret, address, name])(
    'opens with that device',
    async (vaultKey, prfOutput, account, device) => {
      const wrapped = await wrapVaultKey({ vaultKey, account, device, prfOutput });
      // It survives the way through a file or a server.
      const kept = JSON.parse(JSON.stringify(wrapped)) as WrappedVaultKey;
      expect(await unwrapVaultKey(kept, { account, device, prfOutput })).toEqual(Uint8Array.from(vaultKey));
    },
  );

  test.prop([secret, secret, secret, address, address, name, name])(
    'does not open with another device, account or name',
    async (vaultKey, one, two, account, other, device, otherDevice) => {
      fc.pre(bytesToHex(one) !== bytesToHex(two) && account !== other && device !== otherDevice);
      const wrapped = await wrapVaultKey({ vaultKey, account, device, prfOutput: one });
      for (const wrong of [
        { account, device, prfOutput: two },
        { account: other, device, prfOutput: one },
        { account, device: otherDevice, prfOutput: one },
      ]) {
        await expect(unwrapVaultKey(wrapped, wrong)).rejects.toMatchObject(refused);
      }
    },
  );

  test.prop([secret, secret, address, name, fc.nat(200)])(
    'is refused when a bit of it was flipped',
    async (vaultKey, prfOutput, account, device, at) => {
      const wrapped = await wrapVaultKey({ vaultKey, account, device, prfOutput });
      for (const part of ['nonce', 'ciphertext'] as const) {
        const altered = { ...wrapped, [part]: flipped(wrapped[part], at) };
        await expect(unwrapVaultKey(altered, { account, device, prfOutput })).rejects.toMatchObject(refused);
      }
    },
  );

  test('never shows the key, and looks different each time', async () => {
    const vaultKey = createVaultKey();
    const parameters = {
      vaultKey,
      account: '0x00000000000000000000000000000000000000a1',
      device: '0x01',
      prfOutput: new Uint8Array(32).fill(7),
    } as const;
    const [one, two] = [await wrapVaultKey(parameters), await wrapVaultKey(parameters)];
    expect(one.ciphertext).not.toBe(two.ciphertext);
    expect(JSON.stringify(one)).not.toContain(bytesToHex(vaultKey).slice(2));
  });

  test('zeros and short answers of an authenticator are refused as a secret', async () => {
    const parameters = {
      vaultKey: createVaultKey(),
      account: '0x00000000000000000000000000000000000000a1',
      device: '0x01',
    } as const;
    for (const prfOutput of [new Uint8Array(32), new Uint8Array(0), new Uint8Array(16).fill(1)]) {
      await expect(wrapVaultKey({ ...parameters, prfOutput })).rejects.toMatchObject(refused);
    }
  });
});
