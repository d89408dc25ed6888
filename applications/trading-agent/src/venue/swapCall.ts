import type { AgentCall } from '@lichen/agent';
import { LichenError } from '@lichen/protocol';
import { uniswapRouterAbi } from '@lichen/sdk';
import { type Address, decodeFunctionData } from 'viem';

export interface SwapCall {
  readonly router: Address;
  readonly amountIn: bigint;
  readonly minOut: bigint;
  readonly path: readonly Address[];
  readonly to: Address;
  /** Unix seconds. */
  readonly deadline: bigint;
}

/** The swap in a call. @throws LichenError `bad-input` for any other call */
export function readSwapCall({ to: router, data }: AgentCall): SwapCall {
  try {
    const { functionName, args } = decodeFunctionData({ abi: uniswapRouterAbi, data });
    if (functionName !== 'swapExactTokensForTokens') throw new Error(functionName);
    const [amountIn, minOut, path, to, deadline] = args;
    return { router, amountIn, minOut, path, to, deadline };
  } catch (cause) {
    throw new LichenError('bad-input', 'The call is no swap of exact tokens.', {
      got: data.slice(0, 74),
      expected: 'swapExactTokensForTokens',
      retry: 'after-fix',
      cause,
    });
  }
}
