import { type Misbehaviour, misbehaviours } from '@lichen/node';
import { InvalidArgumentError } from 'commander';

/** `2=equivocate`, for commander's option parser: joins what was given before. */
export function misbehaviourOf(
  text: string,
  before: ReadonlyMap<number, Misbehaviour> = new Map(),
): ReadonlyMap<number, Misbehaviour> {
  const match = /^([1-5])=([a-z-]+)$/.exec(text);
  const manner = misbehaviours.find((one) => one === match?.[2]);
  if (match === null || manner === undefined) {
    throw new InvalidArgumentError(
      `It must be a reporter from 1 to 5 and a manner (${misbehaviours.join(' or ')}), like 2=equivocate.`,
    );
  }
  return new Map(before).set(Number(match[1]), manner);
}

const explanations: Readonly<Record<string, string>> = {
  equivocate: 'signs two reports for one round (--misbehave)',
  'wrong-model': 'gives wrong outputs of models (--misbehave)',
};

/** One line for each reporter that was told to break the rules: `reporter-2 signs two reports for one round (--misbehave)`. */
export function misbehaviourText(told: Iterable<readonly [number | string, string]>): string[] {
  return [...told].map(([number, manner]) => `reporter-${number} ${explanations[manner] ?? manner}`);
}
