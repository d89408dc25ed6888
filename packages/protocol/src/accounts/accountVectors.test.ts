import { readFileSync } from 'node:fs';
import { type Address, decodeAbiParameters, type Hex } from 'viem';
import { describe, expect, test } from 'vitest';
import { accountAddressOf, executionsAbi } from './accountAddressOf.ts';
import { listingOf, lookupOf } from './listing.ts';
import { mandateIdOf, termsAbi } from './mandate.ts';
import { decodePasskeySignature, encodePasskeySignature, verifyAssertion } from './passkeySignature.ts';
import { softwarePasskey } from './softwarePasskey.ts';

interface Vectors {
  readonly factory: Address;
  readonly implementation: Address;
  readonly accounts: readonly {
    readonly privateKey: Hex;
    readonly x: Hex;
    readonly y: Hex;
    readonly userHandle: Hex;
    readonly salt: Hex;
    readonly birthCalls: Hex;
    readonly account: Address;
    readonly lookup: Hex;
    readonly mac: Hex;
  }[];
  readonly signatures: readonly {
    readonly what: string;
    readonly privateKey: Hex;
    readonly rpId: string;
    readonly origin: string;
    readonly x: Hex;
    readonly y: Hex;
    readonly hash: Hex;
    readonly index: number;
    readonly signature: Hex;
    readonly holds: 0 | 1;
  }[];
  readonly mandates: readonly {
    readonly account: Address;
    readonly epoch: string;
    readonly terms: Hex;
    readonly id: Hex;
  }[];
}

const vectors = JSON.parse(
  readFileSync(new URL('../../vectors/accounts.json', import.meta.url), 'utf8'),
) as Vectors;

describe('vectors of accounts, which forge reads too', () => {
  test.each(vectors.accounts)('account $account', (c) => {
    const { passkey } = softwarePasskey(c.privateKey, 'localhost', 'http://localhost:8080');
    expect(passkey).toEqual({ x: c.x, y: c.y });
    const [birthCalls] = decodeAbiParameters([executionsAbi], c.birthCalls);
    expect(accountAddressOf(vectors, c, c.salt, birthCalls)).toBe(c.account);
    expect(listingOf(c.userHandle, c.account, c)).toEqual({ lookup: c.lookup, mac: c.mac });
    expect(lookupOf(c.userHandle)).toBe(c.lookup);
  });

  test.each(vectors.mandates)('mandate $id', (c) => {
    const [terms] = decodeAbiParameters([termsAbi], c.terms);
    expect(mandateIdOf(c.account, BigInt(c.epoch), terms)).toBe(c.id);
  });

  test.each(vectors.signatures.filter(({ what }) => what === 'holds'))('signature of $hash', (c) => {
    const { sign } = softwarePasskey(c.privateKey, c.rpId, c.origin);
    expect(encodePasskeySignature(c.index, sign(c.hash))).toBe(c.signature);
  });

  // The one thing that TypeScript forgives and the chain does not: encoding always lowers s.
  test.each(vectors.signatures.filter(({ what }) => what !== 'the other s'))('$what: $holds', (c) => {
    const { index, assertion } = decodePasskeySignature(c.signature, c.hash);
    expect(index).toBe(c.index);
    expect(verifyAssertion(c, c.hash, assertion)).toBe(c.holds === 1);
  });

  test('there are vectors that hold and vectors that do not', () => {
    expect(vectors.accounts.length).toBe(4);
    expect(vectors.mandates.length).toBe(4);
    const holds = vectors.signatures.filter(({ holds }) => holds === 1).length;
    expect([holds, vectors.signatures.length - holds]).toEqual([10, 12]);
  });
});
