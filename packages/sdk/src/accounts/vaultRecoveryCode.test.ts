import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { createVaultKey } from './vaultKey.ts';
import {
  createRecoveryCode,
  parseRecoveryCode,
  unwrapVaultKeyWithCode,
  wrapVaultKeyWithCode,
} from './vaultRecoveryCode.ts';

const account = '0x00000000000000000000000000000000000000a1' as const;
const refused = { name: 'LichenError', code: 'bad-input' };

describe('a recovery code', () => {
  test('has six groups of five and is read as people write it', async () => {
    const code = await createRecoveryCode();
    expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{5}-){5}[0-9A-HJKMNP-TV-Z]{5}$/);
    const secret = await parseRecoveryCode(code);
    expect(secret).toHaveLength(16);
    const written = code.toLowerCase().replaceAll('-', ' ').replaceAll('1', 'l').replaceAll('0', 'O');
    expect(await parseRecoveryCode(written)).toEqual(secret);
  });

  test.prop([fc.nat(29), fc.integer({ min: 1, max: 31 })])(
    'notices any one mistyped letter',
    async (at, by) => {
      const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
      const code = (await createRecoveryCode()).replaceAll('-', '');
      const wrong = alphabet[(alphabet.indexOf(code[at]!) + by) % 32]!;
      const error = await parseRecoveryCode(code.slice(0, at) + wrong + code.slice(at + 1)).catch(
        (reason) => reason,
      );
      expect(error).toMatchObject(refused);
      // A code in a log would open the vault.
      expect(error.message).not.toContain(code.slice(0, 5));
    },
  );

  test.prop([fc.nat(28)])('notices two neighbours that changed places', async (at) => {
    const code = (await createRecoveryCode()).replaceAll('-', '');
    fc.pre(code[at] !== code[at + 1]);
    const swapped = code.slice(0, at) + code[at + 1] + code[at] + code.slice(at + 2);
    await expect(parseRecoveryCode(swapped)).rejects.toMatchObject(refused);
  });

  test('wraps a vault key that only this code and this account open', async () => {
    const vaultKey = createVaultKey();
    const code = await createRecoveryCode();
    const wrapped = await wrapVaultKeyWithCode({ vaultKey, account, code });
    expect(await unwrapVaultKeyWithCode(wrapped, { account, code: code.toLowerCase() })).toEqual(vaultKey);
    const other = '0x00000000000000000000000000000000000000a2' as const;
    for (const secret of [{ account, code: await createRecoveryCode() }, { account: other, code } as const]) {
      await expect(unwrapVaultKeyWithCode(wrapped, secret)).rejects.toMatchObject(refused);
    }
  });

  test('whoever keeps the wrapping can neither weaken nor stall its opening', async () => {
    const code = await createRecoveryCode();
    const wrapped = await wrapVaultKeyWithCode({ vaultKey: createVaultKey(), account, code });
    for (const iterations of [1, 2 ** 31, Number.NaN]) {
      await expect(
        unwrapVaultKeyWithCode({ ...wrapped, iterations }, { account, code }),
      ).rejects.toMatchObject(refused);
    }
  });
});
