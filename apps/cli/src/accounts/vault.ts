import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { LichenError } from '@lichen/protocol';
import {
  type CodeWrappedVaultKey,
  createRecoveryCode,
  joinVaultKey,
  openVaultShare,
  type SealedVaultShare,
  splitVaultKey,
  unwrapVaultKeyWithCode,
  type VaultShare,
  vaultBoxOf,
  wrapVaultKey,
  wrapVaultKeyWithCode,
} from '@lichen/sdk';
import { getAddress, type Hex, isAddress, isHex } from 'viem';
import type { Answer } from '../cover/clientCommand.ts';
import { type AccountFile, demandAccountFile, updateAccountFile } from './accountFile.ts';
import { prfOutputOf } from './prf.ts';
import { vaultKeyOf } from './show.ts';

function refuse(summary: string, got: string, next: string): never {
  throw new LichenError('bad-input', summary, { got, next, retry: 'after-fix' });
}

async function demandVaultKey(stateFolder: string): Promise<{ file: AccountFile; vaultKey: Uint8Array }> {
  const file = demandAccountFile(stateFolder);
  const vaultKey = await vaultKeyOf(file);
  if (vaultKey !== undefined) return { file, vaultKey };
  return refuse(
    'This device has no vault key yet.',
    file.account,
    'Bring it here with a recovery code or shares: lichen account vault join',
  );
}

/** A file that must not replace another. */
function writeNew(path: string, value: unknown): void {
  try {
    writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    refuse('There is a file of that name already.', path, 'Name another one.');
  }
}

/** Makes a recovery code, shows it once, and writes what it opens. */
export async function codeCommand(stateFolder: string, out: string): Promise<Answer> {
  const { file, vaultKey } = await demandVaultKey(stateFolder);
  const code = await createRecoveryCode();
  writeNew(out, await wrapVaultKeyWithCode({ vaultKey, account: file.account, code }));
  return {
    json: { account: file.account, code, file: out },
    text: [
      'Your recovery code, shown this once:',
      '',
      `    ${code}`,
      '',
      `Write it on paper. With ${out} it opens your vault; keep the two apart. It does not open your account.`,
    ].join('\n'),
  };
}

/** `0xACCOUNT:0xBOX` of a guardian. */
function guardianOf(text: string) {
  const [account, box, ...rest] = text.split(':');
  if (isAddress(String(account)) && isHex(box) && rest.length === 0) {
    return { account: getAddress(account as Hex), box };
  }
  return refuse(
    'That is not a guardian with a vault box.',
    text.slice(0, 60),
    'Write ACCOUNT:BOX, as their `lichen account show` has it.',
  );
}

/** Cuts the vault key into shares, one sealed for each guardian, and writes them into a folder. */
export async function splitCommand(
  stateFolder: string,
  options: { readonly guardians: readonly string[]; readonly threshold: number; readonly out: string },
): Promise<Answer> {
  const { file, vaultKey } = await demandVaultKey(stateFolder);
  const shares = await splitVaultKey({
    vaultKey,
    account: file.account,
    threshold: options.threshold,
    guardians: options.guardians.map(guardianOf),
  });
  mkdirSync(options.out, { recursive: true });
  const files = shares.map((share) => {
    const path = join(options.out, `vault-share-${share.guardian}.json`);
    writeNew(path, share);
    return path;
  });
  return {
    json: { account: file.account, set: shares[0]!.set, threshold: options.threshold, files },
    text: [
      `${options.threshold} of ${shares.length} shares open your vault. Give each guardian their file; nobody else can open it.`,
      ...files.map((path) => `  ${path}`),
    ].join('\n'),
  };
}

function readJson(path: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch (error) {
    if (!(error instanceof SyntaxError)) {
      return refuse('The file cannot be read.', path, 'Check its name.');
    }
  }
  return refuse('That file holds no share and no wrapped key.', path, 'Check its name.');
}

/** As a guardian: opens the share that somebody left, for handing it back to them. */
export async function openCommand(stateFolder: string, path: string): Promise<Answer> {
  const { vaultKey } = await demandVaultKey(stateFolder);
  const sealed = readJson(path);
  if (typeof sealed.sealed !== 'object') refuse('That file holds no sealed share.', path, 'Check its name.');
  const share = await openVaultShare(sealed as unknown as SealedVaultShare, { vaultKey });
  return {
    json: share,
    text: `${JSON.stringify(share, null, 2)}\nHand this to the person themselves, over a way that nobody else reads.`,
  };
}

async function askForCode(): Promise<string> {
  if (process.stdin.isTTY) {
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    const code = await lines.question('Recovery code: ');
    lines.close();
    return code;
  }
  // Not an argument: those are in the shell's history and in the list of processes.
  return readFileSync(0, 'utf8').trim();
}

/** Brings the vault key to this device, from a recovery code's file or from opened shares. */
export async function joinCommand(stateFolder: string, paths: readonly string[]): Promise<Answer> {
  const file = demandAccountFile(stateFolder);
  const values = paths.map(readJson);
  const byCode = values.find(({ kind }) => kind === 'code');
  const wanted = byCode ?? values[0];
  if (wanted?.account !== file.account) {
    refuse('That is of another account.', String(wanted?.account), `Take the files of ${file.account}.`);
  }
  const vaultKey =
    byCode === undefined
      ? await joinVaultKey(values as unknown as VaultShare[])
      : await unwrapVaultKeyWithCode(byCode as unknown as CodeWrappedVaultKey, {
          account: file.account,
          code: await askForCode(),
        });
  const vault = await wrapVaultKey({
    vaultKey,
    account: file.account,
    device: file.userHandle,
    prfOutput: prfOutputOf(file.prfSecret),
  });
  updateAccountFile(stateFolder, { ...file, vault });
  const box = await vaultBoxOf(vaultKey);
  return {
    json: { account: file.account, vaultBox: box },
    text: `The vault key is on this device.\n  vault box    ${box}`,
  };
}
