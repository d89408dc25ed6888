import {
  flightFeaturesDigest,
  isLichenError,
  LichenError,
  type LichenErrorCode,
  packSignatures,
  type QuorumSignatures,
  quorumOf,
  type Verifier,
} from '@lichen/protocol';
import { type Hex, isAddressEqual, recoverAddress, toHex } from 'viem';
import { z } from 'zod';
import type { Peer } from '../reporter/peerMessage.ts';
import { readBounded } from '../sources/fetchEvidence.ts';
import { readRefusal } from './readRefusal.ts';

const hexOf = (bytes: number) =>
  z.string().regex(new RegExp(`^0x[0-9a-f]{${bytes * 2}}$`)) as unknown as z.ZodType<Hex>;
const seconds = z
  .number()
  .int()
  .min(0)
  .max(2 ** 40 - 1);
const uint32 = z
  .number()
  .int()
  .min(0)
  .max(2 ** 32 - 1);

const answerSchema = z.object({
  report: z.object({
    carrier: hexOf(2),
    number: z.number().int().min(0).max(65_535),
    origin: hexOf(3),
    destination: hexOf(3),
    departsAt: seconds,
    arrivesAt: seconds,
    features: hexOf(16),
    observedAt: seconds,
    day: uint32,
    cell: uint32,
  }),
  signature: hexOf(65),
});

/** What a buyer needs: a report with a quorum's signatures; `reporters` is the bitmap as hex. */
export interface GatheredFeatures {
  readonly report: z.infer<typeof answerSchema>['report'];
  readonly reporters: Hex;
  readonly signatures: Hex;
}

/**
 * Refusals of reporters that tell the buyer why nothing is signed. Others are about one reporter or about the second that the
 * gateway chose, and are counted only.
 */
const telling: readonly LichenErrorCode[] = [
  'unknown-flight',
  'flight-departed',
  'sources-disagree',
  'source-unavailable',
  'timeout',
  'disk-full',
];

async function askReporter(peer: Peer, flightId: Hex, observedAt: number) {
  const response = await fetch(`${peer.url}/v1/features`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ flightId, observedAt }),
    redirect: 'error',
    signal: AbortSignal.timeout(8_000),
  });
  const body = await readBounded(response, 100_000);
  const json: unknown = JSON.parse(new TextDecoder().decode(body ?? new Uint8Array()));
  if (response.ok) return answerSchema.parse(json);
  throw readRefusal(json) ?? new Error(`status ${response.status}`);
}

/** `; refused: disk-full, no-quorum` */
function reasonsOf(refusals: readonly LichenError[]): string {
  return refusals.length === 0 ? '' : `; refused: ${refusals.map(({ code }) => code).join(', ')}`;
}

/**
 * Asks every reporter for the features of a flight as of one second and returns the first quorum of equal, correctly signed
 * reports; a slow or dead reporter is not waited for. `reporters` are the members of the set in force, in its order.
 * @throws LichenError `no-quorum`, or what a majority of reporters said about the flight
 */
export async function gatherFeatures(
  reporters: readonly Peer[],
  verifier: Verifier,
  flightId: Hex,
  observedAt: number,
): Promise<GatheredFeatures> {
  const quorum = quorumOf(reporters.length);
  const groups = new Map<string, { report: GatheredFeatures['report']; signatures: Map<number, Hex> }>();
  const refusals: LichenError[] = [];
  const found = Promise.withResolvers<GatheredFeatures | undefined>();
  const asked = reporters.map(async (peer) => {
    try {
      const { report, signature } = await askReporter(peer, flightId, observedAt);
      const digest = flightFeaturesDigest(verifier, report);
      if (!isAddressEqual(await recoverAddress({ hash: digest, signature }), peer.address)) return;
      const group = groups.get(digest) ?? { report, signatures: new Map<number, Hex>() };
      group.signatures.set(peer.index, signature);
      groups.set(digest, group);
      if (group.signatures.size !== quorum) return;
      const packed: QuorumSignatures = packSignatures(group.signatures);
      found.resolve({ report, reporters: toHex(packed.bitmap), signatures: packed.signatures });
    } catch (error) {
      if (isLichenError(error)) refusals.push(error);
    }
  });
  void Promise.allSettled(asked).then(() => found.resolve(undefined));
  const gathered = await found.promise;
  if (gathered !== undefined) return gathered;
  for (const code of telling) {
    const said = refusals.filter((error) => error.code === code);
    if (said.length > reporters.length / 2) throw said[0]!;
  }
  const most = Math.max(0, ...[...groups.values()].map((group) => group.signatures.size));
  throw new LichenError('no-quorum', 'Too few reporters signed the same features.', {
    got: `${most} of ${reporters.length}${reasonsOf(refusals)}`,
    expected: `${quorum}`,
    next: 'Try again in a few seconds.',
    retry: 'later',
    ...(refusals.length === 0 ? {} : { cause: refusals[0] }),
  });
}
