import { LichenError } from '@lichen/protocol';
import { accountFactoryAbi } from '@lichen/sdk';
import {
  type Address,
  decodeFunctionResult,
  type Hex,
  isAddressEqual,
  numberToHex,
  type PublicClient,
  size,
} from 'viem';
import { entryPoint08Address } from 'viem/account-abstraction';
import { revertReason } from './revertReason.ts';
import { RpcRefusal, rpcCodes } from './rpcRefusal.ts';
import type { AskedOperation } from './userOperation.ts';

interface SimulatedCall {
  readonly status: Hex;
  readonly returnData: Hex;
  readonly gasUsed: Hex;
}

/** Most gas that a simulated call may take, the most that a transaction may use (EIP-7825). */
const mostGas = 1n << 24n;

/** Gas of a transaction that calls with these bytes and leaves at least `limit` for the call. */
function gasFor(data: Hex, limit: bigint | undefined): Hex {
  const gas = limit === undefined || limit === 0n ? mostGas : limit + 21_000n + 40n * BigInt(size(data));
  return numberToHex(gas < mostGas ? gas : mostGas);
}

function reverts(what: string, revert: Hex): RpcRefusal {
  return new RpcRefusal(
    rpcCodes.operationReverts,
    new LichenError('transaction-failed', what, {
      got: revertReason(revert),
      next: 'Change what the operation does; nothing was spent on it.',
      retry: 'after-fix',
    }),
    { revert },
  );
}

/**
 * Makes the account where the operation does so, and its calls, on a copy of the chain's newest state (`eth_simulateV1`)
 * in a block of the moment `at`, unix seconds. Signatures are not looked at: nobody has signed yet.
 *
 * @throws RpcRefusal `transaction-failed` with the decoded reason, and its bytes as `revert`, when the operation fails
 */
export async function simulateOperation(
  client: PublicClient,
  operation: AskedOperation,
  at: number,
): Promise<void> {
  const { sender, factory, factoryData = '0x', callData } = operation;
  const calls: { from: Address; to: Address; data: Hex; gas: Hex }[] = [
    {
      from: entryPoint08Address,
      to: sender,
      data: callData,
      gas: gasFor(callData, operation.callGasLimit),
    },
  ];
  if (factory !== undefined) {
    const gas = gasFor(factoryData, operation.verificationGasLimit);
    calls.unshift({ from: entryPoint08Address, to: factory, data: factoryData, gas });
  }
  // viem has no typed form of the raw call, and its own simulateBlocks asks for balances and fees that play no part here.
  const request = client.request as unknown as (call: {
    method: string;
    params: unknown;
  }) => Promise<{ calls: SimulatedCall[] }[]>;
  const blocks = await request({
    method: 'eth_simulateV1',
    params: [{ blockStateCalls: [{ blockOverrides: { time: numberToHex(at) }, calls }] }, 'latest'],
  });
  const done = blocks[0]?.calls ?? [];
  if (factory !== undefined) {
    const made = done.shift();
    if (made?.status !== '0x1')
      throw reverts('The account would not come to life.', made?.returnData ?? '0x');
    const account = decodeFunctionResult({
      abi: accountFactoryAbi,
      functionName: 'createAccount',
      data: made.returnData,
    });
    if (!isAddressEqual(account, sender)) {
      throw new RpcRefusal(
        rpcCodes.rejectedByPaymaster,
        new LichenError('bad-input', 'The operation creates another account than its sender.', {
          got: account,
          expected: sender,
          retry: 'after-fix',
        }),
      );
    }
  }
  const called = done[0];
  if (called?.status !== '0x1') throw reverts('The operation would fail.', called?.returnData ?? '0x');
}
