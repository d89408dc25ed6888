import { type DecisionKind, decisionKinds, LichenError } from '@lichen/protocol';
import type { LichenClient } from '../client/createLichenClient.ts';
import { fieldsOf, integerAt, textAt } from '../network/readFields.ts';
import { requestGateway } from '../network/requestGateway.ts';
import { findAgent } from './listAgents.ts';

/** What an agent says of itself. */
export interface AgentStatus {
  readonly state: 'running' | 'paused' | 'starting' | 'failed' | 'stopped';
  /** Unix milliseconds. */
  readonly since: number;
  /** Why it is in this state; empty where it runs. */
  readonly reason: string;
  readonly lastDecision: {
    /** Its place in the journal. */
    readonly index: number;
    readonly leafHash: string;
    readonly kind: DecisionKind;
    readonly choice: string;
    /** Unix milliseconds. */
    readonly time: number;
  } | null;
  /** The recorded day that it is at, where its world has days. */
  readonly day?: string;
}

const states = ['running', 'paused', 'starting', 'failed', 'stopped'] as const;

function oneOf<Word extends string>(words: readonly Word[], got: string, what: string): Word {
  const word = words.find((candidate) => candidate === got);
  if (word !== undefined) return word;
  throw new LichenError('bad-input', `The agent's ${what} is none that is known.`, {
    got: got.slice(0, 80),
    expected: words.join(', '),
    next: 'Check that the gateway and this program come from the same release.',
  });
}

/**
 * Whether an agent runs, and its last decision.
 * @throws LichenError `not-found`, `source-unavailable` when the agent does not answer, `not-running`, `timeout`
 */
export async function getAgentStatus(
  client: LichenClient,
  { agent: name }: { readonly agent: string },
): Promise<AgentStatus> {
  const { path } = findAgent(client, name);
  const status = fieldsOf('The agent’s status', await requestGateway(client.gatewayUrl, `${path}/status`));
  const last =
    status.values.lastDecision == null
      ? undefined
      : fieldsOf('Its last decision', status.values.lastDecision);
  return {
    state: oneOf(states, textAt(status, 'state'), 'state'),
    since: integerAt(status, 'since', 0, Number.MAX_SAFE_INTEGER),
    reason: status.values.reason == null ? '' : textAt(status, 'reason'),
    lastDecision:
      last === undefined
        ? null
        : {
            index: integerAt(last, 'index', 0, Number.MAX_SAFE_INTEGER),
            leafHash: textAt(last, 'leafHash'),
            kind: oneOf(decisionKinds, textAt(last, 'kind'), 'last decision'),
            choice: textAt(last, 'choice'),
            time: integerAt(last, 'time', 0, Number.MAX_SAFE_INTEGER),
          },
    ...(status.values.day == null ? {} : { day: textAt(status, 'day') }),
  };
}
