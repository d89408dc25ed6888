import { formatAmount, type LichenClient, listReporters } from '@lichen/sdk';
import type { Answer } from '../cover/clientCommand.ts';
import { tableText } from '../cover/table.ts';

/** The reporter set in force as data and as a table. */
export async function reportersCommand(client: LichenClient): Promise<Answer> {
  const reporters = await listReporters(client);
  const text = tableText(
    [
      { title: 'Reporter', align: 'right' },
      { title: 'Address' },
      { title: 'Bond, pUSD', align: 'right' },
      { title: 'Endpoint' },
    ],
    reporters.map((reporter) => [
      String(reporter.index),
      reporter.address,
      formatAmount(reporter.bond),
      reporter.endpoint,
    ]),
  );
  return { json: { reporters }, text };
}
