// An agent that pays a shop, bar after bar; the same in a process of its own and in a test.
import { type DecisionLog, openDecisionLog, type RecordedDecision } from '@lichen/journal';
import { connectLichen } from '@lichen/sdk';
import { privateKeyToAccount } from 'viem/accounts';
import {
  type Agent,
  type AgentInit,
  createAgent,
  createMandateActor,
  type MandateActorInit,
} from '../../src/index.ts';
import { type AgentPlace, shop, termsFromText } from './mandateChain.ts';
import { transferRules } from './transferRules.ts';

/** The bar after the last one that was decided on: no bar is decided on twice. */
export function nextBar(decisions: DecisionLog): number {
  for (let index = decisions.journal.size() - 1; index >= 0; index -= 1) {
    const { decision } = decisions.since(index).next().value as RecordedDecision;
    const match = /^bar (\d+)$/.exec(decision.task);
    if (match !== null) return Number(match[1]) + 1;
  }
  return 0;
}

export async function openTestLog(place: AgentPlace, folder: string): Promise<DecisionLog> {
  const address = privateKeyToAccount(place.agentKey).address;
  return openDecisionLog({
    folder,
    origin: 'lichen.test/agent',
    secretKey: new Uint8Array(32).fill(7),
    checkpointEveryMs: 0,
    agent: `eip155:${place.config.chainId}:${address}`,
  });
}

export async function openTestAgent(
  place: AgentPlace,
  decisions: DecisionLog,
  change: {
    readonly actor?: Partial<MandateActorInit>;
    readonly agent?: Partial<AgentInit>;
  } = {},
): Promise<Agent> {
  const { config, rpcUrl } = place;
  const client = connectLichen({
    gatewayUrl: rpcUrl,
    config,
    rpcUrl,
    account: privateKeyToAccount(place.agentKey),
  });
  const actor = createMandateActor({
    client,
    account: place.account,
    mandates: [termsFromText(place.terms)],
    pollMs: 10,
    ...change.actor,
  });
  return createAgent({
    decisions,
    rulesCode: transferRules,
    rulesVersion: '1',
    actor,
    clock: Date.now,
    observe: async () => {
      const now = Date.now();
      const bar = { bar: nextBar(decisions), shop, token: config.addresses.playDollar };
      return {
        time: now,
        inputs: [
          {
            name: 'bar',
            bytes: new TextEncoder().encode(JSON.stringify(bar)),
            mediaType: 'application/json',
            uri: 'test:bar',
            at: now,
            provenance: { by: 'operator' },
          },
        ],
      };
    },
    ...change.agent,
  });
}
