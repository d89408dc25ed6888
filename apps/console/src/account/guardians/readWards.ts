import { accountsOf, guardianRecoveryAbi, type LichenClient, onChain } from '@lichen/sdk';
import { type Address, isAddressEqual } from 'viem';

/** The accounts whose guardian an account is now. @throws LichenError `chain-unreachable`, `timeout`. */
export async function readWards(client: LichenClient, guardian: Address): Promise<readonly Address[]> {
  const logs = await onChain(
    client.chain.getContractEvents({
      address: accountsOf(client).guardianRecovery,
      abi: guardianRecoveryAbi,
      eventName: 'GuardiansSet',
      fromBlock: 0n,
      toBlock: 'latest',
      strict: true,
    }),
  );
  // The last setting of each account is the one in force.
  const guardians = new Map(logs.map(({ args }) => [args.account, args.guardians]));
  return [...guardians]
    .filter(([, set]) => set.some((one) => isAddressEqual(one, guardian)))
    .map(([account]) => account);
}
