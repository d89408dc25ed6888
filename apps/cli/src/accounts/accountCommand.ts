import { type AccountClient, createLichenClient, type LichenClient } from '@lichen/sdk';
import type { Answer, CommonFlags } from '../cover/clientCommand.ts';
import { printResult } from '../support/output.ts';
import { gatewayUrlOf, stateFolderOf } from '../support/stateFolder.ts';
import { openAccountFile } from './openAccountFile.ts';

/** A network without anybody who signs, and the folder in which keys are. */
export interface Place {
  readonly client: LichenClient;
  readonly stateFolder: string;
}

/** Where the flags point. @throws LichenError `not-running` and what `createLichenClient` throws. */
export async function openPlace(flags: CommonFlags): Promise<Place> {
  const stateFolder = stateFolderOf(flags.state);
  const gatewayUrl = flags.gateway ?? (await gatewayUrlOf(stateFolder));
  return { client: await createLichenClient({ gatewayUrl }), stateFolder };
}

/** Does work that needs no account and prints its answer in the form that was asked for. */
export async function answerAt(flags: CommonFlags, work: (place: Place) => Promise<Answer>): Promise<void> {
  printResult(flags.json === true, await work(await openPlace(flags)));
}

/** The same with the account of the state folder. */
export async function answerByAccount(
  flags: CommonFlags,
  work: (account: AccountClient, place: Place) => Promise<Answer>,
): Promise<void> {
  await answerAt(flags, async (place) => work(await openAccountFile(place.client, place.stateFolder), place));
}
