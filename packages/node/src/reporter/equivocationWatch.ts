import { compactSignature, type OracleVerifier, type Report, reportDigest } from '@lichen/protocol';
import { oracleAbi } from '@lichen/sdk';
import { concat, decodeFunctionData, type Hex, isAddressEqual, recoverAddress, size, slice } from 'viem';
import type { ReporterSetInForce } from './chainFollower.ts';

/** A report with one reporter's 64-byte signature. */
export interface SignedReport {
  readonly report: Report;
  readonly digest: Hex;
  readonly signature: Hex;
}

/** Two reports that one reporter signed for one round: proof for `slashEquivocation` or `slashPastEquivocation`. */
export interface Equivocation {
  /** The set that the reports were signed for. */
  readonly epoch: number;
  /** Index in that set. */
  readonly reporter: number;
  readonly first: SignedReport;
  readonly second: SignedReport;
}

export interface EquivocationWatch {
  /**
   * Remembers a signature that holds and returns the proof when the same reporter signed something else before.
   * Signatures that do not hold are ignored: anyone could send them.
   */
  see(
    set: ReporterSetInForce,
    report: Report,
    reporter: number,
    signature: Hex,
  ): Promise<Equivocation | undefined>;
}

/** Reports of one reporter for 500 rounds, times 31 reporters. */
const keptReports = 15_500;

/** Remembers who signed what in the last rounds. */
export function createEquivocationWatch(verifier: OracleVerifier): EquivocationWatch {
  const seen = new Map<string, SignedReport>();
  return {
    see: async (set, report, reporter, signature) => {
      const member = set.members[reporter];
      if (member === undefined) return undefined;
      const digest = reportDigest(verifier, set.digest, report);
      const key = `${set.epoch} ${report.round} ${reporter}`;
      const before = seen.get(key);
      if (before?.digest === digest) return undefined;
      const compact = size(signature) === 65 ? compactSignature(signature) : signature;
      // Normalised to v = 27, as the contract reads it.
      const signer = await recoverAddress({ hash: digest, signature: concat([compact, '0x1b']) }).catch(
        () => undefined,
      );
      if (signer === undefined || !isAddressEqual(signer, member)) return undefined;
      const found: SignedReport = { report, digest, signature: compact };
      if (before !== undefined) return { epoch: set.epoch, reporter, first: before, second: found };
      seen.set(key, found);
      while (seen.size > keptReports) seen.delete(seen.keys().next().value!);
      return undefined;
    },
  };
}

/** The report and each reporter's signature in the input of a `submit` transaction; undefined for another call. */
export function signaturesOfSubmit(
  input: Hex,
): { readonly report: Report; readonly byReporter: ReadonlyMap<number, Hex> } | undefined {
  try {
    const call = decodeFunctionData({ abi: oracleAbi, data: input });
    if (call.functionName !== 'submit') return undefined;
    const [report, bitmap, signatures] = call.args;
    const byReporter = new Map<number, Hex>();
    let position = 0;
    for (let index = 0; index < 64; index++) {
      if (((bitmap >> BigInt(index)) & 1n) === 0n) continue;
      byReporter.set(index, slice(signatures, position * 64, position * 64 + 64));
      position += 1;
    }
    return { report, byReporter };
  } catch {
    return undefined;
  }
}
