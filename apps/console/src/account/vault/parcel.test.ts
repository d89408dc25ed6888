import {
  createRecoveryCode,
  createVaultKey,
  joinVaultKey,
  openVaultShare,
  splitVaultKey,
  unwrapVaultKeyWithCode,
  vaultBoxOf,
  wrapVaultKeyWithCode,
} from '@lichen/sdk';
import { expect, it } from 'vitest';
import { openParcel, packParcel } from './parcel.ts';

const account = `0x${'ab'.repeat(20)}` as const;

it('a sealed key travels as text and opens with its code', async () => {
  const vaultKey = createVaultKey();
  const code = await createRecoveryCode();
  const text = packParcel('lichen-sealed-key', await wrapVaultKeyWithCode({ vaultKey, account, code }));
  const opened = await unwrapVaultKeyWithCode(openParcel('lichen-sealed-key', ` ${text}\n`), {
    account,
    code,
  });
  expect(opened).toEqual(vaultKey);
});

it('shares travel to guardians and back', async () => {
  const vaultKey = createVaultKey();
  const guardians = [createVaultKey(), createVaultKey(), createVaultKey()];
  const sealed = await splitVaultKey({
    vaultKey,
    account,
    threshold: 2,
    guardians: await Promise.all(
      guardians.map(async (key, index) => ({
        account: `0x${`${index + 1}`.repeat(40)}` as const,
        box: await vaultBoxOf(key),
      })),
    ),
  });
  const opened = await Promise.all(
    sealed.slice(1).map(async (share, index) => {
      const travelled = openParcel('lichen-sealed-share', packParcel('lichen-sealed-share', share));
      const mine = await openVaultShare(travelled, { vaultKey: guardians[index + 1]! });
      return openParcel('lichen-open-share', packParcel('lichen-open-share', mine));
    }),
  );
  expect(await joinVaultKey(opened)).toEqual(vaultKey);
});

it('refuses other lines', () => {
  for (const text of [
    '',
    'lichen-sealed-key.',
    'lichen-sealed-key.e30',
    'lichen-open-share.eyJ2ZXJzaW9uIjoxfQ',
    'x',
  ]) {
    expect(() => openParcel('lichen-sealed-key', text), text).toThrow('That is not a sealed vault key.');
  }
});
