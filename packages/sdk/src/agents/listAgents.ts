import { LichenError } from '@lichen/protocol';
import type { LichenClient } from '../client/createLichenClient.ts';
import type { AgentConfig } from './agentConfig.ts';

/** The agents that the network runs; none on a network without agents. */
export function listAgents(client: Pick<LichenClient, 'config'>): readonly AgentConfig[] {
  return client.config.agents;
}

/**
 * An agent by its name or by the address of its key or account.
 * @throws LichenError `not-found`
 */
export function findAgent(client: Pick<LichenClient, 'config'>, name: string): AgentConfig {
  const wanted = name.toLowerCase();
  const agents = listAgents(client);
  const agent =
    agents.find((candidate) => candidate.name === name) ??
    agents.find(({ address, account }) => [address, account].some((at) => at.toLowerCase() === wanted));
  if (agent !== undefined) return agent;
  throw new LichenError('not-found', 'This network runs no such agent.', {
    got: name.slice(0, 80),
    expected: agents.length === 0 ? 'a network with agents' : agents.map((known) => known.name).join(', '),
    next: 'List them: lichen agent list.',
    retry: 'after-fix',
  });
}
