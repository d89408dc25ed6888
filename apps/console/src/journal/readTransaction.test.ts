import { mandateExecutorAbi } from '@lichen/sdk';
import { type Address, encodeAbiParameters, encodeEventTopics, type Hex, type Log } from 'viem';
import { expect, it } from 'vitest';
import { intentsIn } from './readTransaction.ts';

const executor: Address = `0x${'e1'.repeat(20)}`;
const intent: Hex = `0x${'1a'.repeat(32)}`;

function used(address: Address, of: Hex): Log {
  const topics = encodeEventTopics({
    abi: mandateExecutorAbi,
    eventName: 'MandateUsed',
    args: { account: `0x${'a1'.repeat(20)}`, id: `0x${'2b'.repeat(32)}`, intent: of },
  });
  const data = encodeAbiParameters(
    [{ type: 'address' }, { type: 'bytes4' }, { type: 'uint256' }],
    [`0x${'b2'.repeat(20)}`, '0x12345678', 5n],
  );
  return { address, topics, data } as unknown as Log;
}

it('reads the intents that the executor named, each once', () => {
  expect(intentsIn([used(executor, intent), used(executor, intent)], executor)).toEqual([intent]);
});

it('believes no other contract and finds none where there is no executor', () => {
  expect(intentsIn([used(`0x${'bad0'.repeat(10)}`, intent)], executor)).toEqual([]);
  expect(intentsIn([used(executor, intent)], undefined)).toEqual([]);
});
