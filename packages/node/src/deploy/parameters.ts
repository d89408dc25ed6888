import type { Address, Hex } from 'viem';

const dollar = 1_000_000n;

export interface CoverParties {
  readonly asset: Address;
  readonly oracle: Address;
  readonly verifier: Address;
  readonly models: Address;
  readonly modelId: Hex;
  /** Recorded seconds per chain second. */
  readonly speed: number;
}

/**
 * The configuration that FlightCover is built with. Durations are chain seconds; those that follow the recorded day
 * (sales from six to one recorded hours before departure, an answer within one recorded day) shrink with the speed.
 */
export function coverConfig({ speed, ...parties }: CoverParties) {
  return {
    ...parties,
    minLead: Math.max(1, Math.ceil(3_600 / speed)),
    // The model is trained on quotes of one to six recorded hours before departure.
    maxLead: Math.max(2, Math.ceil(21_600 / speed)),
    quoteValidity: 120,
    liveness: 3,
    answerWindow: Math.max(600, Math.ceil(86_400 / speed)),
    maxSilence: 180,
    exitDelay: 600,
    // At the least probability it earns 0.12, more than the 0.05 that the oracle takes for its flight.
    minPayout: 50n * dollar,
    maxPayout: 2_000n * dollar,
    minProbabilityPpm: 2_000,
    maxProbabilityPpm: 600_000,
    marginBps: 2_000,
    capitalChargeBps: 200,
    flightLimitBps: 500,
    airportDayLimitBps: 2_500,
    cellLimitBps: 4_000,
    maxUtilisationBps: 8_000,
  };
}

export interface ReporterSetParties {
  readonly token: Address;
  readonly steward: Address;
  /** Base units of the token. */
  readonly minBond: bigint;
}

/** Constructor arguments of ReporterSet: no delay before a change of the set, ten minutes before a bond can leave. */
export function reporterSetArguments({ token, steward, minBond }: ReporterSetParties): readonly unknown[] {
  const changeDelay = 0;
  const unbondDelay = 600;
  return [token, steward, minBond, changeDelay, unbondDelay];
}

export interface OracleParties {
  readonly token: Address;
  readonly reporterSet: Address;
  readonly modelRegistry: Address;
}

/** Constructor arguments of Oracle. */
export function oracleArguments({ token, reporterSet, modelRegistry }: OracleParties): readonly unknown[] {
  return [token, reporterSet, modelRegistry];
}
