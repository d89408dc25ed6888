import type { MarketBar } from '@lichen/protocol';
import { type FeatureName, featuresOf, limits } from '../rules/rules.js';

/** One day's decision, as far as two runs can be compared: everything but the hashes that chain it to its journal. */
export interface DayDecision {
  readonly index: number;
  readonly day: string;
  /** Kind, task, choice, checks, rejected options, amounts and calls, as JSON. */
  readonly decided: string;
}

/** Runs the agent over days of a record, `to` not included. */
export type RunDays = (
  record: readonly MarketBar[],
  span: { from: number; to: number },
) => Promise<DayDecision[]>;

export interface LookaheadReport {
  /** Days that were decided again. */
  readonly compared: number;
  readonly cuts: readonly {
    readonly day: string;
    readonly future: 'cut off' | 'another';
    readonly same: number;
  }[];
  /** Days whose decision depends on what came after them: there must be none. */
  readonly biased: readonly string[];
}

/** The days from `at` on as they never were: a third of the price, falling. */
function otherFuture(record: readonly MarketBar[], at: number): MarketBar[] {
  return record.map((bar, index) => {
    if (index < at) return bar;
    const [day, ...prices] = bar;
    return [
      day,
      ...prices.map((price) => String(BigInt(price) / BigInt(3 + index - at))),
    ] as unknown as MarketBar;
  });
}

/**
 * Decides the same days with the future cut off, and with another future, and compares with the whole run; as freqtrade's
 * `lookahead-analysis`. Of the day of a cut only date and open are left.
 */
export async function analyseLookahead(
  record: readonly MarketBar[],
  span: { readonly from: number; readonly to: number },
  run: RunDays,
  onProgress: (line: string) => void = () => undefined,
): Promise<LookaheadReport> {
  const whole = new Map((await run(record, { ...span })).map((decision) => [decision.index, decision]));
  const days = span.to - span.from;
  const cutDays = [...new Set([1 / 3, 2 / 3, 1].map((part) => span.from + Math.ceil(days * part) - 1))];
  const cuts: { day: string; future: 'cut off' | 'another'; same: number }[] = [];
  const biased = new Set<string>();
  let compared = 0;
  for (const cut of cutDays) {
    const [day, open] = record[cut]!;
    const today: MarketBar = [day, open, open, open, open];
    const past = record.slice(0, cut);
    const futures = {
      'cut off': [...past, today],
      another: [...past, today, ...otherFuture(record, cut + 1).slice(cut + 1)],
    } as const;
    for (const future of ['cut off', 'another'] as const) {
      onProgress(`days up to ${day}, future ${future}`);
      const again = await run(futures[future], { from: span.from, to: cut + 1 });
      const different = again.filter(({ index, decided }) => whole.get(index)?.decided !== decided);
      for (const decision of different) biased.add(decision.day);
      if (again.length !== cut + 1 - span.from) biased.add(day);
      compared += again.length;
      cuts.push({ day, future, same: again.length - different.length });
    }
  }
  return { compared, cuts, biased: [...biased].sort() };
}

export interface RecursiveReport {
  readonly days: number;
  /** Days before the decision that were shown. */
  readonly histories: readonly number[];
  /** Features that depend on how far back the agent can see, with the largest difference: there must be none. */
  readonly unstable: readonly { readonly feature: FeatureName; readonly difference: number }[];
}

/** Whether the features depend on how many days were shown; as freqtrade's `recursive-analysis`. */
export function analyseRecursive(
  record: readonly MarketBar[],
  span: { readonly from: number; readonly to: number },
): RecursiveReport {
  const histories = [1, 1.2, 2, 4].map((times) => Math.floor(limits.bars * times));
  const worst = new Map<FeatureName, number>();
  let days = 0;
  for (let index = span.from; index < span.to; index += 1) {
    const longest = histories.filter((history) => history <= index);
    const shown = longest.map((history) =>
      featuresOf({ open: record[index]![1], bars: record.slice(index - history, index) }),
    );
    if (shown.length < 2) continue;
    days += 1;
    for (const feature of Object.keys(shown[0]!) as FeatureName[]) {
      const values = shown.map((features) => features[feature]);
      const difference = Math.max(...values) - Math.min(...values);
      if (difference > 0) worst.set(feature, Math.max(difference, worst.get(feature) ?? 0));
    }
  }
  return { days, histories, unstable: [...worst].map(([feature, difference]) => ({ feature, difference })) };
}
