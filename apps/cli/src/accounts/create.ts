import {
  accountsOf,
  type Call,
  createAccount,
  createVaultKey,
  formatAmount,
  type LichenClient,
  playDollarAbi,
  sendCalls,
  wrapVaultKey,
} from '@lichen/sdk';
import { encodeFunctionData } from 'viem';
import type { Answer } from '../cover/clientCommand.ts';
import type { Place } from './accountCommand.ts';
import { addAccountFile, demandNoAccountFile, keyFileOf, randomSecret } from './accountFile.ts';
import { signerOf } from './openAccountFile.ts';
import { prfOutputOf } from './prf.ts';

export interface CreateOptions {
  /** Play dollars to take with the first operation, base units; 0 for none. */
  readonly playMoney: bigint;
}

/** What the first operation does. Any call creates the account; one to nobody does nothing else. */
function firstCall(client: LichenClient, playMoney: bigint): Call {
  if (playMoney === 0n) return { to: '0x000000000000000000000000000000000000dEaD' };
  const data = encodeFunctionData({ abi: playDollarAbi, functionName: 'faucet', args: [playMoney] });
  return { to: client.addresses.playDollar, data };
}

/**
 * Makes a software passkey and its account, and brings the account onto the chain with an operation that the sponsor
 * pays for. The key is on disk before anything is sent: an account without its key would be lost.
 */
export async function createCommand(
  { client, stateFolder }: Place,
  { playMoney }: CreateOptions,
): Promise<Answer> {
  accountsOf(client);
  demandNoAccountFile(stateFolder);
  const secrets = { privateKey: randomSecret(), userHandle: randomSecret(), prfSecret: randomSecret() };
  const account = await createAccount(client, { signer: signerOf({ ...secrets, index: 0 }) });
  const { address } = account;
  const vault = await wrapVaultKey({
    vaultKey: createVaultKey(),
    account: address,
    device: secrets.userHandle,
    prfOutput: prfOutputOf(secrets.prfSecret),
  });
  addAccountFile(stateFolder, {
    version: 1,
    kind: 'software passkey',
    ...secrets,
    account: address,
    chainId: client.config.chainId,
    origin: 'created',
    index: 0,
    vault,
  });
  const sent = await sendCalls(account, [firstCall(client, playMoney)]);
  const path = keyFileOf(stateFolder, 'account');
  return {
    json: { account: address, kind: 'software passkey', file: path, transaction: sent.transactionHash },
    text: [
      `Account ${address} is yours. The sponsor paid.`,
      `  key          software passkey in ${path}: whoever reads this file is you`,
      `  holds        ${formatAmount(playMoney)} pUSD of play money (no value)`,
      `  transaction  ${sent.transactionHash}`,
      `  gas          ${sent.receipt.gasUsed}`,
      'Next: lichen account guardians set, so that losing this file does not lose the account.',
    ].join('\n'),
  };
}
