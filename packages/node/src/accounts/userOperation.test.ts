import { describe, expect, test } from 'vitest';
import { readSponsorRequest } from './userOperation.ts';

const entryPoint = '0x4337084D9E255Ff0702461CF8895CE9E3b5Ff108';
const operation = {
  sender: '0x00000000000000000000000000000000000000aa',
  nonce: '0x0',
  callData: '0x1234',
  maxFeePerGas: '0x5',
  factory: null,
  signature: '0x',
};

describe('readSponsorRequest', () => {
  test('reads what ERC-7677 hands over; gas may be missing', () => {
    const read = readSponsorRequest([operation, entryPoint, '0x7a6a', {}]);
    expect(read).toMatchObject({ entryPoint, chainId: 31_338n });
    expect(read.operation).toMatchObject({ nonce: 0n, maxFeePerGas: 5n, factory: undefined });
    expect(read.operation.callGasLimit).toBeUndefined();
  });

  test.each([
    ['no list', {}, 'params'],
    ['no chain', [operation, entryPoint], 'params[2]'],
    ['a negative nonce', [{ ...operation, nonce: -1 }, entryPoint, '0x1'], 'nonce'],
    ['a nonce of 257 bits', [{ ...operation, nonce: `0x1${'0'.repeat(64)}` }, entryPoint, '0x1'], 'nonce'],
    // It would spill over into the field beside it when both are packed into one word.
    [
      'gas of 129 bits',
      [{ ...operation, callGasLimit: `0x1${'0'.repeat(32)}` }, entryPoint, '0x1'],
      'callGasLimit',
    ],
    ['half a byte', [{ ...operation, callData: '0x123' }, entryPoint, '0x1'], 'callData'],
    [
      'very long call data',
      [{ ...operation, callData: `0x${'00'.repeat(30_000)}` }, entryPoint, '0x1'],
      'callData',
    ],
    [
      'a delegation (EIP-7702)',
      [{ ...operation, eip7702Auth: { address: entryPoint } }, entryPoint, '0x1'],
      'eip7702Auth',
    ],
    ['a short sender', [{ ...operation, sender: '0xaa' }, entryPoint, '0x1'], 'sender'],
  ])('refuses %s and names the field', (_, params, field) => {
    expect(() => readSponsorRequest(params)).toThrow(
      expect.objectContaining({
        code: -32602,
        reason: expect.objectContaining({ got: expect.stringContaining(field) }),
      }),
    );
  });
});
