import { fc, test } from '@fast-check/vitest';
import { executionsAbi } from '@lichen/protocol';
import {
  type Address,
  bytesToHex,
  decodeAbiParameters,
  decodeFunctionData,
  getAddress,
  hexToBigInt,
  parseAbi,
  size,
  slice,
} from 'viem';
import { describe, expect } from 'vitest';
import type { Call } from './accountClient.ts';
import { encodeCalls, executionsOf } from './encodeCalls.ts';

const abi = parseAbi(['function execute(bytes32 mode, bytes executionCalldata) payable']);
const address = fc
  .uint8Array({ minLength: 20, maxLength: 20 })
  .map((bytes) => getAddress(bytesToHex(bytes))) as fc.Arbitrary<Address>;
const call: fc.Arbitrary<Call> = fc.record(
  {
    to: address,
    value: fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }),
    data: fc.uint8Array({ maxLength: 100 }).map((bytes) => bytesToHex(bytes)),
  },
  { requiredKeys: ['to'] },
);

describe('encodeCalls', () => {
  test.prop([call])('one call: mode zero, then target, value and data without padding', (only) => {
    const { args } = decodeFunctionData({ abi, data: encodeCalls([only]) });
    const [mode, packed] = args;
    expect(mode).toBe(`0x${'00'.repeat(32)}`);
    expect(getAddress(slice(packed, 0, 20))).toBe(only.to);
    expect(hexToBigInt(slice(packed, 20, 52))).toBe(only.value ?? 0n);
    expect(size(packed) === 52 ? '0x' : slice(packed, 52)).toBe(only.data ?? '0x');
  });

  test.prop([fc.array(call, { minLength: 2, maxLength: 5 })])(
    'several calls: batch mode that reverts as a whole, in their order',
    (calls) => {
      const { args } = decodeFunctionData({ abi, data: encodeCalls(calls) });
      const [mode, encoded] = args;
      expect(mode).toBe(`0x01${'00'.repeat(31)}`);
      expect(decodeAbiParameters([executionsAbi], encoded)[0]).toEqual(executionsOf(calls));
    },
  );

  test('nothing to do is refused', () => {
    expect(() => encodeCalls([])).toThrow('There is nothing to do.');
  });
});
