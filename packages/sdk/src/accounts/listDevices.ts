import { accountFactoryAbi, passkeyAccountAbi } from '@lichen/contracts';
import type { Passkey } from '@lichen/protocol';
import type { Hex } from 'viem';
import { onChain } from '../client/toLichenError.ts';
import { type AccountClient, accountsOf } from './accountClient.ts';

/** A passkey of an account, on whatever device it lives. */
export interface Device {
  /** What a signature by this device starts with. */
  readonly index: number;
  readonly passkey: Passkey;
  /** Whether it is the device that signs now. */
  readonly isThis: boolean;
  /** Chain time at which it came, unix seconds; null while the account is not on the chain. */
  readonly addedAt: number | null;
  /** The transaction that brought it; null while the account is not on the chain. */
  readonly transactionHash: Hex | null;
}

/**
 * All devices in force, lowest index first. Of an account that is not on the chain yet: the one that will be.
 * @throws LichenError `chain-unreachable`, `timeout`.
 */
export async function listDevices(account: AccountClient): Promise<Device[]> {
  const { client, address, signer } = account;
  if (!(await account.isDeployed())) {
    return [{ index: 0, passkey: signer.passkey, isThis: true, addedAt: null, transactionHash: null }];
  }
  const [[indices, keys], added, born] = await onChain(
    Promise.all([
      client.chain.readContract({ address, abi: passkeyAccountAbi, functionName: 'passkeys' }),
      client.chain.getContractEvents({
        address,
        abi: passkeyAccountAbi,
        eventName: 'PasskeyAdded',
        fromBlock: 0n,
        strict: true,
      }),
      client.chain.getContractEvents({
        address: accountsOf(client).factory,
        abi: accountFactoryAbi,
        eventName: 'AccountCreated',
        args: { account: address },
        fromBlock: 0n,
        strict: true,
      }),
    ]),
  );
  // An index is used again after a removal, so the newest event with the same key is the one that brought it.
  const events = [...born, ...added];
  return Promise.all(
    indices.map(async (index, at) => {
      const { x, y } = keys[at]!;
      const log = events.findLast(({ args }) => args.x === x && args.y === y);
      const block =
        log === undefined
          ? undefined
          : await onChain(client.chain.getBlock({ blockNumber: log.blockNumber }));
      return {
        index,
        passkey: { x, y },
        isThis: x === signer.passkey.x && y === signer.passkey.y,
        addedAt: block === undefined ? null : Number(block.timestamp),
        transactionHash: log?.transactionHash ?? null,
      };
    }),
  );
}
