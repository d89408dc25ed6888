import { LichenError } from '@lichen/protocol';
import type { JournalConfig } from '../client/config.ts';
import type { LichenClient } from '../client/createLichenClient.ts';

/**
 * The journal of a network by its origin, its writer's address or its number, counted from 1.
 * @throws LichenError `not-found`
 */
export function findJournal(client: LichenClient, name: string): JournalConfig {
  const { journals } = client.config;
  const wanted = name.toLowerCase();
  const found = journals.find(
    ({ origin, writer }, at) =>
      [origin, writer.toLowerCase(), String(at + 1)].includes(wanted) || origin === name,
  );
  if (found !== undefined) return found;
  throw new LichenError('not-found', 'The network has no such journal.', {
    got: name,
    expected: journals.map(({ origin }) => origin).join(', ') || 'a network that keeps journals',
    next: 'See `lichen journal list`.',
    retry: 'after-fix',
  });
}
