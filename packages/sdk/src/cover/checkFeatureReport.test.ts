import {
  decodeFlight,
  type FlightFeatures,
  flightFeaturesDigest,
  flightIdOf,
  isLichenError,
  packSignatures,
} from '@lichen/protocol';
import type { Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { describe, expect, test } from 'vitest';
import { checkFeatureReport } from './checkFeatureReport.ts';

const accounts = [1, 2, 3, 4, 5]
  .map((n) => privateKeyToAccount(`0x${n.toString(16).padStart(64, '0')}`))
  .sort((a, b) => (a.address.toLowerCase() < b.address.toLowerCase() ? -1 : 1));
const reporters = accounts.map((account) => account.address);
const verifier = { chainId: 31337, address: '0x00000000000000000000000000000000000000C0' } as const;
const report: FlightFeatures = {
  carrier: '0x5541',
  number: 1545,
  origin: '0x455752',
  destination: '0x494148',
  departsAt: 1_800_000_000,
  arrivesAt: 1_800_010_000,
  features: '0x000102030405060708090a0b0c0d0e0f',
  observedAt: 1_799_990_000,
  day: 20131205,
  cell: 7,
};
const flightId = flightIdOf(decodeFlight(report));

async function signedBy(indices: readonly number[], message = report, under = verifier as typeof verifier) {
  const entries: [number, Hex][] = [];
  for (const index of indices) {
    entries.push([index, await accounts[index]!.sign({ hash: flightFeaturesDigest(under, message) })]);
  }
  return packSignatures(new Map(entries));
}

async function refusalOf(promise: Promise<unknown>) {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isLichenError(error)) throw new Error('was not refused');
  return error;
}

describe('checkFeatureReport', () => {
  test('accepts four of five, in any combination', async () => {
    for (const missing of [0, 1, 2, 3, 4]) {
      const indices = [0, 1, 2, 3, 4].filter((index) => index !== missing);
      const signers = await checkFeatureReport({
        verifier,
        reporters,
        flightId,
        report,
        ...(await signedBy(indices)),
      });
      expect(signers).toEqual(indices.map((index) => reporters[index]));
    }
  });

  test('refuses three of five', async () => {
    const error = await refusalOf(
      checkFeatureReport({ verifier, reporters, flightId, report, ...(await signedBy([0, 2, 4])) }),
    );
    expect(error.message).toMatchSnapshot();
  });

  test('refuses a flipped feature', async () => {
    const quorum = await signedBy([0, 1, 2, 3]);
    for (const features of [
      '0x000102030405060708090a0b0c0d0e0e',
      '0x010102030405060708090a0b0c0d0e0f',
    ] as const) {
      const error = await refusalOf(
        checkFeatureReport({ verifier, reporters, flightId, report: { ...report, features }, ...quorum }),
      );
      expect(error.code).toBe('no-quorum');
    }
  });

  test('refuses another observation time, day or cell than was signed', async () => {
    const quorum = await signedBy([0, 1, 2, 3]);
    for (const change of [{ observedAt: report.observedAt + 1 }, { day: 20131206 }, { cell: 8 }]) {
      const error = await refusalOf(
        checkFeatureReport({ verifier, reporters, flightId, report: { ...report, ...change }, ...quorum }),
      );
      expect(error.code).toBe('no-quorum');
    }
  });

  test('refuses a forged signature', async () => {
    const stranger = privateKeyToAccount(`0x${'77'.repeat(32)}`);
    const good = await signedBy([0, 1, 2, 3]);
    const forged = packSignatures(
      new Map([[0, await stranger.sign({ hash: flightFeaturesDigest(verifier, report) })]]),
    );
    const signatures: Hex = `${forged.signatures}${good.signatures.slice(2 + 128)}`;
    const error = await refusalOf(
      checkFeatureReport({ verifier, reporters, flightId, report, bitmap: good.bitmap, signatures }),
    );
    expect(error.code).toBe('no-quorum');
    expect(error.message).toContain('The signature of reporter 0 is not valid for this report.');
  });

  test('refuses one signature used twice', async () => {
    const one = await signedBy([0]);
    const signatures: Hex = `0x${one.signatures.slice(2).repeat(4)}`;
    const error = await refusalOf(
      checkFeatureReport({ verifier, reporters, flightId, report, bitmap: 0b1111n, signatures }),
    );
    expect(error.code).toBe('no-quorum');
  });

  test('refuses signatures for another chain or contract', async () => {
    const elsewhere = [
      { ...verifier, chainId: 1 },
      { ...verifier, address: '0x00000000000000000000000000000000000000c1' },
    ];
    for (const other of elsewhere) {
      const quorum = await signedBy([0, 1, 2, 3], report, other as typeof verifier);
      const error = await refusalOf(checkFeatureReport({ verifier, reporters, flightId, report, ...quorum }));
      expect(error.code).toBe('no-quorum');
    }
  });

  test('refuses a bitmap beyond the set and signatures of another number', async () => {
    const quorum = await signedBy([0, 1, 2, 3]);
    const base = { verifier, reporters, flightId, report };
    const beyond = checkFeatureReport({ ...base, ...quorum, bitmap: quorum.bitmap | 32n });
    expect((await refusalOf(beyond)).message).toMatchSnapshot();
    const more = checkFeatureReport({ ...base, bitmap: 0b11111n, signatures: quorum.signatures });
    expect((await refusalOf(more)).message).toMatchSnapshot();
  });

  test('refuses a report about another flight, however well signed', async () => {
    const other = { ...report, number: 1546 };
    const error = await refusalOf(
      checkFeatureReport({
        verifier,
        reporters,
        flightId,
        report: other,
        ...(await signedBy([0, 1, 2, 3], other)),
      }),
    );
    expect(error.code).toBe('unknown-flight');
  });
});
