import { LichenError } from '@lichen/protocol';
import type { LichenClient } from '../client/createLichenClient.ts';
import { requestGateway } from '../network/requestGateway.ts';
import { type AgentStatus, getAgentStatus } from './getAgentStatus.ts';
import { findAgent } from './listAgents.ts';

export interface AgentOrder {
  readonly agent: string;
  /** For the journal, 1 to 400 characters. */
  readonly reason: string;
}

/** A pause is answered when no act is under way any more, which can be a transaction's time. Milliseconds. */
const patience = 75_000;

async function order(
  client: LichenClient,
  { agent, reason }: AgentOrder,
  path: 'pause' | 'resume',
  wanted: AgentStatus['state'],
): Promise<AgentStatus> {
  if (reason.trim() === '' || reason.length > 400) {
    throw new LichenError('bad-input', `To ${path} an agent takes a reason.`, {
      got: `${reason.length} characters`,
      expected: '1 to 400 characters, for its journal',
      retry: 'after-fix',
    });
  }
  await requestGateway(client.gatewayUrl, `${findAgent(client, agent).path}/${path}`, {
    body: { reason },
    // The gateway passes orders on only from programs that send this, which a page of another origin cannot.
    headers: { 'lichen-console': '1' },
    timeoutMs: patience,
  });
  // What counts is what the agent says of itself, not that it was told.
  const status = await getAgentStatus(client, { agent });
  if (status.state === wanted) return status;
  throw new LichenError('internal', `The agent was told to ${path} and has not.`, {
    got: `${status.state}${status.reason === '' ? '' : `, ${status.reason}`}`,
    expected: wanted,
    next: 'Look at it again: lichen agent show. Its account can pause its mandates on the chain in any case: lichen mandate pause.',
    retry: 'later',
  });
}

/**
 * Pauses an agent: resolves when it can sign nothing new any more and says so itself. The pause is in its journal and lasts
 * across restarts.
 * @throws LichenError `bad-input`, `not-found`, `source-unavailable`, `timeout`, `internal` when it has not paused
 */
export function pauseAgent(client: LichenClient, init: AgentOrder): Promise<AgentStatus> {
  return order(client, init, 'pause', 'paused');
}

/**
 * Lets a paused agent go on.
 * @throws LichenError as `pauseAgent`
 */
export function resumeAgent(client: LichenClient, init: AgentOrder): Promise<AgentStatus> {
  return order(client, init, 'resume', 'running');
}
