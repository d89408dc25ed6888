import { LichenError } from '@lichen/protocol';
import { type Address, concatHex, getContractAddress, type Hex, type PublicClient, zeroHash } from 'viem';
import type { Sender } from './sender.ts';

/** The deterministic deployment proxy: the same address, and so the same contract addresses, on every chain. */
export const deploymentProxy: Address = '0x4e59b44847b379578588920ca78fbf26c0b4956c';

/** A contract that is to be at the address which its code and the salt give. */
export interface PlannedContract {
  readonly name: string;
  readonly initCode: Hex;
  readonly salt: Hex;
  readonly address: Address;
  /** Gas limit of the transaction that deploys it. */
  readonly gas: bigint;
}

export function planContract(
  name: string,
  gas: bigint,
  initCode: Hex,
  salt: Hex = zeroHash,
): PlannedContract {
  const address = getContractAddress({ opcode: 'CREATE2', from: deploymentProxy, salt, bytecode: initCode });
  return { name, initCode, salt, address, gas };
}

export async function hasCode(chain: PublicClient, address: Address): Promise<boolean> {
  const code = await chain.getCode({ address });
  return code !== undefined && code !== '0x';
}

/**
 * Deploys the contracts that are not there yet. All at once: later constructors may need the code of earlier ones, which
 * the order of nonces guarantees.
 *
 * @throws LichenError `transaction-failed`
 */
export async function deployMissing(
  chain: PublicClient,
  sender: Sender,
  contracts: readonly PlannedContract[],
): Promise<void> {
  const isThere = await Promise.all(contracts.map(({ address }) => hasCode(chain, address)));
  const missing = contracts.filter((_, index) => !isThere[index]);
  await sender.sendAll(
    missing.map(({ name, salt, initCode, gas }) => ({
      what: `deploying ${name}`,
      to: deploymentProxy,
      data: concatHex([salt, initCode]),
      gas,
    })),
  );
  for (const { name, address } of missing) {
    if (await hasCode(chain, address)) continue;
    throw new LichenError('transaction-failed', `Deploying ${name} left no code behind.`, {
      got: `nothing at ${address}`,
      next: 'Run the same command again; if it stays so, the gas limit of this chain is too small.',
      retry: 'later',
    });
  }
}
