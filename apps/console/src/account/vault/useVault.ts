import { LichenError } from '@lichen/protocol';
import {
  createVaultKey,
  unwrapVaultKey,
  unwrapVaultKeyWithCode,
  vaultKeyCheck,
  wrapVaultKey,
  wrapVaultKeyWithCode,
} from '@lichen/sdk';
import { useState } from 'react';
import { bytesToHex } from 'viem';
import { type ActReport, useActs } from '../../acts/ActProvider.tsx';
import { useAccount } from '../AccountProvider.tsx';
import { askPasskey } from '../passkeys/askPasskey.ts';
import type { RememberedAccount } from '../rememberedAccounts.ts';
import { type KeptVault, readVault, writeVault } from './keptVault.ts';

export interface Vault {
  readonly kept: KeptVault | null;
  /** The bare key while this page is open, 32 bytes; never kept. */
  readonly key: Uint8Array | null;
  /** Makes the key and seals it with this device's passkey; tells when the device has no secret for it. */
  create(): Promise<void>;
  /** Opens the kept key by this device, one prompt, or by the recovery code. */
  open(code?: string): Promise<void>;
  /** Takes a key that came back, seals it for this device where it can, and by a code otherwise. */
  adopt(key: Uint8Array, code: string | null): Promise<void>;
  /** Seals the key by a code; makes the key first where there is none. */
  sealWithCode(code: string): Promise<void>;
  /** Notes that shares were made. */
  noteShares(threshold: number, count: number): void;
  close(): void;
}

/** The vault key of the account in use, as far as this browser has it. */
export function useVault(known: RememberedAccount): Vault {
  const { remember } = useAccount();
  const { run } = useActs();
  const { address, credentialId } = known;
  const [kept, setKept] = useState(() => readVault(address));
  const [key, setKey] = useState<Uint8Array | null>(null);
  const keep = (vault: KeptVault) => {
    writeVault(address, vault);
    setKept(vault);
  };
  /** Asks the passkey for its secret: one prompt. Null where it has none, which is remembered. */
  const secretOfDevice = async (report: ActReport): Promise<Uint8Array | null> => {
    report.asking();
    const { prfOutput } = await askPasskey({
      hash: bytesToHex(crypto.getRandomValues(new Uint8Array(32))),
      credentialId,
      withVaultSecret: true,
    });
    report.touched();
    const hasPrf = prfOutput !== null;
    if (known.hasPrf !== hasPrf) remember({ ...known, hasPrf });
    return prfOutput;
  };
  const device = (prfOutput: Uint8Array) => ({ account: address, device: credentialId, prfOutput });
  return {
    kept,
    key,
    close: () => setKey(null),
    create: async () => {
      await run({
        what: 'Making your vault key',
        perform: async (report) => {
          const prfOutput = await secretOfDevice(report);
          if (prfOutput === null) throw noSecret();
          const vaultKey = createVaultKey();
          keep({
            check: await vaultKeyCheck(vaultKey),
            device: await wrapVaultKey({ vaultKey, ...device(prfOutput) }),
          });
          setKey(vaultKey);
        },
      });
    },
    open: async (code) => {
      await run({
        what: 'Opening your vault key',
        perform: async (report) => {
          if (kept === null) throw nothingKept();
          if (code !== undefined) {
            if (kept.code === undefined) throw nothingKept();
            setKey(await unwrapVaultKeyWithCode(kept.code, { account: address, code }));
            return;
          }
          if (kept.device === undefined) throw nothingKept();
          const prfOutput = await secretOfDevice(report);
          if (prfOutput === null) throw noSecret();
          setKey(await unwrapVaultKey(kept.device, device(prfOutput)));
        },
      });
    },
    adopt: async (found, code) => {
      await run({
        what: 'Bringing your vault key here',
        perform: async (report) => {
          const prfOutput = known.hasPrf === false ? null : await secretOfDevice(report);
          if (prfOutput === null && code === null) throw noSecret();
          keep({
            check: await vaultKeyCheck(found),
            ...(prfOutput === null
              ? {}
              : { device: await wrapVaultKey({ vaultKey: found, ...device(prfOutput) }) }),
            ...(code === null
              ? {}
              : { code: await wrapVaultKeyWithCode({ vaultKey: found, account: address, code }) }),
          });
          setKey(found);
        },
      });
    },
    sealWithCode: async (code) => {
      await run({
        what: 'Sealing your vault key with a code',
        perform: async () => {
          const vaultKey = key ?? (kept === null ? createVaultKey() : null);
          if (vaultKey === null) throw nothingKept();
          keep({
            ...(kept ?? {}),
            check: await vaultKeyCheck(vaultKey),
            code: await wrapVaultKeyWithCode({ vaultKey, account: address, code }),
          });
          setKey(vaultKey);
        },
      });
    },
    noteShares: (threshold, count) => {
      if (kept !== null) keep({ ...kept, shares: { at: Date.now(), threshold, count } });
    },
  };
}

function noSecret(): LichenError {
  return new LichenError('passkey-unsupported', 'This device gives no secret to seal a key with.', {
    got: 'a passkey without PRF',
    next: 'Use a recovery code on this device instead: it is offered here now.',
    retry: 'after-fix',
  });
}

function nothingKept(): LichenError {
  return new LichenError('not-found', 'There is no key here that could be opened this way.', {
    next: 'Bring it here with your recovery code or your guardians.',
    retry: 'after-fix',
  });
}
