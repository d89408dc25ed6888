import type { Hex } from 'viem';

/**
 * What a record tells of. `intent`: an act is about to be signed. `outcome`: what came of one. `refusal`: nothing was done,
 * and why; deciding to do nothing is one too. `payment`: money left or arrived. `change`: rules, model or mandate are
 * others from here on. `pause`: new acts stopped or went on.
 */
export const decisionKinds = ['intent', 'outcome', 'refusal', 'payment', 'change', 'pause'] as const;
export type DecisionKind = (typeof decisionKinds)[number];

/** How an input can be trusted, from strongest to weakest. */
export type InputProvenance =
  | {
      readonly by: 'chain';
      readonly block: number;
      readonly chainId: number;
      readonly logIndex: number | null;
    }
  | { readonly by: 'signature'; readonly signature: string; readonly signer: string }
  | { readonly by: 'receipt'; readonly receipt: string }
  | { readonly by: 'transport' }
  | { readonly by: 'operator' };

/** One thing that the agent saw. The bytes themselves lie beside the journal under their hash. */
export interface DecisionInput {
  /** Unix milliseconds. */
  readonly at: number;
  readonly mediaType: string;
  readonly name: string;
  readonly provenance: InputProvenance;
  /** SHA-256 of the bytes, 64 hex digits; of salt and bytes where `isPrivate`. */
  readonly sha256: string;
  readonly isPrivate: boolean;
  readonly uri: string;
}

/** A model that was asked. */
export interface DecisionModel {
  /** Content address of an integer model, or provider and name of a language model. */
  readonly id: string;
  readonly kind: 'integer' | 'language';
  /** SHA-256 of what it was given, and of what it answered; the bytes lie beside the journal. */
  readonly input: string;
  readonly output: string;
  /** Settings, as text; empty for an integer model. */
  readonly settings: string;
}

/** A rule that was looked at before acting. Amounts are decimal integers in base units. */
export interface DecisionCheck {
  readonly got: string;
  readonly limit: string;
  readonly passed: boolean;
  readonly rule: string;
}

/** A call that an intent is about to make. */
export interface DecisionCall {
  /** SHA-256 of the call data, 64 hex digits. */
  readonly dataSha256: string;
  readonly selector: Hex;
  readonly to: string;
}

/** What an intent is about to do on a chain. */
export interface DecisionAct {
  readonly account: string;
  readonly calls: readonly DecisionCall[];
  readonly chainId: number;
  readonly mandate: Hex | null;
  /** Nonce of the transaction that is about to be signed; null where another kind of message is. */
  readonly nonce: number | null;
}

/** What became of an act. `unknown` is honest: the reply was lost and the chain has not been read yet. */
export interface DecisionResult {
  readonly block: number | null;
  readonly reason: string;
  readonly status: 'pending' | 'settled' | 'failed' | 'unknown';
  readonly transaction: Hex | null;
}

/** An amount that was spent or earned; negative was spent. Decimal integer in base units. */
export interface DecisionAmount {
  readonly amount: string;
  readonly asset: string;
}

/** An option that was seen and not taken. */
export interface DecisionOption {
  readonly option: string;
  readonly reason: string;
}

/**
 * One decision of an agent. Fields are in the order in which they are encoded; integers and decimal strings only.
 * docs/spec/decision.md
 */
export interface Decision {
  readonly act: DecisionAct | null;
  /** CAIP-10 id of who acts: `eip155:<chain id>:<address>`. */
  readonly agent: string;
  readonly amounts: readonly DecisionAmount[];
  readonly checks: readonly DecisionCheck[];
  /** What was chosen, in words that the agent's rules define. */
  readonly choice: string;
  readonly inputs: readonly DecisionInput[];
  readonly kind: DecisionKind;
  readonly model: DecisionModel | null;
  /** Leaf hash of the agent's decision before this one, 64 hex digits; null for the first. */
  readonly previous: string | null;
  /** Leaf hash of the intent that an outcome or a payment belongs to. */
  readonly refersTo: string | null;
  readonly rejected: readonly DecisionOption[];
  readonly result: DecisionResult | null;
  /** Content address and version of the deterministic rules. */
  readonly rules: { readonly sha256: string; readonly version: string };
  /** Counts the agent's decisions from 0. */
  readonly seq: number;
  /** What the agent was at, for example `rebalance` or `answer round 812`. */
  readonly task: string;
  /** Unix milliseconds by the agent's clock. */
  readonly time: number;
  readonly v: 1;
  /** IANA time zone that the agent reasoned in. */
  readonly zone: string;
}
