import type { LichenClient } from '@lichen/sdk';
import { type Address, encodeFunctionData, type Hex, parseEther } from 'viem';
import { entryPoint08Abi } from 'viem/account-abstraction';

/**
 * Init code of a paymaster that pays for anything: it answers every call with `("", 0)`, the context and the validation
 * data that `validatePaymasterUserOp` returns (ERC-4337). An attacker who wants to get past our sponsor has one.
 */
const payForAnything: Hex = '0x600a600c600039600a6000f3604060005260606000f3';

/** Deploys a paymaster that asks no questions and fills its deposit. */
export async function openSponsor(client: LichenClient): Promise<Address> {
  const wallet = client.wallet!;
  const hash = await wallet.sendTransaction({ data: payForAnything, gas: 200_000n });
  const { contractAddress } = await client.chain.waitForTransactionReceipt({ hash });
  const funded = await wallet.sendTransaction({
    to: client.config.accounts!.entryPoint,
    data: encodeFunctionData({
      abi: entryPoint08Abi,
      functionName: 'depositTo',
      args: [contractAddress!],
    }),
    value: parseEther('1'),
  });
  await client.chain.waitForTransactionReceipt({ hash: funded });
  return contractAddress!;
}
