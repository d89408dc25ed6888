import { randomBytes } from 'node:crypto';
import { type Permission, type SoftwarePasskey, softwarePasskey, type Terms } from '@lichen/protocol';
import { type Call, connectLichen, type LichenClient, playDollarAbi } from '@lichen/sdk';
import { type Address, bytesToHex, encodeFunctionData, type Hex, parseEther, toFunctionSelector } from 'viem';
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';

/** A person's device: a software passkey that counts how often the person was asked. */
export interface Device extends SoftwarePasskey {
  readonly userHandle: Hex;
  readonly index: number;
  prompts(): number;
}

export const random32 = (): Hex => bytesToHex(randomBytes(32));

export function newDevice(index = 0): Device {
  const { passkey, sign } = softwarePasskey(random32(), 'localhost', 'http://localhost:8080');
  let prompts = 0;
  return {
    passkey,
    userHandle: random32(),
    index,
    prompts: () => prompts,
    sign(hash) {
      prompts += 1;
      return sign(hash);
    },
  };
}

/** An agent with a key of its own; where it is to act by itself, ether for gas from the network's development account. */
export async function newAgent(
  client: LichenClient,
  ether = '0.1',
): Promise<{ readonly agent: PrivateKeyAccount; readonly client: LichenClient }> {
  const agent = privateKeyToAccount(random32());
  if (ether !== '0') {
    const hash = await client.wallet!.sendTransaction({ to: agent.address, value: parseEther(ether) });
    await client.chain.waitForTransactionReceipt({ hash });
  }
  const { gatewayUrl, config } = client;
  return { agent, client: connectLichen({ gatewayUrl, config, account: agent }) };
}

export const transferSelector = toFunctionSelector('transfer(address,uint256)');

export function faucetCall(client: LichenClient, amount: bigint): Call {
  return {
    to: client.addresses.playDollar,
    data: encodeFunctionData({ abi: playDollarAbi, functionName: 'faucet', args: [amount] }),
  };
}

export function transferCall(client: LichenClient, to: Address, amount: bigint): Call {
  return {
    to: client.addresses.playDollar,
    data: encodeFunctionData({ abi: playDollarAbi, functionName: 'transfer', args: [to, amount] }),
  };
}

/** Transfers of play dollars to anybody, of at most `maxAmount` base units each. */
export function transferPermission(client: LichenClient, maxAmount: bigint): Permission {
  return {
    target: client.addresses.playDollar,
    selector: transferSelector,
    amountArg: 1,
    pulls: false,
    maxAmount,
    pins: [],
  };
}

/** Terms that allow three transfers of at most 40 and 100 in all within ten minutes, for an hour; changed as the test wants. */
export async function termsFor(
  client: LichenClient,
  agent: Address,
  change: Partial<Terms> = {},
): Promise<Terms> {
  const { timestamp } = await client.chain.getBlock();
  return {
    agent,
    asset: client.addresses.playDollar,
    validFrom: 0,
    validUntil: Number(timestamp) + 3_600,
    period: 600,
    maxPerPeriod: 100n,
    maxCalls: 3,
    permissions: [transferPermission(client, 40n)],
    salt: random32(),
    ...change,
  };
}

export async function balanceOf(client: LichenClient, holder: Address): Promise<bigint> {
  return client.chain.readContract({
    address: client.addresses.playDollar,
    abi: playDollarAbi,
    functionName: 'balanceOf',
    args: [holder],
  });
}
