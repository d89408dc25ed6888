import {
  accountFactoryAbi,
  coverPoolAbi,
  flightCoverAbi,
  guardianRecoveryAbi,
  mandateExecutorAbi,
  modelRegistryAbi,
  oracleAbi,
  passkeyAccountAbi,
  playDollarAbi,
  reporterSetAbi,
} from '@lichen/sdk';
import { type Abi, decodeErrorResult, type Hex, size } from 'viem';

const knownErrors = [
  mandateExecutorAbi,
  passkeyAccountAbi,
  accountFactoryAbi,
  guardianRecoveryAbi,
  flightCoverAbi,
  coverPoolAbi,
  playDollarAbi,
  oracleAbi,
  modelRegistryAbi,
  reporterSetAbi,
].flatMap((abi: Abi) => abi.filter((item) => item.type === 'error'));

function textOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(textOf).join(', ')}]`;
  if (typeof value === 'object' && value !== null) return `{${Object.values(value).map(textOf).join(', ')}}`;
  return String(value);
}

/** What a contract said when it refused, in one phrase: `MandatePeriodSpent(5000000, 3000000)`. */
export function revertReason(data: Hex): string {
  if (size(data) === 0) return 'no reason given, or out of gas';
  try {
    const { errorName, args } = decodeErrorResult({ abi: knownErrors, data });
    if (errorName === 'Error') return String(args?.[0]).slice(0, 200);
    return `${errorName}(${(args ?? []).map(textOf).join(', ')})`.slice(0, 300);
  } catch {
    return `an error that no contract of this network knows (${data.slice(0, 10)})`;
  }
}
