/** The parts of a price in base units; mirrors `Quote` in IFlightCover.sol. */
export interface Premium {
  /** The model's probability, parts per million. */
  readonly probabilityPpm: bigint;
  readonly expectedLoss: bigint;
  readonly margin: bigint;
  readonly exposureCharge: bigint;
  readonly premium: bigint;
}

export interface PremiumTerms {
  readonly minProbabilityPpm: bigint;
  readonly marginBps: bigint;
  readonly capitalChargeBps: bigint;
}

const bps = 10_000n;
const ppm = 1_000_000n;

/** ceil(a × b / c) for non-negative integers. */
export function mulDivUp(a: bigint, b: bigint, c: bigint): bigint {
  return (a * b + c - 1n) / c;
}

/** exposure / limit in parts per million, rounded up; a zero limit counts as full. */
export function utilisationPpmUp(exposure: bigint, limit: bigint): bigint {
  return limit === 0n ? ppm : mulDivUp(exposure, ppm, limit);
}

/**
 * The price of a payout in base units; equals `PremiumLib.priceUp`.
 * expected = ⌈payout·p⌉, margin = ⌈expected·m⌉, charge = ⌈payout·c·use²⌉, each rounded up; premium is their sum.
 * `usePpm` is the highest utilisation of flight, airport-day and cell limits after the sale, parts per million.
 */
export function priceUp(
  probabilityPpm: bigint,
  payout: bigint,
  usePpm: bigint,
  terms: PremiumTerms,
): Premium {
  const priced = probabilityPpm > terms.minProbabilityPpm ? probabilityPpm : terms.minProbabilityPpm;
  const expectedLoss = mulDivUp(payout, priced, ppm);
  const margin = mulDivUp(expectedLoss, terms.marginBps, bps);
  const exposureCharge = mulDivUp(payout * terms.capitalChargeBps, usePpm * usePpm, bps * ppm * ppm);
  return {
    probabilityPpm,
    expectedLoss,
    margin,
    exposureCharge,
    premium: expectedLoss + margin + exposureCharge,
  };
}
