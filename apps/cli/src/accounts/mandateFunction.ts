import { LichenError, noAmount, type Permission, type Pin, wordIndexOf } from '@lichen/protocol';
import { coverPoolAbi, flightCoverAbi, type LichenClient, oracleAbi, playDollarAbi } from '@lichen/sdk';
import {
  type Abi,
  type AbiFunction,
  type AbiParameter,
  type Address,
  encodeAbiParameters,
  getAddress,
  type Hex,
  isAddress,
  isAddressEqual,
  isHex,
  parseAbiItem,
  toFunctionSelector,
} from 'viem';

/** A contract that people name by a word. */
interface KnownContract {
  readonly name: string;
  readonly address: Address;
  readonly abi: Abi;
  /** Functions whose amount is known, and whether the contract takes it by `transferFrom`. */
  readonly amounts: Readonly<Record<string, { readonly argument: string; readonly pulls: boolean }>>;
}

/** The contracts of the network that the command line knows by name. */
export function knownContracts({ addresses }: LichenClient): readonly KnownContract[] {
  return [
    {
      name: 'flightCover',
      address: addresses.flightCover,
      abi: flightCoverAbi,
      amounts: { buy: { argument: 'maxPremium', pulls: true } },
    },
    {
      name: 'playDollar',
      address: addresses.playDollar,
      abi: playDollarAbi,
      amounts: {
        transfer: { argument: 'amount', pulls: false },
        approve: { argument: 'amount', pulls: false },
      },
    },
    { name: 'coverPool', address: addresses.coverPool, abi: coverPoolAbi, amounts: {} },
    { name: 'oracle', address: addresses.oracle, abi: oracleAbi, amounts: {} },
  ];
}

function refuse(summary: string, got: string, expected: string, next?: string): never {
  throw new LichenError('bad-input', summary, {
    got: JSON.stringify(got.slice(0, 100)),
    expected,
    ...(next === undefined ? {} : { next }),
    retry: 'after-fix',
  });
}

/** A contract by its word or address; contracts that are not known have no ABI. @throws LichenError `bad-input`. */
export function readContract(
  client: LichenClient,
  text: string,
): { readonly address: Address; readonly known?: KnownContract } {
  const contracts = knownContracts(client);
  const byName = contracts.find(({ name }) => name.toLowerCase() === text.toLowerCase());
  if (byName !== undefined) return { address: byName.address, known: byName };
  if (!isAddress(text)) {
    return refuse(
      'That is not a contract.',
      text,
      `an address, or one of ${contracts.map(({ name }) => name).join(', ')}`,
    );
  }
  const known = contracts.find(({ address }) => isAddressEqual(address, text));
  return known === undefined ? { address: getAddress(text) } : { address: known.address, known };
}

/**
 * A function by its whole signature with names, `transfer(address to, uint256 value)`, or of a known contract by its
 * name alone, `buy` or `buy(…)`.
 * @throws LichenError `bad-input`.
 */
export function readFunction(text: string, known: KnownContract | undefined): AbiFunction {
  const name = /^\s*(?:function\s+)?([A-Za-z_$][\w$]*)\s*(?:\(\s*(?:…|\.\.\.)?\s*\))?\s*$/.exec(text)?.[1];
  if (name !== undefined && known !== undefined) {
    const found = known.abi.filter(
      (item): item is AbiFunction => item.type === 'function' && item.name === name,
    );
    if (found.length === 1) return found[0]!;
    return refuse(
      `${known.name} has no such function to name.`,
      text,
      'one of its functions, or a whole signature',
    );
  }
  try {
    return parseAbiItem(
      `function ${text.trim().replace(/^function\s+/, '')}` as 'function f()',
    ) as AbiFunction;
  } catch {
    return refuse(
      'That is not a function.',
      text,
      "a signature with the names of its arguments, such as 'transfer(address to, uint256 value)'",
    );
  }
}

/** `to=0x…` as a pin: the word that the argument must have. @throws LichenError `bad-input`. */
export function readPin(item: AbiFunction, text: string): Pin {
  const [path, value, ...rest] = text.split('=');
  if (path === undefined || value === undefined || rest.length > 0 || value === '') {
    return refuse('That fixes no argument.', text, 'ARGUMENT=VALUE, such as to=0x…');
  }
  const index = wordIndexOf([item], item.name, path);
  let type: string | undefined;
  let inputs: readonly AbiParameter[] = item.inputs;
  for (const part of path.split('.')) {
    const input = inputs.find((candidate) => candidate.name === part);
    type = input?.type;
    inputs = (input as { components?: readonly AbiParameter[] } | undefined)?.components ?? [];
  }
  return { index, value: wordOf(String(type), value) };
}

/** A value of one word. Only types whose text has one meaning. */
function wordOf(type: string, text: string): Hex {
  if (type === 'address' && isAddress(text)) return encodeAbiParameters([{ type }], [text]);
  if (type === 'bool' && /^(true|false)$/.test(text))
    return encodeAbiParameters([{ type }], [text === 'true']);
  if (/^u?int\d*$/.test(type) && /^-?\d{1,78}$/.test(text)) {
    try {
      return encodeAbiParameters([{ type }], [BigInt(text)]);
    } catch {
      return refuse('That value does not fit.', text, type);
    }
  }
  const bytes = /^bytes(\d+)$/.exec(type)?.[1];
  if (bytes !== undefined && isHex(text) && text.length === 2 + 2 * Number(bytes)) {
    return encodeAbiParameters([{ type }], [text]);
  }
  return refuse('That value does not fit the argument.', text, `a value of type ${type}`);
}

export interface FunctionOptions {
  readonly contract: string;
  readonly function: string;
  /** Argument that is the amount; the known one when absent. */
  readonly amount?: string;
  /** The call moves none of the asset. */
  readonly moveNothing: boolean;
  readonly pulls: boolean;
  readonly pins: readonly string[];
  /** Base units. */
  readonly perCall: bigint;
}

/** What is granted for one function, and how people read it. */
export interface NamedPermission {
  readonly permission: Permission;
  readonly item: AbiFunction;
  readonly contractName: string;
  /** Argument that counts as the amount; null when the call moves none. */
  readonly amountName: string | null;
  readonly pinTexts: readonly string[];
}

/** @throws LichenError `bad-input` when the amount of an unknown function is not said: silence must not mean "none". */
export function readPermission(client: LichenClient, options: FunctionOptions): NamedPermission {
  const { address, known } = readContract(client, options.contract);
  const item = readFunction(options.function, known);
  const usual = known?.amounts[item.name];
  const amountName = options.moveNothing ? null : (options.amount ?? usual?.argument);
  if (amountName === undefined) {
    refuse(
      'Which argument is the amount?',
      item.name,
      `--amount with one of ${item.inputs.map(({ name }) => name).join(', ')}, or --no-amount`,
      'Say --no-amount only when the call can move nothing of the asset.',
    );
  }
  return {
    permission: {
      target: address,
      selector: toFunctionSelector(item),
      amountArg: amountName === null ? noAmount : wordIndexOf([item], item.name, amountName),
      pulls: amountName !== null && (options.pulls || usual?.pulls === true),
      maxAmount: amountName === null ? 0n : options.perCall,
      pins: options.pins.map((pin) => readPin(item, pin)),
    },
    item,
    contractName: known?.name ?? address,
    amountName,
    pinTexts: options.pins,
  };
}

/** A known function as `flightCover.buy(…)`; its address and selector where it is not known. */
export function functionText(client: LichenClient, target: Address, selector: Hex): string {
  const known = knownContracts(client).find(({ address }) => isAddressEqual(address, target));
  const item = known?.abi.find(
    (candidate): candidate is AbiFunction =>
      candidate.type === 'function' && toFunctionSelector(candidate) === selector,
  );
  return `${known?.name ?? target}.${item === undefined ? selector : `${item.name}(…)`}`;
}
