import { type CheckJournalParameters, checkJournal, type JournalReport } from '@lichen/protocol';
import { hexToBytes } from 'viem';
import { readWitnessedHead, witnessWaitMs } from '../audit/readWitnessedHead.ts';
import type { LichenClient } from '../client/createLichenClient.ts';
import { findJournal } from './findJournal.ts';
import { journalReaderOf } from './journalReaderOf.ts';
import { listAnchors, trustPolicyOf } from './listJournals.ts';

export interface CheckNetworkJournalOptions
  extends Pick<CheckJournalParameters, 'hash' | 'mostFindings' | 'onEntry' | 'policy'> {
  /** Number, writer or origin of the journal, or the name of the agent whose it is. */
  readonly journal: string;
  /** Milliseconds in which witnesses may still sign the head; `witnessWaitMs` when absent. */
  readonly headWaitMs?: number;
}

/**
 * Checks a whole journal of a running network: its head, the network's witnesses, every tile and entry, each decision's
 * place, and every head of it on the chain, which is read first. The policy is the network's own when absent.
 * @throws LichenError `not-found`, `source-unavailable`, `not-running`, `timeout`, `chain-unreachable`
 * @example
 * const { isWhole, findings } = await checkNetworkJournal(client, { journal: '1' });
 */
export async function checkNetworkJournal(
  client: LichenClient,
  options: CheckNetworkJournalOptions,
): Promise<JournalReport> {
  const { journal: name, headWaitMs = witnessWaitMs, ...others } = options;
  const journal = findJournal(client, name);
  const policy = options.policy ?? trustPolicyOf(client).policy;
  const anchors = await listAnchors(client, journal.writer);
  const read = journalReaderOf(client, journal);
  const head = await readWitnessedHead({ read, vkey: journal.vkey, policy }, headWaitMs);
  return checkJournal({
    ...others,
    read: async (path) => (path === 'checkpoint' ? head : read(path)),
    vkey: journal.vkey,
    policy,
    anchors: anchors.map(({ size, root, block }) => ({
      size,
      root: hexToBytes(root),
      where: `block ${block}`,
    })),
  });
}
