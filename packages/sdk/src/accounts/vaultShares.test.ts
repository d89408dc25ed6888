import { fc, test } from '@fast-check/vitest';
import { type Address, bytesToHex, type Hex, numberToHex } from 'viem';
import { describe, expect } from 'vitest';
import { vaultBoxOf } from './vaultBox.ts';
import { createVaultKey } from './vaultKey.ts';
import {
  joinVaultKey,
  openVaultShare,
  type SealedVaultShare,
  splitVaultKey,
  type VaultShare,
} from './vaultShares.ts';

const account = '0x00000000000000000000000000000000000000a1' as const;
const refused = { name: 'LichenError', code: 'bad-input' };

interface Guardian {
  readonly account: Address;
  readonly vaultKey: Uint8Array;
  readonly box: Hex;
}

async function guardiansOf(count: number): Promise<Guardian[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const vaultKey = createVaultKey();
      return { account: numberToHex(index + 1, { size: 20 }), vaultKey, box: await vaultBoxOf(vaultKey) };
    }),
  );
}

async function opened(
  shares: readonly SealedVaultShare[],
  guardians: readonly Guardian[],
): Promise<VaultShare[]> {
  return Promise.all(shares.map((share, index) => openVaultShare(share, guardians[index]!)));
}

const scheme = fc
  .integer({ min: 2, max: 6 })
  .chain((count) =>
    fc.tuple(
      fc.constant(count),
      fc.integer({ min: 2, max: count }),
      fc.shuffledSubarray([...Array(count).keys()], { minLength: count }),
    ),
  );

describe('guardians keep shares of a vault key', () => {
  test.prop([scheme], { numRuns: 25 })(
    'any threshold of them join, one fewer is refused',
    async ([count, threshold, order]) => {
      const vaultKey = createVaultKey();
      const guardians = await guardiansOf(count);
      const shares = await splitVaultKey({ vaultKey, account, threshold, guardians });
      const kept = JSON.parse(JSON.stringify(shares)) as SealedVaultShare[];
      const all = await opened(kept, guardians);
      const chosen = order.slice(0, threshold).map((index) => all[index]!);
      expect(await joinVaultKey(chosen)).toEqual(vaultKey);
      await expect(joinVaultKey(chosen.slice(1))).rejects.toMatchObject(refused);
      // The same share twice is one share.
      await expect(joinVaultKey([...chosen.slice(1), chosen[1]!])).rejects.toMatchObject(refused);
    },
  );

  test('one share fewer fits every key equally: no key is more likely than another', async () => {
    // Over GF(256) and for 2 of 2, each of the 256 values of a byte of the key has exactly one second share.
    const guardians = await guardiansOf(2);
    const vaultKey = createVaultKey();
    const [mine, other] = await opened(
      await splitVaultKey({ vaultKey, account, threshold: 2, guardians }),
      guardians,
    );
    const { combine } = await import('shamir-secret-sharing');
    const bytes = (hex: Hex) => Uint8Array.from(Buffer.from(hex.slice(2), 'hex'));
    const keys = new Set<number>();
    for (let value = 0; value < 256; value++) {
      const guess = bytes(other!.share);
      guess[0] = value;
      keys.add((await combine([bytes(mine!.share), guess]))[0]!);
    }
    expect(keys.size).toBe(256);
  });

  test.prop([fc.nat(31), fc.integer({ min: 1, max: 255 })], { numRuns: 40 })(
    'a false share is noticed, and does no harm beside one right share more',
    async (at, by) => {
      const vaultKey = createVaultKey();
      const guardians = await guardiansOf(3);
      const all = await opened(
        await splitVaultKey({ vaultKey, account, threshold: 2, guardians }),
        guardians,
      );
      const bytes = Uint8Array.from(Buffer.from(all[0]!.share.slice(2), 'hex'));
      bytes[at]! ^= by;
      const liar = { ...all[0]!, share: bytesToHex(bytes) };
      await expect(joinVaultKey([liar, all[1]!])).rejects.toMatchObject(refused);
      expect(await joinVaultKey([liar, all[1]!, all[2]!])).toEqual(vaultKey);
      // A liar who takes the coordinate of an honest guardian does not push their share out.
      const thief = { ...liar, share: `${liar.share.slice(0, -2)}${all[1]!.share.slice(-2)}` as Hex };
      expect(await joinVaultKey([all[1]!, all[2]!, thief])).toEqual(vaultKey);
    },
  );

  test('another guardian, another account and altered headers do not open a share', async () => {
    const guardians = await guardiansOf(3);
    const [share] = await splitVaultKey({ vaultKey: createVaultKey(), account, threshold: 2, guardians });
    await expect(openVaultShare(share!, guardians[1]!)).rejects.toMatchObject(refused);
    const changes: Partial<SealedVaultShare>[] = [
      { account: '0x00000000000000000000000000000000000000a2' },
      { guardian: guardians[1]!.account },
      { threshold: 3 },
      { threshold: 2 + 256 },
      { shares: 4 },
      { set: `0x${'00'.repeat(16)}` },
      { keyCheck: `0x${'11'.repeat(32)}` },
      { sealed: { ...share!.sealed, ciphertext: `${share!.sealed.ciphertext.slice(0, -2)}00` as Hex } },
      { sealed: { ...share!.sealed, encapsulated: guardians[0]!.box } },
    ];
    for (const change of changes) {
      await expect(openVaultShare({ ...share!, ...change }, guardians[0]!)).rejects.toMatchObject(refused);
    }
  });

  test('shares of two splittings do not mix', async () => {
    const vaultKey = createVaultKey();
    const guardians = await guardiansOf(2);
    const split = () => splitVaultKey({ vaultKey, account, threshold: 2, guardians });
    const [old, fresh] = [await opened(await split(), guardians), await opened(await split(), guardians)];
    await expect(joinVaultKey([old[0]!, fresh[1]!])).rejects.toMatchObject(refused);
  });

  test('a guardian who could read alone, or counts twice, is refused', async () => {
    const vaultKey = createVaultKey();
    const guardians = await guardiansOf(3);
    for (const bad of [
      { threshold: 1, guardians },
      { threshold: 4, guardians },
      { threshold: 2.5, guardians },
      { threshold: 2, guardians: [guardians[0]!, guardians[0]!] },
      { threshold: 2, guardians: [guardians[0]!, { ...guardians[1]!, box: guardians[0]!.box }] },
      {
        threshold: 2,
        guardians: [guardians[0]!, { ...guardians[1]!, box: `0x04${'11'.repeat(64)}` as const }],
      },
    ]) {
      await expect(splitVaultKey({ vaultKey, account, ...bad })).rejects.toMatchObject(refused);
    }
  });

  test('the box follows from the vault key alone', async () => {
    const vaultKey = createVaultKey();
    expect(await vaultBoxOf(vaultKey)).toBe(await vaultBoxOf(Uint8Array.from(vaultKey)));
    expect(await vaultBoxOf(vaultKey)).not.toBe(await vaultBoxOf(createVaultKey()));
  });
});
