import { type LichenClient, listDecisions } from '@lichen/sdk';
import { tableText } from '../cover/table.ts';

export interface ShowJournalOptions {
  readonly journal: string;
  readonly limit: number;
}

/** The newest decisions of a journal, newest first, each found under the signed head. */
export async function showJournalCommand(
  client: LichenClient,
  options: ShowJournalOptions,
): Promise<{ json: unknown; text: string }> {
  const decisions = await listDecisions(client, options);
  const rows = decisions.map(({ index, decision }) => [
    String(index),
    new Date(decision.time).toISOString().slice(0, 19).replace('T', ' '),
    decision.kind,
    decision.task.length > 40 ? `${decision.task.slice(0, 39)}…` : decision.task,
    decision.result?.status ?? '',
  ]);
  return {
    json: decisions,
    text:
      decisions.length === 0
        ? 'No decision yet.'
        : tableText(
            ['Entry', 'Time (UTC)', 'Kind', 'At', 'Result'].map((title) => ({ title })),
            rows,
          ),
  };
}
