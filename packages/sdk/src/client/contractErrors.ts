import {
  accountFactoryAbi,
  coverPoolAbi,
  flightCoverAbi,
  guardianRecoveryAbi,
  importedAccountAbi,
  mandateExecutorAbi,
  mandateValidatorAbi,
  modelRegistryAbi,
  oracleAbi,
  passkeyAccountAbi,
  playDollarAbi,
  reporterSetAbi,
  sponsorAbi,
} from '@lichen/contracts';
import { LichenError } from '@lichen/protocol';
import { type Abi, type AbiParameter, decodeAbiParameters, type Hex, slice, toFunctionSelector } from 'viem';
import { formatAmount } from '../money/amount.ts';
import { type RevertMeaning, revertMeanings } from './revertMeanings.ts';

/** Contracts call each other, so an error may come from any of them whatever was called. */
const allAbis: readonly Abi[] = [
  flightCoverAbi,
  coverPoolAbi,
  oracleAbi,
  reporterSetAbi,
  modelRegistryAbi,
  playDollarAbi,
  accountFactoryAbi,
  passkeyAccountAbi,
  importedAccountAbi,
  mandateExecutorAbi,
  mandateValidatorAbi,
  guardianRecoveryAbi,
  sponsorAbi,
];

type ErrorItem = Extract<Abi[number], { type: 'error' }>;

/** Every custom error that the contracts of this release declare, once. */
export const contractErrorItems: readonly ErrorItem[] = [
  ...new Map(
    allAbis
      .flatMap((abi) => abi.filter((item): item is ErrorItem => item.type === 'error'))
      .map((item) => [selectorOf(item), item]),
  ).values(),
];

function selectorOf(item: ErrorItem): Hex {
  // A custom error's selector is computed as a function's (Solidity ABI specification, "Errors").
  return toFunctionSelector({
    type: 'function',
    name: item.name,
    inputs: item.inputs,
    outputs: [],
    stateMutability: 'view',
  });
}

const builtin: readonly ErrorItem[] = [
  { type: 'error', name: 'Error', inputs: [{ name: 'reason', type: 'string' }] },
  { type: 'error', name: 'Panic', inputs: [{ name: 'code', type: 'uint256' }] },
];

const bySelector = new Map<Hex, ErrorItem>(
  [...builtin, ...contractErrorItems].map((item) => [selectorOf(item), item]),
);

export interface DecodedRevert {
  readonly name: string;
  readonly parameters: readonly AbiParameter[];
  readonly values: readonly unknown[];
}

/** The custom error in revert bytes; undefined when no contract of this release declares it. */
export function decodeRevert(data: Hex): DecodedRevert | undefined {
  const item = bySelector.get(slice(data, 0, 4));
  if (item === undefined) return undefined;
  try {
    const values = item.inputs.length === 0 ? [] : decodeAbiParameters(item.inputs, slice(data, 4));
    return { name: item.name, parameters: item.inputs, values };
  } catch {
    return undefined;
  }
}

/** A value of an error in the unit that the error counts in. */
function valueText(value: unknown, type: string, unit: RevertMeaning['unit']): string {
  if (!/^uint/.test(type) || unit === undefined) return String(value);
  const number = BigInt(value as bigint | number);
  if (unit === 'pUSD') return `${formatAmount(number)} pUSD`;
  if (unit === 'base units') return `${number} base units`;
  if (unit === 'ppm') return `${number} parts per million`;
  // Contracts refuse absurd times too, and those have no calendar form.
  if (number > 8_640_000_000_000n) return `second ${number}`;
  return `${new Date(Number(number) * 1_000).toISOString().replace('T', ' ').slice(0, 19)} UTC`;
}

/** Our errors are `Name(got, wanted)` or `Name(got, least, most)`; values of other names are shown by name. */
function factsOf(
  revert: DecodedRevert,
  { unit, bound }: Pick<RevertMeaning, 'unit' | 'bound'>,
): { got: string; expected?: string } {
  const byName = new Map(
    revert.parameters.map((parameter, index) => [
      parameter.name ?? `value ${index + 1}`,
      valueText(revert.values[index], parameter.type, unit),
    ]),
  );
  const take = (...names: string[]) => {
    const name = names.find((candidate) => byName.has(candidate));
    const text = name === undefined ? undefined : byName.get(name);
    if (name !== undefined) byName.delete(name);
    return text;
  };
  const got = take('got', 'gotPpm');
  const least = take('least');
  const most = take('most', 'mostPpm', 'limit', 'max', 'left');
  const wanted = take('wanted', 'needed');
  const bounded = wanted === undefined || bound === undefined ? wanted : `${bound} ${wanted}`;
  const expected = bounded ?? (least === undefined ? most && `at most ${most}` : `${least} to ${most}`);
  const rest = [...byName].map(([name, text]) => `${name} ${text}`);
  const facts = [...(got === undefined ? [] : [got]), ...rest].join(', ');
  const shown = facts === '' ? revert.name : `${facts} (${revert.name})`;
  return { got: shown, ...(expected === undefined ? {} : { expected }) };
}

/**
 * A decoded revert as the error a person reads.
 * An error without an entry in the table still says its name and values.
 */
export function contractErrorOf(revert: DecodedRevert, cause: unknown): LichenError {
  const meaning = revertMeanings[revert.name];
  if (meaning === undefined) {
    return new LichenError('transaction-failed', 'The contract refused the call.', {
      ...factsOf(revert, {}),
      cause,
    });
  }
  const { code, summary, next, retry } = meaning;
  return new LichenError(code, summary, { ...factsOf(revert, meaning), next, retry, cause });
}
