import type { SoftwarePasskey } from '@lichen/protocol';
import { type Address, encodeFunctionData, type Hex } from 'viem';
import type { UserOperation } from 'viem/account-abstraction';
import { accountOf, artifactOf, type DevChain } from '../support/devChain.ts';
import { sendBundle } from './bundle.ts';
import { type Call, type Person, personOf, type Wallet } from './wallet.ts';

/** Gas of whole transactions; `bundled` is per operation. */
export interface WalletGas {
  readonly createAndAct: number;
  readonly createWithSecond: number;
  readonly act: number;
  readonly actBySecond: number;
  readonly bundled: number;
}

export interface Money {
  readonly token: Address;
  /** Holds some already: a transfer to it fills no fresh slot. */
  readonly recipient: Address;
  /** Gives an address a hundred. */
  give(address: Address): Promise<void>;
  transfer(amount: bigint): Call;
}

/** The one token, and the one funded recipient, of everything measured. */
export async function deployMoney(chain: DevChain): Promise<Money> {
  const token = await chain.deploy('PlayDollar', []);
  const recipient = accountOf(900_002).address;
  const encode = (to: Address, amount: bigint): Hex =>
    encodeFunctionData({
      abi: artifactOf('PlayDollar').abi,
      functionName: 'transfer',
      args: [to, amount],
    });
  const give = async (address: Address) => {
    await chain.transact('A gift', token, encode(address, 100_000_000n));
  };
  await chain.send('PlayDollar', token, 'faucet', [10_000_000_000n]);
  await give(recipient);
  return {
    token,
    recipient,
    give,
    transfer: (amount) => ({ to: token, data: encode(recipient, amount) }),
  };
}

export const bundleSize = 10;

/**
 * The same five things of any wallet: an account created with its first transfer; one created that takes a second passkey
 * and transfers; a later transfer by the first passkey, and by the second; later transfers of ten people in one bundle. All sponsored, all signed by a passkey, in
 * bundles of one unless said, nonce lane 0, recipient funded.
 */
export async function measureWallet(chain: DevChain, wallet: Wallet, money: Money): Promise<WalletGas> {
  const people = Array.from({ length: bundleSize }, (_, index) => personOf(index));
  const pair = personOf(bundleSize);
  for (const person of [...people, pair]) await money.give(await wallet.addressOf(person));
  const bundle = async (operations: readonly UserOperation<'0.8'>[]) =>
    Number((await sendBundle(chain, wallet.entryPoint, operations)).gasUsed);
  const send = async (person: Person, calls: readonly Call[], by?: SoftwarePasskey) =>
    bundle([await wallet.operation(person, calls, by)]);
  const transfer = [money.transfer(1_000_000n)];
  const createWithSecond = await send(pair, [...(await wallet.addSecond(pair)), ...transfer]);
  const actBySecond = await send(pair, transfer, pair.second);
  const created = [];
  for (const person of people) created.push(await send(person, transfer));
  const act = await send(people[0]!, transfer);
  const operations = await Promise.all(people.map((person) => wallet.operation(person, transfer)));
  const bundled = Math.round((await bundle(operations)) / bundleSize);
  return { createAndAct: created[0]!, createWithSecond, act, actBySecond, bundled };
}
