import { decodeDecision, entryHashOf, LichenError, parseInclusionProof } from '@lichen/protocol';
import { getReceipt, type LichenClient, type ListedDecision, listDecisions } from '@lichen/sdk';
import { bytesToHex } from 'viem';

/** Newest decisions that one read of a journal gives. */
const mostListed = 256;
/** Entries read before and behind a decision that is no longer among the newest: its outcome follows soon. */
const beside = 6;

/**
 * One decision of a journal, as its receipt carries it. Whether the receipt holds is for `verifyReceipt`.
 * @throws LichenError `bad-input` for a receipt of something else, `not-found`, `source-unavailable`
 */
export async function readDecision(
  client: LichenClient,
  journal: string,
  index: number,
): Promise<ListedDecision> {
  const { extra, index: told } = parseInclusionProof(await getReceipt(client, { journal, index }));
  if (extra === undefined || told !== index) {
    throw new LichenError('bad-input', 'The journal handed out a receipt of something else.', {
      got: `entry ${told}`,
      expected: `entry ${index} with its decision`,
      next: 'Try again; if it stays so, its writer is not to be trusted.',
      retry: 'later',
    });
  }
  return { decision: decodeDecision(extra), index, leafHash: bytesToHex(entryHashOf(extra)).slice(2) };
}

/** The decisions near one, newest first: the newest of the journal, or those right before and behind it. */
export async function readAround(
  client: LichenClient,
  journal: string,
  index: number,
): Promise<readonly ListedDecision[]> {
  const newest = await listDecisions(client, { journal, limit: mostListed });
  const oldest = newest.at(-1)?.index ?? 0;
  if (index - beside >= oldest) return newest;
  const wanted = Array.from({ length: 2 * beside + 1 }, (_, at) => index + beside - at);
  const found = await Promise.all(
    wanted
      .filter((at) => at >= 0 && at !== index && at < oldest)
      .map((at) =>
        readDecision(client, journal, at).then(
          (entry) => [entry],
          () => [],
        ),
      ),
  );
  return [...newest, ...found.flat()];
}
