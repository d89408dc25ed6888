import { LichenError, wordIndexOf } from '@lichen/protocol';
import {
  boughtCoverIn,
  buyCoverCall,
  type Call,
  connectLichen,
  findFlight,
  formatAmount,
  type LichenClient,
  type Mandate,
  parseAmount,
  quoteCover,
  useMandate,
  useMandateSponsored,
} from '@lichen/sdk';
import {
  type AbiFunction,
  type AbiParameter,
  type Address,
  encodeFunctionData,
  type Hex,
  isAddressEqual,
  type TransactionReceipt,
  toFunctionSelector,
} from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';
import type { Answer } from '../cover/clientCommand.ts';
import { functionText, readContract, readFunction } from './mandateFunction.ts';
import { findMandate } from './mandates.ts';

export interface UseOptions {
  readonly agent: PrivateKeyAccount;
  readonly account: Address;
  readonly start: string;
  /** Buys cover: name of the flight, and the payout in base units. */
  readonly cover?: { readonly flight: string; readonly payout: bigint };
  /** Calls a function of the mandate with these arguments. */
  readonly call?: {
    readonly contract: string;
    readonly function: string;
    readonly values: readonly string[];
  };
  /** Hash of the decision that it carries out. */
  readonly intent?: Hex;
  /** The agent pays the gas itself. */
  readonly pays: boolean;
}

/** Acts under a mandate, as its agent. */
export async function useCommand(client: LichenClient, options: UseOptions): Promise<Answer> {
  const { agent, account, intent } = options;
  const mandate = await findMandate(client, account, options.start);
  const call = await callOf(client, mandate, options);
  const parameters = {
    account,
    terms: mandate.terms,
    calls: [call],
    ...(intent === undefined ? {} : { intent }),
  };
  let receipt: TransactionReceipt;
  if (options.pays) {
    const paying = connectLichen({ gatewayUrl: client.gatewayUrl, config: client.config, account: agent });
    receipt = (await useMandate(paying, parameters)).receipt;
  } else {
    receipt = (await useMandateSponsored(client, { ...parameters, agent })).receipt;
  }
  const did = functionText(client, call.to, (call.data ?? '0x').slice(0, 10) as Hex);
  const bought = options.cover === undefined ? undefined : boughtCoverIn(client, receipt, account);
  return {
    json: {
      id: mandate.id,
      account,
      call,
      ...(bought === undefined ? {} : { policyId: bought.policyId, premium: bought.premium }),
      transaction: receipt.transactionHash,
      gasUsed: receipt.gasUsed,
    },
    text: [
      bought === undefined
        ? `Called ${did} for ${account}.`
        : `Bought cover for ${account}, for ${formatAmount(bought.premium)} pUSD.\n  policy       ${bought.policyId}`,
      `  transaction  ${receipt.transactionHash}`,
      `  gas          ${receipt.gasUsed}, paid by ${options.pays ? 'the agent' : 'the sponsor'}`,
    ].join('\n'),
  };
}

async function callOf(client: LichenClient, mandate: Mandate, options: UseOptions): Promise<Call> {
  const { cover, call } = options;
  if (cover !== undefined) {
    const flight = await findFlight(client, { name: cover.flight });
    const quote = await quoteCover(client, { flightId: flight.flightId, payout: cover.payout });
    return buyCoverCall(client, { quote, maxPremium: quote.parts.premium });
  }
  if (call === undefined) {
    throw new LichenError('bad-input', 'What shall the agent do?', {
      expected: '--cover FLIGHT --payout AMOUNT, or --contract, --function and its arguments',
      retry: 'after-fix',
    });
  }
  const { address, known } = readContract(client, call.contract);
  const item = readFunction(call.function, known);
  const selector = toFunctionSelector(item);
  const permission = mandate.terms.permissions.find(
    (candidate) => isAddressEqual(candidate.target, address) && candidate.selector === selector,
  );
  const isMoney = ({ name, type }: AbiParameter) =>
    /^uint/.test(type) &&
    !type.includes('[') &&
    name !== undefined &&
    wordIndexOf([item], item.name, name) === permission?.amountArg;
  if (call.values.length !== item.inputs.length) {
    throw new LichenError('bad-input', 'The function takes other arguments.', {
      got: `${call.values.length} arguments`,
      expected: item.inputs.map(({ name, type }) => `${name} (${type})`).join(', '),
      retry: 'after-fix',
    });
  }
  const values = item.inputs.map((input, index) => argumentOf(input, call.values[index]!, isMoney(input)));
  return {
    to: address,
    data: encodeFunctionData({ abi: [item] as AbiFunction[], functionName: item.name, args: values }),
  };
}

/** An argument from its text. The mandate's amount is written as money; everything else as it is. */
function argumentOf({ type, name }: AbiParameter, text: string, isMoney: boolean): unknown {
  if (isMoney) return parseAmount(text);
  if (/^u?int/.test(type) && /^-?\d{1,78}$/.test(text)) return BigInt(text);
  if (type === 'bool' && /^(true|false)$/.test(text)) return text === 'true';
  if (type === 'string') return text;
  if (
    (type === 'address' || type.startsWith('bytes')) &&
    /^0x[0-9a-fA-F]*$/.test(text) &&
    !type.includes('[')
  ) {
    return text;
  }
  throw new LichenError('bad-input', 'An argument does not fit.', {
    got: JSON.stringify(text.slice(0, 80)),
    expected: `${name ?? 'a value'} of type ${type}`,
    retry: 'after-fix',
  });
}
