import { passkeyAccountAbi } from '@lichen/contracts';
import { LichenError, type Passkey } from '@lichen/protocol';
import { BaseError, ContractFunctionRevertedError } from 'viem';
import { toLichenError } from '../client/toLichenError.ts';
import type { AccountClient } from './accountClient.ts';

async function keyInForce({ client, address, signer }: AccountClient): Promise<Passkey | undefined> {
  try {
    return await client.chain.readContract({
      address,
      abi: passkeyAccountAbi,
      functionName: 'passkeyAt',
      args: [signer.index ?? 0],
    });
  } catch (error) {
    const revert =
      error instanceof BaseError ? error.walk((at) => at instanceof ContractFunctionRevertedError) : null;
    if ((revert as ContractFunctionRevertedError | null)?.data?.errorName === 'AccountPasskeyUnknown')
      return undefined;
    throw toLichenError(error);
  }
}

/**
 * Checks that an account on the chain takes its signer's passkey at this moment, before anybody is asked to touch
 * anything: with two accounts on one device, or after a device was removed, the chain would only say that the signature
 * is wrong.
 * @throws LichenError `wrong-passkey`, `chain-unreachable`.
 */
export async function checkSigner(account: AccountClient): Promise<void> {
  const key = await keyInForce(account);
  const { passkey, index = 0 } = account.signer;
  if (key !== undefined && BigInt(key.x) === BigInt(passkey.x) && BigInt(key.y) === BigInt(passkey.y)) return;
  throw new LichenError('wrong-passkey', 'The account does not take this passkey.', {
    got: `passkey ${passkey.x.slice(0, 10)}…`,
    expected:
      key === undefined
        ? `a device of account ${account.address}; number ${index} is none any more`
        : `passkey ${key.x.slice(0, 10)}… of account ${account.address}`,
    next: 'Choose a passkey of this account, or sign in again.',
    retry: 'after-fix',
  });
}
