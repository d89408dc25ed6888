import type { DecisionAmount, DecisionCheck, DecisionOption } from '@lichen/protocol';
import type { Address, Hex } from 'viem';

/** All that rules see: the moment, the zone and the recorded inputs. Plain JSON. */
export interface RulesContext {
  /** Unix milliseconds by the agent's clock. */
  readonly time: number;
  /** IANA time zone. */
  readonly zone: string;
  /** By name: parsed for `application/json`, text for the rest. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** What a model is given or answers: integers for an integer model, text for a language model. */
export type ModelValue = readonly number[] | string;

/** A call that the rules ask for. `data` is call data, selector first. */
export interface RulesCall {
  readonly to: Address;
  readonly data: Hex;
}

/** What rules decided. Amounts are decimal strings in base units. */
export interface RulesVerdict {
  readonly kind: 'intent' | 'refusal';
  readonly task: string;
  readonly choice: string;
  readonly checks: readonly DecisionCheck[];
  readonly rejected: readonly DecisionOption[];
  readonly amounts: readonly DecisionAmount[];
  /** At least one for an intent, none for a refusal. */
  readonly calls: readonly RulesCall[];
}

/** Rules in their sandbox. Each call begins from the same memory: nothing is carried from one to the next. */
export interface Rules {
  /** SHA-256 of the code, 64 hex digits: `decision.rules.sha256`. */
  readonly sha256: string;
  /**
   * What to ask the model; null = do not ask, also where the code exports no `modelInput`.
   * @throws LichenError `bad-input` when the code throws or answers in another form, `timeout` past its steps
   */
  modelInput(context: RulesContext): ModelValue | null;
  /** @throws LichenError as `modelInput` */
  decide(context: RulesContext, output: ModelValue | null): RulesVerdict;
  /** Lets the memory go. */
  dispose(): void;
}

/**
 * Bounds of one call. They are part of the meaning of rules: whoever replays uses the same ones, so other values are for
 * tests. docs/spec/rules.md
 */
export interface RulesLimits {
  /** Bytes of the code. */
  readonly codeBytes: number;
  /** Characters of JSON that go in. */
  readonly inputLength: number;
  /** Levels of lists and objects that go in. */
  readonly inputDepth: number;
  /** Characters of JSON that come out. */
  readonly outputLength: number;
  /** Bytes of memory, of which the interpreter takes 5.2 MiB. At least 16 MiB, in pages of 64 KiB. */
  readonly memoryBytes: number;
  /** Bytes of stack: 128 KiB are some 700 nested calls. */
  readonly stackBytes: number;
  /** Steps: jumps and function calls, rounded up to 10,000. A turn of a loop is one or two. */
  readonly steps: number;
}

/** The bounds that agents and everybody who replays them use. */
export const rulesLimits: RulesLimits = {
  codeBytes: 256 * 1024,
  inputLength: 1024 * 1024,
  inputDepth: 64,
  outputLength: 256 * 1024,
  memoryBytes: 32 * 1024 * 1024,
  stackBytes: 128 * 1024,
  steps: 10_000_000,
};
