import { LichenError } from '@lichen/protocol';
import type { Hex } from 'viem';
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';
import type { Answer } from '../cover/clientCommand.ts';
import { isWord, keyFileOf, randomSecret, readKeyFile, writeKeyFile } from './accountFile.ts';

function keyOf(value: unknown, where: string): Hex {
  if (isWord(value)) return value;
  throw new LichenError('bad-input', `${where} holds no private key.`, {
    got: typeof value === 'string' ? `${value.length} characters` : typeof value,
    expected: '0x and 64 hex digits',
    retry: 'after-fix',
  });
}

/**
 * The agent of this machine: the key in LICHEN_AGENT_KEY, else that of the state folder.
 * @throws LichenError `not-found` where there is neither, `bad-input`, `state-damaged`.
 */
export function readAgent(stateFolder: string): PrivateKeyAccount {
  const fromEnvironment = process.env.LICHEN_AGENT_KEY;
  if (fromEnvironment !== undefined && fromEnvironment !== '') {
    return privateKeyToAccount(keyOf(fromEnvironment, 'LICHEN_AGENT_KEY'));
  }
  const path = keyFileOf(stateFolder, 'agent');
  const file = readKeyFile(path);
  if (file !== undefined) return privateKeyToAccount(keyOf(file.privateKey, path));
  throw new LichenError('not-found', 'There is no agent on this machine yet.', {
    got: path,
    next: 'Make its key with: lichen mandate agent',
    retry: 'after-fix',
  });
}

/** Makes the key of an agent, or shows the address of the one that is there. */
export function agentCommand(stateFolder: string): Answer {
  const path = keyFileOf(stateFolder, 'agent');
  const isNew = readKeyFile(path) === undefined;
  if (isNew) writeKeyFile(path, { version: 1, kind: 'agent key', privateKey: randomSecret() }, false);
  const { privateKey } = readKeyFile(path)!;
  const { address } = privateKeyToAccount(keyOf(privateKey, path));
  return {
    json: { agent: address, file: path, isNew },
    text: [
      `Agent ${address}${isNew ? ', just made' : ''}. It may do nothing until an account grants it something:`,
      `  lichen mandate grant --agent ${address} --contract flightCover --function 'buy(…)' --per-call 50 --per-period 200 --period 1d --expires 7d`,
      `  key  ${path}`,
    ].join('\n'),
  };
}
