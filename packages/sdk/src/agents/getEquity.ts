import type { LichenClient } from '../client/createLichenClient.ts';
import { bigintAt, fieldsOf, integerAt, listAt, textAt } from '../network/readFields.ts';
import { requestGateway } from '../network/requestGateway.ts';
import { findAgent } from './listAgents.ts';

/** An agent's account at one decision. Amounts are base units of pUSD and of shares, prices micro-dollars per share. */
export interface EquityPoint {
  /** Unix milliseconds. */
  readonly at: number;
  /** Recorded day, `2008-09-15`. */
  readonly day: string;
  readonly cash: bigint;
  readonly shares: bigint;
  readonly price: bigint;
  readonly equity: bigint;
  /** What the same money would be worth, had it been put into the market at the start and left there. */
  readonly hold: bigint;
  /** Place of the decision in the agent's journal. */
  readonly index: number;
  readonly kind: string;
  readonly choice: string;
}

/**
 * What an agent's account was worth at each decision, oldest first. It is the agent's own reckoning: its journal has what
 * it was made of.
 * @throws LichenError as `getAgentStatus`
 */
export async function getEquity(
  client: LichenClient,
  { agent }: { readonly agent: string },
): Promise<{ readonly unit: string; readonly points: readonly EquityPoint[] }> {
  const { path } = findAgent(client, agent);
  const answer = fieldsOf('The equity', await requestGateway(client.gatewayUrl, `${path}/equity`));
  return {
    unit: textAt(answer, 'unit'),
    points: listAt(answer, 'points').map((entry) => {
      const point = fieldsOf('A point of the equity', entry);
      return {
        at: integerAt(point, 'at', 0, Number.MAX_SAFE_INTEGER),
        day: textAt(point, 'day'),
        cash: bigintAt(point, 'cash'),
        shares: bigintAt(point, 'shares'),
        price: bigintAt(point, 'price'),
        equity: bigintAt(point, 'equity'),
        hold: bigintAt(point, 'hold'),
        index: integerAt(point, 'index', 0, Number.MAX_SAFE_INTEGER),
        kind: textAt(point, 'kind'),
        choice: textAt(point, 'choice'),
      };
    }),
  };
}
