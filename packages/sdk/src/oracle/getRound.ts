import { LichenError } from '@lichen/protocol';
import type { LichenClient } from '../client/createLichenClient.ts';
import { requestGateway } from '../network/requestGateway.ts';
import { listRounds, type OracleRound } from './listRounds.ts';

export interface RoundWithData {
  /** What the chain accepted. */
  readonly accepted: OracleRound;
  /**
   * What the reporters say they saw: observations of each reporter and statements of each source, as the gateway
   * tells it. Null when the reporters no longer keep the round.
   */
  readonly data: unknown;
}

/**
 * One round: its head from the chain, its observations and statements from the gateway.
 * @throws LichenError `not-found` when the chain accepted no such round, `chain-unreachable`, `not-running`, `timeout`.
 */
export async function getRound(
  client: LichenClient,
  parameters: { readonly round: number },
): Promise<RoundWithData> {
  const [accepted] = await listRounds(client, { round: parameters.round, limit: 1 });
  if (accepted === undefined) {
    throw new LichenError('not-found', 'The chain accepted no such round.', {
      got: `round ${parameters.round}`,
      next: 'List the rounds with `lichen oracle rounds`.',
      retry: 'after-fix',
    });
  }
  const data = await requestGateway(client.gatewayUrl, `/v1/rounds/${parameters.round}`).catch(
    (error: unknown) => {
      if ((error as LichenError).code === 'not-found') return null;
      throw error;
    },
  );
  return { accepted, data };
}
