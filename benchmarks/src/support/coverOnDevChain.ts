import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  encodeFlight,
  type Flight,
  type FlightFeatures,
  flightFeaturesDigest,
  modelIdOf,
} from '@lichen/protocol';
import { type Address, bytesToHex, type Hex, zeroHash } from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';
import { type DevChain, root } from './devChain.ts';
import type { BenchOracle } from './lichenOnDevChain.ts';

const dollar = 1_000_000n;

export interface BenchCover {
  readonly cover: Address;
  readonly pool: Address;
  /** Buys for an account that has approved before; returns the whole transaction's gas and the policy. */
  buy(
    holder: PrivateKeyAccount,
    report: FlightFeatures,
    payout: bigint,
    salt: bigint,
  ): Promise<{ gasUsed: bigint; policyId: Hex }>;
}

/** The shipped model's weights. */
export function shippedBlob(): Uint8Array {
  return new Uint8Array(
    readFileSync(join(root, 'applications/flight-cover/data/model/flight-delay.model.bin')),
  );
}

/** FlightCover with the shipped model, terms of the embedded network at speed 1, and a pool of `capital` base units. */
export async function deployCover(
  chain: DevChain,
  oracle: BenchOracle,
  capital: bigint,
): Promise<BenchCover> {
  const blob = shippedBlob();
  await chain.send('ModelRegistry', oracle.models, 'register', [bytesToHex(blob), zeroHash]);
  const cover = await chain.deploy('FlightCover', [
    {
      asset: oracle.token,
      oracle: oracle.oracle,
      verifier: oracle.set,
      models: oracle.models,
      modelId: modelIdOf(blob),
      minLead: 3_600,
      maxLead: 21_600,
      quoteValidity: 120,
      liveness: 3,
      answerWindow: 86_400,
      maxSilence: 7_200,
      exitDelay: 600,
      minPayout: 10n * dollar,
      maxPayout: 2_000n * dollar,
      minProbabilityPpm: 2_000,
      maxProbabilityPpm: 1_000_000,
      marginBps: 2_000,
      capitalChargeBps: 200,
      flightLimitBps: 500,
      airportDayLimitBps: 9_000,
      cellLimitBps: 9_000,
      maxUtilisationBps: 9_000,
    },
  ]);
  const pool = await chain.read<Address>('FlightCover', cover, 'pool');
  for (let given = 0n; given < capital; given += 10_000n * dollar) {
    await chain.send('PlayDollar', oracle.token, 'faucet', [10_000n * dollar]);
  }
  await chain.send('PlayDollar', oracle.token, 'approve', [pool, capital]);
  await chain.send('CoverPool', pool, 'deposit', [capital, chain.owner]);
  const chainId = await chain.chain.getChainId();
  return {
    cover,
    pool,
    async buy(holder, report, payout, salt) {
      const { bitmap, signatures } = await oracle.sign(
        flightFeaturesDigest({ chainId, address: cover }, report),
      );
      const receipt = await chain.send(
        'FlightCover',
        cover,
        'buy',
        [report, bitmap, signatures, payout, payout, salt],
        holder,
      );
      const id = await chain.read<Hex>('FlightCover', cover, 'policyIdOf', [
        holder.address,
        flightIdIn(receipt.logs),
        salt,
      ]);
      return { gasUsed: receipt.gasUsed, policyId: id };
    },
  };
}

/** The third topic of PolicyBought, the last log with three indexed fields of the purchase. */
function flightIdIn(logs: readonly { readonly topics: readonly Hex[] }[]): Hex {
  const bought = logs.find(({ topics }) => topics.length === 4 && topics[3] !== undefined);
  return bought!.topics[3]!;
}

/** A feature report of a flight as reporters would sign it. */
export function featureReport(
  flight: Flight,
  features: Uint8Array,
  observedAt: number,
  day: number,
  cell: number,
): FlightFeatures {
  return {
    ...encodeFlight(flight),
    features: bytesToHex(features),
    observedAt,
    day,
    cell,
  };
}
