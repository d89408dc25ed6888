import { flightTopic, packSignatures, quorumOf, type Report, reportDigest } from '@lichen/protocol';
import { type Address, type Hex, keccak256, toBytes } from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';
import { accountOf, type DevChain } from './devChain.ts';

export interface BenchOracle {
  readonly token: Address;
  readonly models: Address;
  readonly set: Address;
  readonly oracle: Address;
  readonly configDigest: Hex;
  /** In the order of the set: ascending address. */
  readonly reporters: readonly PrivateKeyAccount[];
  /** Signatures of the first two thirds (and one) over a digest. */
  sign(digest: Hex): Promise<{ bitmap: bigint; signatures: Hex }>;
  /** Signs and submits a round; returns the whole transaction's gas. */
  submit(report: Report): Promise<bigint>;
}

/** Token, model registry, reporter set of n bonded reporters, oracle, three sources. */
export async function deployOracle(chain: DevChain, reporterCount: number): Promise<BenchOracle> {
  const token = await chain.deploy('PlayDollar', []);
  const models = await chain.deploy('ModelRegistry', []);
  const set = await chain.deploy('ReporterSet', [token, chain.owner, 1_000_000_000n, 0, 600]);
  const oracle = await chain.deploy('Oracle', [token, set, models]);
  await chain.send('ReporterSet', set, 'bindOracle', [oracle]);
  const reporters = Array.from({ length: reporterCount }, (_, index) => accountOf(index)).sort((a, b) =>
    a.address.toLowerCase() < b.address.toLowerCase() ? -1 : 1,
  );
  for (const reporter of reporters) {
    await chain.fund(reporter.address);
    await chain.send('PlayDollar', token, 'faucet', [1_000_000_000n], reporter);
    await chain.send('PlayDollar', token, 'approve', [set, 1_000_000_000n], reporter);
    await chain.send('ReporterSet', set, 'bond', [1_000_000_000n, 'bench'], reporter);
  }
  for (let source = 0; source < 3; source++) {
    await chain.send('ReporterSet', set, 'proposeSource', [
      accountOf(1_000 + source).address,
      flightTopic,
      `source ${source}`,
    ]);
  }
  await chain.send('ReporterSet', set, 'propose', [reporters.map(({ address }) => address)]);
  const configDigest = await chain.read<Hex>('ReporterSet', set, 'configDigest');
  const chainId = await chain.chain.getChainId();
  const signers = reporters.slice(0, quorumOf(reporterCount));

  const sign = async (digest: Hex) =>
    packSignatures(
      new Map(
        await Promise.all(
          signers.map(async (signer, index) => [index, await signer.sign({ hash: digest })] as const),
        ),
      ),
    );
  return {
    token,
    models,
    set,
    oracle,
    configDigest,
    reporters,
    sign,
    async submit(report) {
      const { bitmap, signatures } = await sign(
        reportDigest({ chainId, address: oracle }, configDigest, report),
      );
      return (await chain.send('Oracle', oracle, 'submit', [report, bitmap, signatures])).gasUsed;
    },
  };
}

/** A report of now over a root. */
export async function reportOf(chain: DevChain, round: number, root: Hex): Promise<Report> {
  const now = await chain.now();
  return {
    round,
    observedFrom: now - 2,
    observedTo: now,
    root,
    dataDigest: keccak256(toBytes(`round ${round}`)),
  };
}
