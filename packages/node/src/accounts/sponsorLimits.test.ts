import { describe, expect, test } from 'vitest';
import { checkGas, mostCostOf, type PricedOperation, usualGasLimits } from './sponsorLimits.ts';

const gwei = 1_000_000_000n;
const fees = { baseFee: 2n * gwei, recentBaseFee: 2n * gwei, tip: 1n * gwei };
const honest: PricedOperation = {
  sender: '0x00000000000000000000000000000000000000aa',
  nonce: 0n,
  callData: `0x${'11'.repeat(500)}`,
  factory: undefined,
  factoryData: undefined,
  callGasLimit: 200_000n,
  verificationGasLimit: 300_000n,
  preVerificationGas: 70_000n,
  maxFeePerGas: 6n * gwei,
  maxPriorityFeePerGas: 2n * gwei,
  paymasterVerificationGasLimit: 60_000n,
  paymasterPostOpGasLimit: 0n,
};

describe('checkGas', () => {
  test('lets an honest operation through, and knows its most cost', () => {
    expect(checkGas(honest, fees, usualGasLimits)).toBe(honest);
    expect(mostCostOf(honest)).toBe(630_000n * 6n * gwei);
  });

  test.each([
    // Each of these goes to whoever bundles the operation, so a thief would bundle his own.
    ['maxPriorityFeePerGas', 1_000n * gwei],
    ['maxFeePerGas', 16n * gwei],
    ['preVerificationGas', 1_000_000n],
    ['callGasLimit', 20_000_000n],
    ['verificationGasLimit', 3_000_000n],
    ['paymasterVerificationGasLimit', 1_000_000n],
    ['paymasterPostOpGasLimit', 1_000_000n],
  ] as const)('refuses an inflated %s', (field, value) => {
    expect(() => checkGas({ ...honest, [field]: value }, fees, usualGasLimits)).toThrow(
      expect.objectContaining({
        code: -32501,
        reason: expect.objectContaining({ got: expect.stringContaining(field) }),
      }),
    );
  });

  test('refuses what is dear altogether though each field is within its bound', () => {
    const limits = { ...usualGasLimits, maxCostWei: mostCostOf(honest) };
    expect(checkGas(honest, fees, limits)).toBe(honest);
    expect(() => checkGas({ ...honest, callGasLimit: 200_001n }, fees, limits)).toThrow(
      expect.objectContaining({ code: -32501 }),
    );
  });

  test('refuses an operation whose gas is not known', () => {
    expect(() => checkGas({ ...honest, callGasLimit: undefined }, fees, usualGasLimits)).toThrow(
      expect.objectContaining({ message: expect.stringContaining('no callGasLimit') }),
    );
  });

  test('takes a price that was right some blocks ago, but no tip of then', () => {
    const fallen = { baseFee: 1n, recentBaseFee: 2n * gwei, tip: 1n * gwei };
    expect(checkGas(honest, fallen, usualGasLimits)).toBe(honest);
    const tip = { ...honest, maxPriorityFeePerGas: 4n * gwei };
    expect(() => checkGas(tip, fallen, usualGasLimits)).toThrow();
  });

  test('works on a chain that asks for nothing', () => {
    const free = { baseFee: 0n, recentBaseFee: 0n, tip: 0n };
    const gift = { ...honest, maxFeePerGas: 0n, maxPriorityFeePerGas: 0n };
    expect(checkGas(gift, free, usualGasLimits)).toBe(gift);
    expect(() => checkGas({ ...gift, maxFeePerGas: 1n }, free, usualGasLimits)).toThrow();
  });
});
