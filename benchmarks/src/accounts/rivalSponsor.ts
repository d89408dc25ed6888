import { type Address, concat, encodeAbiParameters, type Hex } from 'viem';
import { toPackedUserOperation, type UserOperation } from 'viem/account-abstraction';
import { accountOf, type DevChain } from '../support/devChain.ts';
import type { RivalPackages } from '../support/rivalPackages.ts';
import { gasLimits } from './bundle.ts';

/** What pays for the rivals' operations: eth-infinitism's VerifyingPaymaster 0.7, the sample that both were built against. */
export interface RivalSponsor {
  /** The operation with a paymaster's signature; its own signature is still missing. */
  sponsor(operation: UserOperation<'0.8'>): Promise<UserOperation<'0.8'>>;
}

const artifact =
  '@safe-global/safe-passkey/build/artifacts/@account-abstraction/contracts/samples/VerifyingPaymaster.sol/VerifyingPaymaster.json';

export async function deployRivalSponsor(
  chain: DevChain,
  rivals: RivalPackages,
  entryPoint: Address,
): Promise<RivalSponsor> {
  const signer = accountOf(900_001);
  const code = rivals.artifact(artifact);
  const paymaster = await chain.deployCode('VerifyingPaymaster', code, [entryPoint, signer.address]);
  // depositTo(address): the sponsor's balance at the EntryPoint.
  await chain.transact(
    'A deposit',
    entryPoint,
    concat(['0xb760faf9', encodeAbiParameters([{ type: 'address' }], [paymaster])]),
    undefined,
    10n ** 19n,
  );
  return {
    async sponsor(operation) {
      const validUntil = (await chain.now()) + 600;
      const validAfter = 0;
      const dates = encodeAbiParameters([{ type: 'uint48' }, { type: 'uint48' }], [validUntil, validAfter]);
      const sponsored = {
        ...operation,
        paymaster,
        paymasterVerificationGasLimit: gasLimits.paymasterVerificationGasLimit,
        paymasterPostOpGasLimit: gasLimits.paymasterPostOpGasLimit,
        paymasterData: concat([dates, `0x${'00'.repeat(65)}`]),
      };
      const hash = (await chain.chain.readContract({
        address: paymaster,
        abi: code.abi,
        functionName: 'getHash',
        args: [toPackedUserOperation(sponsored), validUntil, validAfter],
      })) as Hex;
      return {
        ...sponsored,
        paymasterData: concat([dates, await signer.signMessage({ message: { raw: hash } })]),
      };
    },
  };
}
