import {
  decodeFlight,
  type FlightFeatures,
  flightFeaturesDigest,
  flightIdOf,
  LichenError,
  quorumOf,
  type Verifier,
} from '@lichen/protocol';
import { type Address, concat, type Hex, isAddressEqual, recoverAddress, size, slice } from 'viem';

export interface FeatureReportCheck {
  readonly verifier: Verifier;
  /** The set in force on the chain, in its order: bit i of the bitmap is `reporters[i]`. */
  readonly reporters: readonly Address[];
  readonly flightId: Hex;
  readonly report: FlightFeatures;
  readonly bitmap: bigint;
  /** Concatenated 64-byte (r, s), each for v = 27, in ascending order of index. */
  readonly signatures: Hex;
}

function refuse(summary: string, got: string, expected: string): never {
  throw new LichenError('no-quorum', summary, {
    got,
    expected,
    next: 'Do not buy on this report; ask for a new quote, from another gateway if it happens again.',
    retry: 'later',
  });
}

/**
 * Checks on this machine what the contract will check: the report is about the wanted flight, and more than two
 * thirds of the reporters in force signed exactly it, for this chain and this contract.
 * @returns addresses of the reporters who signed.
 * @throws LichenError `no-quorum` when a signature is missing, forged, repeated, or for another chain or report;
 * `unknown-flight` when the report is about another flight.
 */
export async function checkFeatureReport(check: FeatureReportCheck): Promise<readonly Address[]> {
  const { report, reporters, bitmap, signatures } = check;
  const flightId = flightIdOf(decodeFlight(report));
  if (flightId !== check.flightId.toLowerCase()) {
    throw new LichenError('unknown-flight', 'The reporters answered about another flight.', {
      got: flightId,
      expected: check.flightId,
      next: 'Search the flight again.',
      retry: 'after-fix',
    });
  }
  const signers = reporters
    .map((_, index) => index)
    .filter((index) => ((bitmap >> BigInt(index)) & 1n) === 1n);
  if (bitmap >> BigInt(reporters.length) !== 0n) {
    refuse(
      'A signer is outside the set of reporters.',
      `bitmap ${bitmap}`,
      `bits 0 to ${reporters.length - 1}`,
    );
  }
  const needed = quorumOf(reporters.length);
  if (signers.length < needed) {
    refuse(
      'Too few reporters signed this flight.',
      `${signers.length} of ${reporters.length}`,
      `${needed} or more of ${reporters.length}`,
    );
  }
  if (size(signatures) !== 64 * signers.length) {
    refuse(
      'The signatures do not match the signers.',
      `${size(signatures)} bytes`,
      `${64 * signers.length} bytes`,
    );
  }
  const digest = flightFeaturesDigest(check.verifier, report);
  for (const [position, index] of signers.entries()) {
    const signature = concat([slice(signatures, 64 * position, 64 * (position + 1)), '0x1b']);
    const signer = await recoverAddress({ hash: digest, signature }).catch(() => undefined);
    if (signer === undefined || !isAddressEqual(signer, reporters[index]!)) {
      refuse(
        `The signature of reporter ${index} is not valid for this report.`,
        signer === undefined ? 'no recoverable key' : `key of ${signer}`,
        `key of ${reporters[index]}`,
      );
    }
  }
  return signers.map((index) => reporters[index]!);
}
