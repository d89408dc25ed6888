import { mandateExecutorAbi } from '@lichen/contracts';
import type { Execution, Terms } from '@lichen/protocol';
import {
  type Address,
  decodeAbiParameters,
  decodeFunctionData,
  type Hex,
  isAddressEqual,
  size,
  slice,
} from 'viem';
import { entryPoint08Abi } from 'viem/account-abstraction';
import type { ChainTransaction } from './chainReader.ts';

/** A use of a mandate as a transaction's own call data shows it. It may have been refused. */
export interface DecodedAct {
  readonly account: Address;
  readonly terms: Terms;
  readonly calls: readonly Execution[];
  readonly intent: Hex;
  /** `key`: the agent's own transaction. `operation`: an operation of the account; its nonce tells who signed. */
  readonly by: 'key' | 'operation';
  readonly operationNonce?: bigint;
}

const executeSelector = '0xe9ae5c53';

/** What a call of the executor asks for; undefined for anything else. */
function actOf(
  data: Hex,
): (Pick<DecodedAct, 'terms' | 'calls' | 'intent'> & { account?: Address }) | undefined {
  try {
    const { functionName, args } = decodeFunctionData({ abi: mandateExecutorAbi, data });
    if (functionName === 'act') {
      const [account, terms, calls, intent] = args;
      return { account, terms, calls, intent };
    }
    if (functionName === 'actAs') {
      const [terms, calls, intent] = args;
      return { terms, calls, intent };
    }
  } catch {
    // Not a call of the executor.
  }
  return undefined;
}

/** The call of the executor in an account's `execute(0, target ‖ 0 ‖ data)`. */
function executedBy(callData: Hex, executor: Address): Hex | undefined {
  if (!callData.startsWith(executeSelector)) return undefined;
  try {
    const [mode, execution] = decodeAbiParameters(
      [{ type: 'bytes32' }, { type: 'bytes' }],
      slice(callData, 4),
    );
    if (BigInt(mode) !== 0n || size(execution) < 56) return undefined;
    return isAddressEqual(slice(execution, 0, 20), executor) ? slice(execution, 52) : undefined;
  } catch {
    return undefined;
  }
}

/** Uses of mandates that a transaction asks for, in order: `act` by its sender, or `actAs` in operations of accounts. */
export function decodeActs(transaction: ChainTransaction, executor: Address): DecodedAct[] {
  const { to, input } = transaction;
  if (to === null) return [];
  if (isAddressEqual(to, executor)) {
    const act = actOf(input);
    return act?.account === undefined ? [] : [{ ...act, account: act.account, by: 'key' }];
  }
  try {
    const { functionName, args } = decodeFunctionData({ abi: entryPoint08Abi, data: input });
    if (functionName !== 'handleOps') return [];
    return args[0].flatMap(({ sender, callData, nonce }): DecodedAct[] => {
      const data = executedBy(callData, executor);
      const act = data === undefined ? undefined : actOf(data);
      if (act === undefined || act.account !== undefined) return [];
      return [{ ...act, account: sender, by: 'operation', operationNonce: nonce }];
    });
  } catch {
    return [];
  }
}

/** Who must have signed an operation: its nonce's upper 20 bytes name the account's validator. */
export function validatorOf(operationNonce: bigint): Address {
  return `0x${(operationNonce >> 96n).toString(16).padStart(40, '0')}`;
}
