import { type LichenClient, listRounds, type OracleRound } from '@lichen/sdk';
import { zeroHash } from 'viem';
import type { Answer } from '../cover/clientCommand.ts';
import { tableText } from '../cover/table.ts';

/** A moment of chain time as UTC to the second. */
export function chainTimeText(seconds: number): string {
  return new Date(seconds * 1_000).toISOString().replace('T', ' ').slice(0, 19);
}

/** The newest rounds as data and as a table. */
export async function roundsCommand(
  client: LichenClient,
  options: { readonly limit: number },
): Promise<Answer> {
  const rounds = await listRounds(client, { limit: options.limit });
  if (rounds.length === 0)
    return { json: { rounds }, text: 'No round yet: the reporters have not reported.' };
  return { json: { rounds }, text: roundsText(rounds) };
}

function roundsText(rounds: readonly OracleRound[]): string {
  return tableText(
    [
      { title: 'Round', align: 'right' },
      { title: 'Observed until, UTC' },
      { title: 'Signed by reporters' },
      { title: 'Block', align: 'right' },
      { title: 'Holds' },
    ],
    rounds.map((round) => [
      String(round.round),
      chainTimeText(round.observedTo),
      round.signers.join(', '),
      String(round.block),
      round.root === zeroHash ? 'a heartbeat, no answers' : `answers under ${round.root.slice(0, 12)}`,
    ]),
  );
}
