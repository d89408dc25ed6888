import { LichenError } from '@lichen/protocol';
import { connectLichen, createLichenClient, type LichenClient, withAccount } from '@lichen/sdk';
import { privateKeyToAccount } from 'viem/accounts';
import { demandAccountFile, isWord, readAccountFile } from '../accounts/accountFile.ts';
import { openAccountFile } from '../accounts/openAccountFile.ts';
import { gatewayUrlOf, stateFolderOf } from '../support/stateFolder.ts';

/** Flags that say which network is meant. */
export interface ClientFlags {
  /** Address of a gateway. */
  readonly gateway?: string;
  /** Folder of a running network's state, which knows its gateway. */
  readonly state?: string;
}

/**
 * A client that acts as the account of this machine, where there is one. On a network without accounts it signs with the
 * key in LICHEN_PRIVATE_KEY, else with the network's development account.
 * @throws LichenError `bad-input` for a malformed key, `not-running`, `state-damaged`, `wrong-chain`, and what
 * `createLichenClient` throws.
 */
export async function openClient(flags: ClientFlags): Promise<LichenClient> {
  const stateFolder = stateFolderOf(flags.state);
  const gatewayUrl = flags.gateway ?? (await gatewayUrlOf(stateFolder));
  const client = await createLichenClient({ gatewayUrl });
  if (client.config.accounts === undefined) return openWithKey(client);
  if (readAccountFile(stateFolder) === undefined) return client;
  return withAccount(await openAccountFile(client, stateFolder));
}

/**
 * The same for a command that sends.
 * @throws LichenError `not-found` where there is no account on this machine yet.
 */
export async function openSendingClient(flags: ClientFlags): Promise<LichenClient> {
  const client = await openClient(flags);
  if (client.config.accounts !== undefined && client.sender === undefined) {
    demandAccountFile(stateFolderOf(flags.state));
  }
  return client;
}

function openWithKey({ gatewayUrl, config }: LichenClient): LichenClient {
  const key = process.env.LICHEN_PRIVATE_KEY;
  if (key === undefined || key === '') {
    // A network without a development account can still be read.
    const account = config.developmentAccount === undefined ? {} : { account: 'development' as const };
    return connectLichen({ gatewayUrl, config, ...account });
  }
  if (!isWord(key)) {
    throw new LichenError('bad-input', 'LICHEN_PRIVATE_KEY is no private key.', {
      got: `${key.length} characters`,
      expected: '0x and 64 hex digits',
      next: 'Correct the variable, or unset it to use the development account.',
      retry: 'after-fix',
    });
  }
  return connectLichen({ gatewayUrl, config, account: privateKeyToAccount(key) });
}
