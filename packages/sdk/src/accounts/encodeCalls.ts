import { type Execution, executionsAbi, LichenError } from '@lichen/protocol';
import { concat, encodeAbiParameters, encodeFunctionData, type Hex, pad, toHex } from 'viem';
import type { Call } from './accountClient.ts';

/** `IERC7579Execution.execute`, and nothing else: what an operation's call data calls. */
const executeAbi = [
  {
    type: 'function',
    name: 'execute',
    stateMutability: 'payable',
    inputs: [
      { name: 'mode', type: 'bytes32' },
      { name: 'executionCalldata', type: 'bytes' },
    ],
    outputs: [],
  },
] as const;

/** ERC-7579 execution modes: call type, then "revert on failure", then zeros. */
const singleMode: Hex = `0x${'00'.repeat(32)}`;
const batchMode: Hex = `0x01${'00'.repeat(31)}`;

/** The calls as Solidity's `Execution[]`. */
export function executionsOf(calls: readonly Call[]): Execution[] {
  return calls.map(({ to, value, data }) => ({ target: to, value: value ?? 0n, callData: data ?? '0x' }));
}

/**
 * Call data with which an account makes these calls, all or none (ERC-7579 `execute`).
 * @throws LichenError `bad-input` when there are none.
 */
export function encodeCalls(calls: readonly Call[]): Hex {
  const [first, ...more] = executionsOf(calls);
  if (first === undefined) {
    throw new LichenError('bad-input', 'There is nothing to do.', {
      got: 'no calls',
      expected: 'one call or more',
      retry: 'after-fix',
    });
  }
  const [mode, data] =
    more.length === 0
      ? [singleMode, concat([first.target, pad(toHex(first.value)), first.callData])]
      : [batchMode, encodeAbiParameters([executionsAbi], [[first, ...more]])];
  return encodeFunctionData({ abi: executeAbi, functionName: 'execute', args: [mode, data] });
}
