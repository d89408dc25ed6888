import { LichenError } from '@lichen/protocol';
import { accountFactoryAbi } from '@lichen/sdk';
import { type Address, isAddressEqual, type PublicClient, toFunctionSelector } from 'viem';
import { entryPoint08Abi, entryPoint08Address } from 'viem/account-abstraction';
import { RpcRefusal, rpcCodes } from './rpcRefusal.ts';
import type { ChainFees } from './sponsorLimits.ts';
import type { AskedOperation, SponsorRequest } from './userOperation.ts';

/** What the chain says of an operation and its sponsor at this moment. */
export interface ChainView {
  readonly fees: ChainFees;
  /** Wei that the sponsor has left with the EntryPoint. */
  readonly deposit: bigint;
  /** The sequence that the account's next operation under this nonce's key has, with the key. */
  readonly nextNonce: bigint;
  readonly isDeployed: boolean;
  /** Whether our factory made the sender; false while there is nothing. */
  readonly isOurs: boolean;
  /** Unix seconds of the newest block. */
  readonly timestamp: number;
}

/** Blocks in which a price counts as the chain's own. */
const recentBlocks = 64;

const createAccountSelector = toFunctionSelector(
  accountFactoryAbi.find((item) => item.type === 'function' && item.name === 'createAccount') as never,
);

function refuse(summary: string, got: string, expected: string): RpcRefusal {
  return new RpcRefusal(
    rpcCodes.rejectedByPaymaster,
    new LichenError('bad-input', summary, {
      got,
      expected,
      next: 'Pay for the gas from the account itself.',
      retry: 'after-fix',
    }),
  );
}

/** @throws RpcRefusal `wrong-chain` for another chain, `bad-input` for another EntryPoint */
export function checkPlace({ chainId, entryPoint }: SponsorRequest, ownChainId: number): void {
  if (chainId !== BigInt(ownChainId)) {
    throw new RpcRefusal(
      rpcCodes.invalidParams,
      new LichenError('wrong-chain', 'The sponsor pays on another chain.', {
        got: `chain id ${chainId}`,
        expected: `chain id ${ownChainId}`,
        retry: 'after-fix',
      }),
    );
  }
  if (!isAddressEqual(entryPoint, entryPoint08Address)) {
    throw new RpcRefusal(
      rpcCodes.invalidParams,
      new LichenError('bad-input', 'The sponsor pays through another EntryPoint.', {
        got: entryPoint,
        expected: entryPoint08Address,
        retry: 'after-fix',
      }),
    );
  }
}

/** One look at the chain; all its questions go in one request. */
export async function viewChain(
  client: PublicClient,
  operation: AskedOperation,
  factory: Address,
  sponsor: Address,
): Promise<ChainView> {
  const { sender, nonce } = operation;
  const entryPoint = { address: entryPoint08Address, abi: entryPoint08Abi } as const;
  const [block, history, tip, deposit, nextNonce, code, isOurs] = await Promise.all([
    client.getBlock({ blockTag: 'latest' }),
    client.getFeeHistory({ blockCount: recentBlocks, rewardPercentiles: [], blockTag: 'latest' }),
    client.estimateMaxPriorityFeePerGas(),
    client.readContract({ ...entryPoint, functionName: 'balanceOf', args: [sponsor] }),
    client.readContract({ ...entryPoint, functionName: 'getNonce', args: [sender, nonce >> 64n] }),
    client.getCode({ address: sender }),
    client.readContract({
      address: factory,
      abi: accountFactoryAbi,
      functionName: 'isAccount',
      args: [sender],
    }),
  ]);
  const baseFee = block.baseFeePerGas ?? 0n;
  return {
    fees: {
      baseFee,
      recentBaseFee: history.baseFeePerGas.reduce((most, fee) => (fee > most ? fee : most), baseFee),
      tip,
    },
    deposit,
    nextNonce,
    isDeployed: code !== undefined && code !== '0x',
    isOurs,
    timestamp: Number(block.timestamp),
  };
}

/**
 * Whether the sponsor pays for such operations at all: an account of our factory, or one that it makes in this very
 * operation, with the nonce that is due.
 *
 * @throws RpcRefusal `bad-input`
 */
export function checkAccount(operation: AskedOperation, view: ChainView, ownFactory: Address): void {
  const { sender, nonce, factory, factoryData = '0x' } = operation;
  if (view.isDeployed) {
    if (!view.isOurs)
      throw refuse('The sponsor pays for accounts of Lichen only.', sender, 'such an account');
    if (factory !== undefined)
      throw refuse('The account exists already.', `factory ${factory}`, 'an operation without a factory');
  } else {
    if (factory === undefined)
      throw refuse('There is no such account.', sender, 'an account, or an operation that creates it');
    if (!isAddressEqual(factory, ownFactory))
      throw refuse('The sponsor pays for accounts of its own factory only.', factory, ownFactory);
    if (!factoryData.startsWith(createAccountSelector))
      throw refuse('The operation creates no account.', factoryData.slice(0, 10), createAccountSelector);
  }
  if (nonce !== view.nextNonce) {
    throw refuse('The operation is not the next one of its account.', `nonce ${nonce}`, `${view.nextNonce}`);
  }
}
