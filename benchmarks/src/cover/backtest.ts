import { decilesOf } from '@lichen/node';
import { priceUp } from '@lichen/protocol';

/** Margin on top of the expected loss, in basis points. */
export const marginBps = 2_000;

/** Payout of each policy in base units of the play dollar: 100.00. */
export const payoutUnits = 100_000_000n;

export interface DecileResult {
  readonly policies: number;
  /** Mean predicted probability, 0 to 1. */
  readonly predicted: number;
  /** Paid out over premiums taken. */
  readonly lossRatio: number;
  /** The same under one price for all that takes the same premiums in total. */
  readonly flatLossRatio: number;
}

export interface Backtest {
  readonly policies: number;
  /** Base units. */
  readonly premiums: bigint;
  readonly expectedPayouts: bigint;
  readonly payouts: bigint;
  /** By rising predicted probability. */
  readonly deciles: readonly DecileResult[];
}

const terms = { minProbabilityPpm: 0n, marginBps: BigInt(marginBps), capitalChargeBps: 0n };

/** The protocol's price of a policy with the pool empty, so without an exposure charge, and with no least price. */
export function premiumOf(ppm: number): bigint {
  return priceUp(BigInt(ppm), payoutUnits, 0n, terms).premium;
}

/** Sells one policy on every flight at the quoted price and pays each bad flight. */
export function backtest(ppm: ArrayLike<number>, bad: ArrayLike<number>): Backtest {
  let premiums = 0n;
  let expectedPayouts = 0n;
  let badCount = 0;
  for (let i = 0; i < ppm.length; i++) {
    premiums += premiumOf(ppm[i]!);
    expectedPayouts += (BigInt(ppm[i]!) * payoutUnits) / 1_000_000n;
    badCount += bad[i]!;
  }
  const flatPremium = Number(premiums) / ppm.length;
  const deciles = decilesOf(ppm).map((members) => {
    let taken = 0n;
    let paid = 0n;
    let predicted = 0;
    for (const index of members) {
      taken += premiumOf(ppm[index]!);
      if (bad[index] === 1) paid += payoutUnits;
      predicted += ppm[index]! / 1e6;
    }
    return {
      policies: members.length,
      predicted: predicted / members.length,
      lossRatio: Number(paid) / Number(taken),
      flatLossRatio: Number(paid) / (flatPremium * members.length),
    };
  });
  return {
    policies: ppm.length,
    premiums,
    expectedPayouts,
    payouts: BigInt(badCount) * payoutUnits,
    deciles,
  };
}
