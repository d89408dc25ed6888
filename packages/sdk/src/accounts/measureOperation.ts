import { LichenError } from '@lichen/protocol';
import { type Hex, hexToBigInt, hexToBytes, parseAbi, parseEventLogs, type RpcLog } from 'viem';
import { formatLog } from 'viem/utils';
import { contractErrorOf, decodeRevert } from '../client/contractErrors.ts';
import type { LichenClient } from '../client/createLichenClient.ts';
import { onChain } from '../client/toLichenError.ts';
import { accountsOf } from './accountClient.ts';
import { hasPasskeyPrecompile } from './hasPasskeyPrecompile.ts';
import type { OperationInit } from './prepareOperation.ts';

export interface OperationGas {
  readonly callGasLimit: bigint;
  readonly verificationGasLimit: bigint;
  readonly preVerificationGas: bigint;
}

/** Checking one signature: a passkey's or an agent's with its terms; twice of what was measured with 4 permissions. */
const signatureGas = 120_000n;
/** The same where the chain has no P-256 precompile (measured: 240,000). */
const solidityCurveGas = 700_000n;
/** The EntryPoint's own part of creating the sender. */
const birthOverhead = 40_000n;

/** What an account says of a birth call that failed and was left out (ERC-7579 "try" mode of OpenZeppelin). */
const leftOutAbi = parseAbi(['event ERC7579TryExecuteFail(uint256 batchExecutionIndex, bytes returndata)']);

interface SimulatedCall {
  readonly status: Hex;
  readonly returnData: Hex;
  readonly gasUsed: Hex;
  readonly logs?: readonly RpcLog[];
}

/** Why the first birth call that failed did, where one did. */
function leftOutAtBirth(born: SimulatedCall | undefined): Hex | undefined {
  const logs = (born?.logs ?? []).map((log) => formatLog(log));
  return parseEventLogs({ abi: leftOutAbi, logs, strict: true })[0]?.args.returndata;
}

function refusalOf(what: string, data: Hex): LichenError {
  const revert = decodeRevert(data);
  if (revert !== undefined) return contractErrorOf(revert, undefined);
  return new LichenError('transaction-failed', what, {
    got: data === '0x' ? 'no reason given, or out of gas' : `revert data ${data.slice(0, 74)}`,
    next: 'Change what the operation does; nothing was spent on it.',
    retry: 'after-fix',
  });
}

/**
 * Gas used in a dry run, as a limit for the real one. A third more, since the 63/64 rule and refunds hide some of what is
 * needed on the way (EIP-150, EIP-3529), and a fixed part for storage that another operation may have changed.
 */
function limitOf(gasUsed: Hex): bigint {
  return (hexToBigInt(gasUsed) * 4n) / 3n + 30_000n;
}

/**
 * Runs an operation's calls on a copy of the newest state, the account's birth before them where it has one
 * (`eth_simulateV1`): one request tells the contract's own reason for a refusal and the gas of each part.
 */
async function rehearse(
  client: LichenClient,
  init: OperationInit,
): Promise<{ birth: bigint; calls: bigint }> {
  const { sender, callData, birth } = init;
  const from = accountsOf(client).entryPoint;
  const calls = [
    ...(birth === undefined ? [] : [{ from, to: birth.factory, data: birth.factoryData }]),
    { from, to: sender, data: callData },
  ];
  const request = client.chain.request as unknown as (call: {
    method: string;
    params: unknown;
  }) => Promise<readonly { readonly calls: readonly SimulatedCall[] }[]>;
  const blocks = await onChain(
    request({ method: 'eth_simulateV1', params: [{ blockStateCalls: [{ calls }] }, 'latest'] }),
  );
  const done = [...(blocks[0]?.calls ?? [])];
  const born = birth === undefined ? undefined : done.shift();
  if (born !== undefined && born.status !== '0x1') {
    throw refusalOf('The account would not come to life.', born.returnData);
  }
  const called = done[0];
  if (called === undefined || called.status !== '0x1') {
    // Where the account could not grant its first mandate, "no such mandate" would hide the reason.
    throw refusalOf('The operation would fail.', leftOutAtBirth(born) ?? called?.returnData ?? '0x');
  }
  return { birth: born === undefined ? 0n : limitOf(born.gasUsed), calls: limitOf(called.gasUsed) };
}

/**
 * What the bundler is paid for, outside of any measuring on the chain: its transaction's fixed part, the EntryPoint's
 * handling, and 16 gas for each byte that is not zero (ERC-4337, "preVerificationGas"; EIP-2028).
 */
function preVerificationGasOf(init: OperationInit): bigint {
  const bytes = [init.callData, init.birth?.factoryData ?? '0x', init.stubSignature].map((hex) =>
    hexToBytes(hex),
  );
  let gas = 55_000;
  for (const part of bytes) for (const byte of part) gas += byte === 0 ? 4 : 16;
  return BigInt(gas);
}

/**
 * Gas limits of an operation, after a dry run of it.
 * @throws LichenError the contract's own reason when it would be refused; `transaction-failed`, `chain-unreachable`.
 */
export async function measureOperation(client: LichenClient, init: OperationInit): Promise<OperationGas> {
  const [rehearsed, isNative] = await Promise.all([rehearse(client, init), hasPasskeyPrecompile(client)]);
  return {
    callGasLimit: rehearsed.calls,
    verificationGasLimit:
      signatureGas +
      (isNative ? 0n : solidityCurveGas) +
      (init.birth === undefined ? 0n : rehearsed.birth + birthOverhead),
    preVerificationGas: preVerificationGasOf(init),
  };
}
