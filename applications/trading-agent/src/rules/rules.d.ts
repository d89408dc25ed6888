import type { RulesContext, RulesVerdict } from '@lichen/sdk';

/** Every limit of the rules, with its unit in its name. */
export const limits: {
  readonly bars: number;
  readonly statementAgeMs: number;
  readonly priceGapBps: number;
  readonly stepBps: number;
  readonly calmBps: number;
  readonly riskPpm: number;
  readonly stopLossBps: number;
  readonly minTradeBps: number;
  readonly minTradeDollars: bigint;
  readonly cashReserveBps: number;
  readonly turnoverDays: number;
  readonly turnoverBps: number;
  readonly poolShareBps: number;
  readonly costBps: number;
  readonly slippageBps: number;
  readonly deadlineSeconds: number;
  readonly cooldown: { readonly stopDays: number };
  readonly stopLossGuard: {
    readonly lookbackDays: number;
    readonly trades: number;
    readonly stopDays: number;
  };
  readonly maxDrawdown: { readonly lookbackDays: number; readonly bps: number; readonly stopDays: number };
  readonly lowProfit: {
    readonly lookbackDays: number;
    readonly trades: number;
    readonly bps: number;
    readonly stopDays: number;
  };
};

/** Names of the sixteen features, in the model's order. */
export type FeatureName =
  | 'momentum1'
  | 'momentum5'
  | 'momentum21'
  | 'momentum63'
  | 'momentum126'
  | 'momentum249'
  | 'average20'
  | 'average50'
  | 'average200'
  | 'volatility'
  | 'volatilityRatio'
  | 'drawdown'
  | 'strength'
  | 'gap'
  | 'range'
  | 'channel';

/** What a market statement says, as the rules read it. */
export interface MarketSeen {
  readonly day: string;
  readonly phase: string;
  readonly index: number;
  /** Micro-dollars per share, decimal. */
  readonly open: string;
  /** Closed days, oldest first: day, open, high, low, close in micro-dollars. */
  readonly bars: readonly (readonly [string, string, string, string, string])[];
}

/** Features of an open day, whole numbers, mostly basis points; wants `limits.bars` closed days. */
export function featuresOf(market: Pick<MarketSeen, 'open' | 'bars'>): Readonly<Record<FeatureName, number>>;

/** Sixteen bytes from 0 to 127, or null when the model is not to be asked. */
export function modelInput(context: RulesContext): number[] | null;

/** What to do, and why. */
export function decide(context: RulesContext, modelOutput: readonly number[] | string | null): RulesVerdict;
