import { type LichenClient, listJournals } from '@lichen/sdk';
import { tableText } from '../cover/table.ts';

/** The network's journals: how far, who witnessed, what is anchored. */
export async function listJournalsCommand(client: LichenClient): Promise<{ json: unknown; text: string }> {
  const journals = await listJournals(client);
  const rows = journals.map(({ origin, head, witnessedBy, anchored }, at) => [
    String(at + 1),
    origin,
    head === undefined ? 'no answer' : `${head.size} decisions`,
    `${witnessedBy.length} witnesses`,
    anchored === undefined ? 'not anchored yet' : `${anchored.size} anchored in block ${anchored.block}`,
  ]);
  return {
    json: journals.map(({ head, ...journal }) => ({
      ...journal,
      size: head?.size ?? null,
      root: head === undefined ? null : Buffer.from(head.root).toString('hex'),
    })),
    text:
      journals.length === 0
        ? 'This network keeps no journals.'
        : tableText(
            ['No.', 'Journal', 'Size', 'Seen by', 'On the chain'].map((title) => ({ title })),
            rows,
          ),
  };
}
