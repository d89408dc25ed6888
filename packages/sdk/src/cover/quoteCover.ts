import { flightCoverAbi, reporterSetAbi } from '@lichen/contracts';
import {
  decodeModel,
  describeFeatures,
  type FlightFeatures,
  infer,
  LichenError,
  shapley,
  type WorldFlight,
} from '@lichen/protocol';
import { bytesToBigInt, type Hex, hexToBytes } from 'viem';
import type { LichenClient } from '../client/createLichenClient.ts';
import { onChain } from '../client/toLichenError.ts';
import { getModel } from '../models/getModel.ts';
import { requestGateway } from '../network/requestGateway.ts';
import { checkFeatureReport } from './checkFeatureReport.ts';
import { getFlight } from './getFlight.ts';
import { readFeatureReport } from './readFeatureReport.ts';

/** The parts of a price in base units of pUSD; `premium` is the sum of the three before it. */
export interface PremiumParts {
  /** Chance of a payout in parts per million. */
  readonly probabilityPpm: bigint;
  readonly expectedLoss: bigint;
  readonly margin: bigint;
  readonly exposureCharge: bigint;
  readonly premium: bigint;
}

/** What one input of the model adds to or takes from the chance of a payout. */
export interface FeatureContribution {
  readonly name: string;
  readonly label: string;
  readonly value: number;
  readonly unit: string;
  /** Parts per million, signed: the exact Shapley value against the baseline. */
  readonly probabilityPpm: bigint;
}

/** A price that holds until `expiresAt`, with what is needed to check it and to buy. */
export interface CoverQuote {
  readonly flight: WorldFlight;
  readonly report: FlightFeatures;
  readonly bitmap: bigint;
  readonly signatures: Hex;
  /** Base units of pUSD. */
  readonly payout: bigint;
  readonly parts: PremiumParts;
  /** In the model's order; with `baselinePpm` they sum to the probability exactly. */
  readonly contributions: readonly FeatureContribution[];
  /** The model's output for the typical flight of its manifest, parts per million. */
  readonly baselinePpm: bigint;
  /** Chain time, unix seconds: the report's observation and the validity of quotes. */
  readonly expiresAt: number;
  /** Names this purchase: buying the same quote twice is refused by the contract. */
  readonly salt: bigint;
}

/**
 * The price of cover for a flight, checked on this machine before it is shown: a quorum of the reporters in force
 * signed these features of this flight; the model whose hash the chain names gives the probability that the chain
 * used. Nothing is bought.
 * @throws LichenError `no-quorum` (signatures do not hold), `bad-model` (the gateway's model is not the chain's),
 * `sources-disagree` (chain and local model differ), `unknown-flight`, and each reason for which the contract sells
 * nothing: `sales-closed`, `quote-expired`, `forecast-moved`, `oracle-silent`, `exposure-limit`, `pool-exhausted`.
 */
export async function quoteCover(
  client: LichenClient,
  parameters: {
    readonly flightId: Hex;
    /** Base units of pUSD. */
    readonly payout: bigint;
  },
): Promise<CoverQuote> {
  const { flightId, payout } = parameters;
  const [flight, answer, reporters, model] = await Promise.all([
    getFlight(client, { flightId }),
    requestGateway(client.gatewayUrl, '/v1/features', { body: { flightId } }),
    onChain(
      client.chain.readContract({
        address: client.addresses.reporterSet,
        abi: reporterSetAbi,
        functionName: 'reporters',
      }),
    ),
    getModel(client),
  ]);
  const { report, bitmap, signatures } = readFeatureReport(answer);
  await checkFeatureReport({
    verifier: { chainId: client.config.chainId, address: client.addresses.flightCover },
    reporters,
    flightId,
    report,
    bitmap,
    signatures,
  });
  const cover = { address: client.addresses.flightCover, abi: flightCoverAbi } as const;
  const [parts, validity, modelId] = await onChain(
    Promise.all([
      client.chain.readContract({ ...cover, functionName: 'quote', args: [report, payout] }),
      client.chain.readContract({ ...cover, functionName: 'quoteValidity' }),
      client.chain.readContract({ ...cover, functionName: 'modelId' }),
    ]),
  );
  if (modelId !== model.modelId) {
    throw new LichenError('bad-model', 'The contract prices with another model than the gateway serves.', {
      got: model.modelId,
      expected: modelId,
      next: 'Use another gateway; a price explained by another model means nothing.',
    });
  }
  const input = hexToBytes(report.features);
  const network = decodeModel(model.blob);
  const probabilityPpm = infer(network, input);
  if (probabilityPpm !== parts.probabilityPpm) {
    throw new LichenError('sources-disagree', 'The chain priced another probability than the model gives.', {
      got: `${parts.probabilityPpm} ppm on the chain`,
      expected: `${probabilityPpm} ppm from model ${model.modelId}`,
      next: 'Do not buy; report this to the operator of the network.',
    });
  }
  const explained = shapley(network, input, model.baseline);
  return {
    flight: flight.flight,
    report,
    bitmap,
    signatures,
    payout,
    parts,
    contributions: describeFeatures(input).map((feature, index) => ({
      name: feature.name,
      label: feature.label,
      value: feature.value,
      unit: feature.unit,
      probabilityPpm: explained.contributions[index]!,
    })),
    baselinePpm: explained.baselineOutput,
    expiresAt: report.observedAt + validity,
    salt: bytesToBigInt(crypto.getRandomValues(new Uint8Array(8))),
  };
}
