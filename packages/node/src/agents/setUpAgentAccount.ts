import { accountAddressOf, type Execution, softwarePasskey, type Terms } from '@lichen/protocol';
import { type AccountsConfig, accountFactoryAbi, mandateExecutorAbi } from '@lichen/sdk';
import {
  type Address,
  encodeFunctionData,
  type Hex,
  keccak256,
  type PublicClient,
  toHex,
  zeroHash,
} from 'viem';
import { hasCode } from '../deploy/create2.ts';
import type { Sender } from '../deploy/sender.ts';

/** The most that an account may spend of an asset, over all its mandates. */
export interface AgentBudget {
  readonly asset: Address;
  /** Base units in any window of `period`. */
  readonly amount: bigint;
  /** Seconds. */
  readonly period: number;
}

export interface AgentAccountInit {
  readonly name: string;
  /** P-256 key of the passkey that owns the account, 32 bytes. */
  readonly ownerKey: Hex;
  readonly accounts: Pick<AccountsConfig, 'factory' | 'implementation' | 'mandateExecutor'>;
  readonly mandates: readonly { readonly terms: Terms; readonly label: string }[];
  readonly budgets: readonly AgentBudget[];
  /** What else the account does as its first act, for example taking play money. */
  readonly firstCalls: readonly { readonly to: Address; readonly data: Hex }[];
}

export interface AgentAccountComponents {
  readonly chain: PublicClient;
  /** Pays for the account's creation. */
  readonly sender: Sender;
}

/** Gas of a birth: some 110,000 for the account, up to 160,000 for each call. */
const gasOfBirth = (calls: number) => 400_000n + 160_000n * BigInt(calls);

/**
 * The account that an agent of this network acts for: owned by a passkey, with budgets and mandates given at its birth, and
 * nothing else that the agent can touch. One that is there already is left as it is. Returns its address.
 *
 * The owner's key signs nothing here: an account commits to its birth calls, so anybody may bring it to life.
 * @throws LichenError `transaction-failed`, `chain-unreachable`
 */
export async function setUpAgentAccount(
  { chain, sender }: AgentAccountComponents,
  init: AgentAccountInit,
): Promise<Address> {
  const { accounts, budgets, mandates, firstCalls } = init;
  const toExecutor = (data: Hex): Execution => ({
    target: accounts.mandateExecutor,
    value: 0n,
    callData: data,
  });
  const births: Execution[] = [
    ...firstCalls.map(({ to, data }) => ({ target: to, value: 0n, callData: data })),
    ...budgets.map(({ asset, amount, period }) =>
      toExecutor(
        encodeFunctionData({
          abi: mandateExecutorAbi,
          functionName: 'setBudget',
          args: [asset, amount, period],
        }),
      ),
    ),
    ...mandates.map(({ terms, label }) =>
      toExecutor(
        encodeFunctionData({ abi: mandateExecutorAbi, functionName: 'grant', args: [terms, label] }),
      ),
    ),
  ];
  const { passkey } = softwarePasskey(init.ownerKey, 'localhost', 'http://localhost');
  const salt = keccak256(toHex(`lichen agent ${init.name}`));
  const address = accountAddressOf(accounts, passkey, salt, births);
  if (await hasCode(chain, address)) return address;
  await sender.sendAll([
    {
      what: `creating the account of agent ${init.name}`,
      to: accounts.factory,
      data: encodeFunctionData({
        abi: accountFactoryAbi,
        functionName: 'createAccount',
        args: [passkey, salt, { lookup: zeroHash, mac: zeroHash }, births],
      }),
      gas: gasOfBirth(births.length),
    },
  ]);
  return address;
}
