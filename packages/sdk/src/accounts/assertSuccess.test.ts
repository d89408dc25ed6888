import { mandateExecutorAbi } from '@lichen/contracts';
import { isLichenError } from '@lichen/protocol';
import {
  type Address,
  encodeAbiParameters,
  encodeErrorResult,
  encodeEventTopics,
  type Hex,
  pad,
  type TransactionReceipt,
} from 'viem';
import { entryPoint08Abi } from 'viem/account-abstraction';
import { describe, expect, test } from 'vitest';
import { assertSuccess } from './submitOperation.ts';

const entryPoint: Address = '0x4337084D9E255Ff0702461CF8895CE9E3b5Ff108';
const sender: Address = '0x00000000000000000000000000000000000000AA';
const mine: Hex = pad('0x01');
const others: Hex = pad('0x02');

function done(userOpHash: Hex, success: boolean, address = entryPoint) {
  const topics = encodeEventTopics({
    abi: entryPoint08Abi,
    eventName: 'UserOperationEvent',
    args: { userOpHash, sender, paymaster: sender },
  });
  const data = encodeAbiParameters(
    [{ type: 'uint256' }, { type: 'bool' }, { type: 'uint256' }, { type: 'uint256' }],
    [0n, success, 1n, 1n],
  );
  return { address, topics, data };
}

function reverted(userOpHash: Hex, reason: Hex) {
  const topics = encodeEventTopics({
    abi: entryPoint08Abi,
    eventName: 'UserOperationRevertReason',
    args: { userOpHash, sender },
  });
  const data = encodeAbiParameters([{ type: 'uint256' }, { type: 'bytes' }], [0n, reason]);
  return { address: entryPoint, topics, data };
}

function codeOf(...logs: readonly unknown[]): string {
  try {
    assertSuccess(entryPoint, { logs, transactionHash: pad('0x03') } as unknown as TransactionReceipt, mine);
  } catch (error) {
    return isLichenError(error) ? `${error.code}: ${error.got}` : String(error);
  }
  return 'done';
}

describe('assertSuccess', () => {
  const spent = encodeErrorResult({
    abi: mandateExecutorAbi,
    errorName: 'MandatePeriodSpent',
    args: [5n, 4n],
  });

  test('the operation itself must have succeeded', () => {
    expect(codeOf(done(others, false), done(mine, true))).toBe('done');
    expect(codeOf(reverted(mine, spent), done(mine, false), done(others, true))).toBe(
      'mandate-spent: 5 base units (MandatePeriodSpent)',
    );
    expect(codeOf(reverted(others, spent), done(mine, false))).toContain('transaction-failed');
    expect(codeOf(reverted(mine, '0xdeadbeef'), done(mine, false))).toContain('0xdeadbeef');
    expect(codeOf()).toContain('transaction-failed');
  });

  test('an event of the same form by another contract is worth nothing', () => {
    expect(codeOf(done(mine, true, sender), done(mine, false))).toContain('transaction-failed');
    expect(codeOf(done(mine, true, sender))).toContain('transaction-failed');
  });
});
