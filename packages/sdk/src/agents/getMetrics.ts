import type { LichenClient } from '../client/createLichenClient.ts';
import { fieldsOf } from '../network/readFields.ts';
import { requestGateway } from '../network/requestGateway.ts';
import { findAgent } from './listAgents.ts';

/**
 * An agent's figures (freqtrade's, for one that trades), as the agent tells them: unchecked JSON by name. They can be made
 * again from its journal.
 * @throws LichenError as `getAgentStatus`
 */
export async function getMetrics(
  client: LichenClient,
  { agent }: { readonly agent: string },
): Promise<Readonly<Record<string, unknown>>> {
  const { path } = findAgent(client, agent);
  return fieldsOf('The metrics', await requestGateway(client.gatewayUrl, `${path}/metrics`)).values;
}
