import { LichenError } from '@lichen/protocol';
import type { JournalConfig } from '../client/config.ts';
import type { LichenClient } from '../client/createLichenClient.ts';

/**
 * The journal of a network by its origin, its writer's address, its number, counted from 1, or the name of the agent whose
 * it is.
 * @throws LichenError `not-found`
 */
export function findJournal(client: LichenClient, name: string): JournalConfig {
  const { journals, agents } = client.config;
  const wanted = (agents.find((agent) => agent.name === name)?.journal ?? name).toLowerCase();
  const found = journals.find(({ origin, writer }, at) =>
    [origin.toLowerCase(), writer.toLowerCase(), String(at + 1)].includes(wanted),
  );
  if (found !== undefined) return found;
  throw new LichenError('not-found', 'The network has no such journal.', {
    got: name,
    expected: journals.map(({ origin }) => origin).join(', ') || 'a network that keeps journals',
    next: 'See `lichen journal list`.',
    retry: 'after-fix',
  });
}
