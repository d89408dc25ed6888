import { createVaultKey, vaultKeyCheck, wrapVaultKey } from '@lichen/sdk';
import type { Address, Hex } from 'viem';
import { readVault, writeVault } from './keptVault.ts';

/** Makes an account's vault key where the passkey gave its secret while it was made: no further prompt is needed. */
export async function keepFirstVaultKey(
  account: Address,
  credentialId: Hex,
  prfOutput: Uint8Array,
): Promise<void> {
  if (readVault(account) !== null) return;
  const vaultKey = createVaultKey();
  writeVault(account, {
    check: await vaultKeyCheck(vaultKey),
    device: await wrapVaultKey({ vaultKey, account, device: credentialId, prfOutput }),
  });
}
