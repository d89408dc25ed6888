import type { OracleVerifier, Report } from '@lichen/protocol';
import { type LichenAddresses, oracleAbi } from '@lichen/sdk';
import { type Address, encodeFunctionData, type Hex, isAddressEqual, type PublicClient } from 'viem';
import { type ChainFollower, type ReporterSetInForce, slashedMembers } from './chainFollower.ts';
import { createEquivocationWatch, type Equivocation, signaturesOfSubmit } from './equivocationWatch.ts';
import type { Sender } from './transactions.ts';

export interface SignatureWatchComponents {
  readonly client: PublicClient;
  readonly addresses: LichenAddresses;
  readonly follower: ChainFollower;
  readonly sender: Sender;
  readonly account: Address;
  readonly verifier: OracleVerifier;
  readonly clock: () => number;
  readonly log: (line: string) => void;
}

/** Watches who signed what, and has those slashed who signed two reports for one round. */
export interface SignatureWatch {
  see(set: ReporterSetInForce, report: Report, signatures: Iterable<readonly [number, Hex]>): Promise<void>;
  /** Reads the signatures of the rounds that came to the chain since the last look. */
  look(): Promise<void>;
}

/** Chain seconds: older rounds are history when a reporter starts. */
const oldestRound = 60;

/** Creates the watch of one reporter. */
export function createSignatureWatch(components: SignatureWatchComponents): SignatureWatch {
  const { client, addresses, follower, sender, account, clock, log } = components;
  const watch = createEquivocationWatch(components.verifier);
  const read = new Set<number>();

  async function slash(proof: Equivocation): Promise<void> {
    const { epoch, reporter, first, second } = proof;
    const rest = [reporter, first.report, first.signature, second.report, second.signature] as const;
    const data =
      epoch === follower.set?.epoch
        ? encodeFunctionData({ abi: oracleAbi, functionName: 'slashEquivocation', args: rest })
        : encodeFunctionData({
            abi: oracleAbi,
            functionName: 'slashPastEquivocation',
            args: [epoch, ...rest],
          });
    try {
      const gas = await client.estimateGas({ account, to: addresses.oracle, data });
      const [receipt] = await sender.send([{ to: addresses.oracle, data, gas: (gas * 3n) / 2n }]);
      log(`slashed reporter ${reporter} of set ${epoch}: ${receipt?.status ?? 'unknown'}`);
    } catch (error) {
      log(`slash not sent: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
    }
  }

  async function see(
    set: ReporterSetInForce,
    report: Report,
    signatures: Iterable<readonly [number, Hex]>,
  ): Promise<void> {
    for (const [reporter, signature] of signatures) {
      const proof = await watch.see(set, report, reporter, signature);
      if (proof === undefined) continue;
      const member = set.members[reporter]!;
      // A bond can be taken once, and nobody slashes itself.
      if (slashedMembers(follower).has(member) || isAddressEqual(member, account)) continue;
      log(`reporter ${reporter} of set ${set.epoch} signed two reports for round ${report.round}`);
      await slash(proof);
    }
  }

  return {
    see,
    look: async () => {
      for (const reported of follower.rounds.values()) {
        if (read.has(reported.round)) continue;
        read.add(reported.round);
        const set = follower.sets.get(reported.epoch);
        if (set === undefined || reported.observedTo < clock() - oldestRound) continue;
        const transaction = await client.getTransaction({ hash: reported.transaction });
        const found = signaturesOfSubmit(transaction.input);
        if (found !== undefined) await see(set, found.report, found.byReporter);
      }
      if (read.size > 5_000) for (const round of [...read].slice(0, 2_500)) read.delete(round);
    },
  };
}
