import { LichenError } from '@lichen/protocol';
import { combine, split } from 'shamir-secret-sharing';
import { type Address, bytesToHex, type Hex } from 'viem';
import { openWithBox, type Sealed, sealForBox } from './vaultBox.ts';
import {
  accountBytes,
  type Bytes,
  bytesOf,
  demandSecret,
  textBytes,
  vaultInfo,
  vaultKeyCheck,
} from './vaultKey.ts';

/** What all shares of one splitting have in common. */
export interface ShareSet {
  readonly version: 1;
  readonly account: Address;
  /** 16 random bytes: tells one splitting of a vault key from the next. */
  readonly set: Hex;
  /** So many shares join. */
  readonly threshold: number;
  readonly shares: number;
  /** `vaultKeyCheck` of the vault key: tells a right joining from a wrong one. */
  readonly keyCheck: Hex;
}

/** A share for one guardian, sealed: it may travel and be kept anywhere. */
export interface SealedVaultShare extends ShareSet {
  readonly guardian: Address;
  readonly sealed: Sealed;
}

/** A share that its guardian has opened, to be handed to the person who recovers. A secret. */
export interface VaultShare extends ShareSet {
  readonly guardian: Address;
  /** 33 bytes: 32 values and the coordinate. */
  readonly share: Hex;
}

/** A guardian: their account, and their `vaultBoxOf`. */
export interface VaultGuardian {
  readonly account: Address;
  readonly box: Hex;
}

const shareLength = 33;

function contextOf(header: ShareSet, guardian: Address): Bytes {
  const { threshold, shares } = header;
  if (
    !(Number.isInteger(threshold) && Number.isInteger(shares)) ||
    threshold < 2 ||
    shares < threshold ||
    shares > 16
  ) {
    throw new LichenError('bad-input', 'That many guardians cannot keep a vault.', {
      got: `${threshold} of ${shares}`,
      expected: '2 of 2 up to 16 of 16',
      next: 'Name two guardians or more, and let at least two of them agree.',
      retry: 'after-fix',
    });
  }
  return Uint8Array.from([
    ...textBytes(`${vaultInfo}/share\0`),
    ...accountBytes(header.account),
    ...accountBytes(guardian),
    ...bytesOf('The set of the share', header.set, 16),
    threshold,
    shares,
    ...bytesOf('The check of the share', header.keyCheck, 32),
  ]);
}

/**
 * A vault key cut into shares, one sealed for each guardian: any `threshold` of them join, fewer say nothing about it
 * (Shamir, "How to share a secret", 1979, over GF(256)).
 * @param parameters.threshold 2 or more: one guardian alone must never read a vault.
 * @throws LichenError `bad-input` for a threshold out of bounds, a guardian twice, or a box that is none.
 */
export async function splitVaultKey(parameters: {
  readonly vaultKey: Uint8Array;
  readonly account: Address;
  readonly threshold: number;
  readonly guardians: readonly VaultGuardian[];
}): Promise<SealedVaultShare[]> {
  const { account, threshold, guardians } = parameters;
  const vaultKey = demandSecret('The vault key', parameters.vaultKey);
  const count = guardians.length;
  for (const field of ['account', 'box'] as const) {
    // The same person twice would count twice, and be a majority of themselves.
    if (new Set(guardians.map((guardian) => guardian[field].toLowerCase())).size === count) continue;
    throw new LichenError('bad-input', 'A guardian is named twice.', {
      got: `the same ${field} twice`,
      retry: 'after-fix',
    });
  }
  const header: ShareSet = {
    version: 1,
    account,
    set: bytesToHex(crypto.getRandomValues(new Uint8Array(16))),
    threshold,
    shares: count,
    keyCheck: await vaultKeyCheck(vaultKey),
  };
  contextOf(header, account);
  const shares = await split(vaultKey, count, threshold);
  return Promise.all(
    guardians.map(async (guardian, index) => ({
      ...header,
      guardian: guardian.account,
      sealed: await sealForBox(guardian.box, shares[index]!, contextOf(header, guardian.account)),
    })),
  );
}

/**
 * A guardian opens the share that they keep, with their own vault.
 * @throws LichenError `bad-input` when it is another guardian's, or any byte of it was altered.
 */
export async function openVaultShare(
  share: SealedVaultShare,
  guardian: { readonly vaultKey: Uint8Array },
): Promise<VaultShare> {
  const { sealed, ...rest } = share;
  const opened = await openWithBox(guardian.vaultKey, sealed, contextOf(share, share.guardian));
  return { ...rest, share: bytesToHex(opened) };
}

function coordinateOf(share: Hex): string {
  return share.slice(-2).toLowerCase();
}

/** Every way to take `count` of the items, in order. */
function* choose<T>(items: readonly T[], count: number): Generator<T[]> {
  if (count === 0) yield [];
  for (let at = 0; at + count <= items.length && count > 0; at++) {
    for (const rest of choose(items.slice(at + 1), count - 1)) yield [items[at]!, ...rest];
  }
}

/**
 * The vault key that shares of one set join to, 32 bytes. With more shares than needed, false ones among them do no
 * harm: every choice of `threshold` shares is tried against the check.
 * @throws LichenError `bad-input` when shares are of different sets, too few, or joined to a wrong key.
 */
export async function joinVaultKey(shares: readonly VaultShare[]): Promise<Uint8Array> {
  const first = shares[0];
  const sets = new Map(
    shares.map((share) => [bytesToHex(contextOf(share, share.account)), share.guardian] as const),
  );
  if (first === undefined || sets.size > 1) {
    throw new LichenError('bad-input', 'These shares are not of one set.', {
      got: first === undefined ? 'no share' : `different sets, from ${[...sets.values()].join(' and ')}`,
      next: 'Ask the guardians for the shares of the newest set of this account.',
      retry: 'after-fix',
    });
  }
  // By all bytes: a false share with the coordinate of a right one must not push the right one out.
  const distinct = [
    ...new Map(
      shares.map((share) => [bytesToHex(bytesOf('A share', share.share, shareLength)), share]),
    ).values(),
  ].filter(({ share }) => coordinateOf(share) !== '00');
  if (new Set(distinct.map(({ share }) => coordinateOf(share))).size < first.threshold) {
    throw new LichenError('bad-input', 'These are too few shares.', {
      got: `${distinct.length} different shares`,
      expected: `${first.threshold} or more`,
      next: 'Ask another guardian.',
      retry: 'after-fix',
    });
  }
  for (const chosen of choose(distinct.slice(0, 20), first.threshold)) {
    if (new Set(chosen.map(({ share }) => coordinateOf(share))).size < chosen.length) continue;
    const key = await combine(chosen.map(({ share }) => bytesOf('A share', share, shareLength)));
    if (key.some((byte) => byte !== 0) && (await vaultKeyCheck(key)) === first.keyCheck.toLowerCase())
      return key;
  }
  throw new LichenError('bad-input', 'These shares do not join to the vault key.', {
    got: `a share that is false, from one of ${distinct.map(({ guardian }) => guardian).join(', ')}`,
    next: 'Ask one more guardian: with one right share more, the false one does no harm.',
    retry: 'after-fix',
  });
}
