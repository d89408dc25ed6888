import { readFileSync } from 'node:fs';
import { type DecisionLog, openDecisionLog, type RecordedDecision } from '@lichen/journal';
import { LichenError } from '@lichen/protocol';
import { createAgent } from '../../src/runtime/createAgent.ts';
import type { Actor, AgentModel } from '../../src/runtime/types.ts';

/** The rules of docs/guides/language-models.md. */
export const invoiceRules: Uint8Array = readFileSync(
  new URL('../../../../docs/examples/language-model-rules.js', import.meta.url),
);

const time = 1_700_000_000_000;
const order = {
  supplier: '0x00000000000000000000000000000000000000ab',
  token: '0x00000000000000000000000000000000000000cc',
  amount: '1250000',
  limit: '2000000',
  description: '12 chairs, order 77',
};

/** Nothing acts here: an intent of these rules is refused, and that is on record. */
const idle: Actor = {
  prepare: async () => {
    throw new LichenError('mandate-paused', 'The mandate is paused in this test.');
  },
  reconcile: async () => {
    throw new LichenError('chain-unreachable', 'There is no chain in this test.');
  },
};

export interface InvoiceDecisions {
  readonly decisions: DecisionLog;
  /** One for each text. */
  readonly recorded: readonly RecordedDecision[];
}

/** Has an agent decide on invoices, one after the other, by rules that ask a model. Close `decisions` afterwards. */
export async function decideOnInvoices(init: {
  readonly folder: string;
  readonly model: AgentModel;
  readonly texts: readonly string[];
  readonly rulesCode?: Uint8Array;
}): Promise<InvoiceDecisions> {
  const decisions = await openDecisionLog({
    folder: init.folder,
    origin: 'lichen.test/invoices',
    secretKey: new Uint8Array(32).fill(3),
    checkpointEveryMs: 0,
    agent: 'eip155:31338:0x00000000000000000000000000000000000000aa',
    clock: () => time,
  });
  const left = [...init.texts];
  const agent = await createAgent({
    decisions,
    rulesCode: init.rulesCode ?? invoiceRules,
    rulesVersion: '1',
    model: init.model,
    actor: idle,
    clock: () => time,
    observe: async () => ({
      time,
      inputs: [
        { name: 'order', text: JSON.stringify(order), mediaType: 'application/json' },
        { name: 'invoice', text: left.shift()!, mediaType: 'text/plain' },
      ].map(({ text, ...input }) => ({
        ...input,
        bytes: new TextEncoder().encode(text),
        uri: 'test:mail',
        at: time,
        provenance: { by: 'operator' } as const,
      })),
    }),
  });
  await agent.start();
  const recorded: RecordedDecision[] = [];
  for (const _ of init.texts) recorded.push((await agent.step())!);
  return { decisions, recorded };
}
