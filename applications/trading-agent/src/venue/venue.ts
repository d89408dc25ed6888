import type { Actor } from '@lichen/agent';
import type { InputProvenance } from '@lichen/protocol';
import type { Portfolio } from '../book/seen.ts';

/** What an account and its pool hold, and how that is known. */
export interface PortfolioSeen {
  readonly portfolio: Portfolio;
  readonly provenance: InputProvenance;
  readonly uri: string;
  /** Unix milliseconds. */
  readonly at: number;
}

/** Where the money is: a chain, or a simulation of its pool. The rest of the agent is the same for both. */
export interface Venue {
  readonly actor: Actor;
  /** @throws LichenError `chain-unreachable` */
  portfolio(signal: AbortSignal): Promise<PortfolioSeen>;
}
