import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LichenError } from '@lichen/protocol';
import type { WrappedVaultKey } from '@lichen/sdk';
import { type Address, bytesToHex, type Hex, isAddress } from 'viem';

/** What the command line keeps of an account: a software passkey, as safe as the file and no safer. */
export interface AccountFile {
  readonly version: 1;
  readonly kind: 'software passkey';
  /** P-256 private key, 32 bytes. */
  readonly privateKey: Hex;
  /** WebAuthn user handle, 32 bytes: finds the account in the directory. */
  readonly userHandle: Hex;
  /** Stands for an authenticator's PRF: 32 bytes that never leave the file. */
  readonly prfSecret: Hex;
  readonly account: Address;
  readonly chainId: number;
  /** `created`: this passkey is the account's first. `requested`: it waits to be added by a device or by guardians. */
  readonly origin: 'created' | 'requested';
  /** Index of the passkey in the account; null while it is not in it. */
  readonly index: number | null;
  readonly vault: WrappedVaultKey | null;
}

const names = { account: 'account.json', agent: 'agent.json' } as const;

/** Where a state folder keeps the account's passkey, or the key of an agent. */
export function keyFileOf(stateFolder: string, kind: keyof typeof names): string {
  return join(stateFolder, names[kind]);
}

/** Whether a value is 32 bytes of hex: viem's `size` rounds half a byte up, so that a text cut by one digit passes it. */
export function isWord(value: unknown): value is Hex {
  return typeof value === 'string' && /^0x[0-9a-fA-F]{64}$/.test(value);
}

/** 32 random bytes. */
export function randomSecret(): Hex {
  return bytesToHex(crypto.getRandomValues(new Uint8Array(32)));
}

function damaged(path: string, got: string, next: string): LichenError {
  return new LichenError('state-damaged', 'The file with the key cannot be used.', {
    got: `${path}: ${got}`,
    next,
    retry: 'after-fix',
  });
}

/** The JSON of a key file; undefined where there is none. @throws LichenError `state-damaged` when others can read it. */
export function readKeyFile(path: string): Record<string, unknown> | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cause;
  }
  // As ssh does: a key that others could have read is not used in silence. Windows has no such modes.
  const mode = statSync(path).mode & 0o077;
  if (process.platform !== 'win32' && mode !== 0) {
    throw damaged(path, 'other people of this machine can read it', `Close it with: chmod 600 ${path}`);
  }
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw damaged(path, 'no JSON', 'Restore it from a backup, or move it away and begin anew.');
  }
}

/**
 * Writes a key file that only its owner can read; whole or not at all.
 * @param mayReplace a new key never takes the place of another, also not of one that came a moment ago.
 * @throws LichenError `bad-input` when there is one that may not be replaced.
 */
export function writeKeyFile(path: string, value: unknown, mayReplace: boolean): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const fresh = `${path}.${process.pid}.new`;
  try {
    writeFileSync(fresh, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600, flag: 'wx', flush: true });
    if (mayReplace) renameSync(fresh, path);
    else linkSync(fresh, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new LichenError('bad-input', 'There is a key already.', {
      got: path,
      next: 'Name another folder with --state, or use this key.',
      retry: 'after-fix',
      cause: error,
    });
  } finally {
    rmSync(fresh, { force: true });
  }
}

/** The account of a state folder; undefined where there is none. @throws LichenError `state-damaged`. */
export function readAccountFile(stateFolder: string): AccountFile | undefined {
  const path = keyFileOf(stateFolder, 'account');
  const value = readKeyFile(path);
  if (value === undefined) return undefined;
  const isUsable =
    value.version === 1 &&
    isWord(value.privateKey) &&
    isWord(value.userHandle) &&
    isWord(value.prfSecret) &&
    isAddress(String(value.account)) &&
    Number.isInteger(value.chainId);
  if (isUsable) return value as unknown as AccountFile;
  throw damaged(path, 'a field that is missing or malformed', 'Restore it from a backup.');
}

/** The account of a state folder. @throws LichenError `not-found` where there is none, `state-damaged`. */
export function demandAccountFile(stateFolder: string): AccountFile {
  const file = readAccountFile(stateFolder);
  if (file !== undefined) return file;
  throw new LichenError('not-found', 'There is no account on this machine yet.', {
    got: keyFileOf(stateFolder, 'account'),
    next: 'Make one with: lichen account create',
    retry: 'after-fix',
  });
}

/** Refuses to put another key in the place of one that is there. @throws LichenError `bad-input`. */
export function demandNoAccountFile(stateFolder: string): void {
  const file = readAccountFile(stateFolder);
  if (file === undefined) return;
  throw new LichenError('bad-input', 'This folder has an account already.', {
    got: `${file.account} in ${keyFileOf(stateFolder, 'account')}`,
    next: 'Name another folder with --state, or use this account.',
    retry: 'after-fix',
  });
}

/** Puts a new account's file into its folder. @throws LichenError `bad-input` when there is one already. */
export function addAccountFile(stateFolder: string, file: AccountFile): void {
  writeKeyFile(keyFileOf(stateFolder, 'account'), file, false);
}

/** Puts what has changed about the same passkey into its file. */
export function updateAccountFile(stateFolder: string, file: AccountFile): void {
  writeKeyFile(keyFileOf(stateFolder, 'account'), file, true);
}
