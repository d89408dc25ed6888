// Operations made by hand, for tests: nothing of the sdk, so that both can be wrong in different ways only.
import { randomBytes } from 'node:crypto';
import { encodePasskeySignature, type Passkey, softwarePasskey, type Terms } from '@lichen/protocol';
import { accountFactoryAbi, mandateExecutorAbi, playDollarAbi } from '@lichen/sdk';
import {
  type Address,
  concatHex,
  createPublicClient,
  encodeAbiParameters,
  encodeFunctionData,
  encodePacked,
  type Hex,
  http,
  numberToHex,
  type PublicClient,
  pad,
  parseAbi,
  toFunctionSelector,
  zeroHash,
} from 'viem';
import {
  entryPoint08Abi,
  entryPoint08Address,
  getUserOperationHash,
  toPackedUserOperation,
  type UserOperation,
} from 'viem/account-abstraction';
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount, sign } from 'viem/accounts';
import { rpc } from '../chain/testSupport.fixture.ts';
import type { AccountsAddresses } from '../deploy/deployAccounts.ts';

export interface Place {
  readonly rpcUrl: string;
  readonly chainId: number;
  readonly addresses: AccountsAddresses & { readonly playDollar: Address };
  readonly bundlerUrl: string;
  readonly sponsorUrl: string;
}

export interface Call {
  readonly target: Address;
  readonly value: bigint;
  readonly callData: Hex;
}

export type Operation = UserOperation<'0.8'>;

/** An account that may not be on the chain yet, and who signs for it. */
export interface TestAccount {
  readonly address: Address;
  readonly factory: Address;
  readonly factoryData: Hex;
  readonly passkey: Passkey;
  readonly agent: PrivateKeyAccount;
  readonly agentKey: Hex;
  /** What the agent may do from birth on: transfer up to a thousand play dollars. */
  readonly terms: Terms;
  signByPasskey(hash: Hex): Hex;
}

const accountAbi = parseAbi(['function execute(bytes32 mode, bytes executionCalldata) payable']);
const executionAbi = [
  {
    type: 'tuple[]',
    components: [
      { name: 'target', type: 'address' },
      { name: 'value', type: 'uint256' },
      { name: 'callData', type: 'bytes' },
    ],
  },
] as const;

export const clientOf = (place: Pick<Place, 'rpcUrl'>): PublicClient =>
  createPublicClient({ transport: http(place.rpcUrl), cacheTime: 0 }) as PublicClient;

/** ERC-7579 `execute` of one call. */
export function executeSingle({ target, value, callData }: Call): Hex {
  const packed = encodePacked(['address', 'uint256', 'bytes'], [target, value, callData]);
  return encodeFunctionData({ abi: accountAbi, functionName: 'execute', args: [zeroHash, packed] });
}

/** ERC-7579 `execute` of several calls that fail together. */
export function executeBatch(calls: readonly Call[]): Hex {
  const mode = pad('0x01', { dir: 'right', size: 32 });
  return encodeFunctionData({
    abi: accountAbi,
    functionName: 'execute',
    args: [mode, encodeAbiParameters(executionAbi, [calls])],
  });
}

export function dollars(place: Place, functionName: 'faucet' | 'transfer', ...args: unknown[]): Call {
  const callData = encodeFunctionData({ abi: playDollarAbi, functionName, args: args as never });
  return { target: place.addresses.playDollar, value: 0n, callData };
}

/** The call data with which an agent uses its mandate in an operation of the account. */
export function useMandate(place: Place, terms: Terms, calls: readonly Call[]): Hex {
  const callData = encodeFunctionData({
    abi: mandateExecutorAbi,
    functionName: 'actAs',
    args: [terms, calls, zeroHash] as never,
  });
  return executeSingle({ target: place.addresses.mandateExecutor, value: 0n, callData });
}

/** Key of the nonces of operations that agents sign. */
export const agentNonceKey = (place: Place, lane = 0): bigint =>
  BigInt(concatHex([place.addresses.mandateValidator, numberToHex(lane, { size: 4 })]));

/** Key of the nonces of operations that the passkey signs, one for each lane: two under one key wait for each other. */
const passkeyNonceKey = (lane: number): bigint => BigInt(lane);

/** A new account, born with play money, a budget and a mandate for its first agent. */
export async function newAccount(
  place: Place,
  { takesPlayMoney = true }: { readonly takesPlayMoney?: boolean } = {},
): Promise<TestAccount> {
  const { accountFactory, mandateExecutor, playDollar } = place.addresses;
  const secret: Hex = `0x${randomBytes(31).toString('hex').padStart(64, '0')}`;
  const { passkey, sign: signAssertion } = softwarePasskey(secret, 'localhost', 'http://localhost');
  const agentKey = generatePrivateKey();
  const agent = privateKeyToAccount(agentKey);
  const block = await clientOf(place).getBlock();
  const terms: Terms = {
    agent: agent.address,
    asset: playDollar,
    validFrom: 0,
    validUntil: Number(block.timestamp) + 3_600,
    period: 3_600,
    maxPerPeriod: 5_000_000_000n,
    maxCalls: 100,
    permissions: [
      {
        target: playDollar,
        selector: toFunctionSelector('transfer(address,uint256)'),
        amountArg: 1,
        pulls: false,
        maxAmount: 1_000_000_000n,
        pins: [],
      },
    ],
    salt: zeroHash,
  };
  const toExecutor = (callData: Hex): Call => ({ target: mandateExecutor, value: 0n, callData });
  const birthCalls: Call[] = [
    ...(takesPlayMoney ? [dollars(place, 'faucet', 5_000_000_000n)] : []),
    toExecutor(
      encodeFunctionData({
        abi: mandateExecutorAbi,
        functionName: 'setBudget',
        args: [playDollar, 5_000_000_000n, 3_600],
      }),
    ),
    toExecutor(
      encodeFunctionData({ abi: mandateExecutorAbi, functionName: 'grant', args: [terms, 'first'] as never }),
    ),
  ];
  const listing = { lookup: zeroHash, mac: zeroHash };
  const address = await clientOf(place).readContract({
    address: accountFactory,
    abi: accountFactoryAbi,
    functionName: 'accountOf',
    args: [passkey, zeroHash, birthCalls],
  });
  return {
    address,
    factory: accountFactory,
    factoryData: encodeFunctionData({
      abi: accountFactoryAbi,
      functionName: 'createAccount',
      args: [passkey, zeroHash, listing, birthCalls],
    }),
    passkey,
    agent,
    agentKey,
    terms,
    signByPasskey: (hash) => encodePasskeySignature(0, signAssertion(hash)),
  };
}

export interface Wish {
  readonly callData: Hex;
  /** Creates the account in this operation. */
  readonly isBirth?: boolean;
  /** Signed by the agent with the mandate, else by the passkey. */
  readonly byAgent?: boolean;
  /** Operations in different lanes do not wait for each other. */
  readonly lane?: number;
}

/** An operation with gas, price and nonce, neither sponsored nor signed. */
export async function prepare(place: Place, account: TestAccount, wish: Wish): Promise<Operation> {
  const key = wish.byAgent === true ? agentNonceKey(place, wish.lane) : passkeyNonceKey(wish.lane ?? 0);
  const nonce = await clientOf(place).readContract({
    address: entryPoint08Address,
    abi: entryPoint08Abi,
    functionName: 'getNonce',
    args: [account.address, key],
  });
  const fees = await clientOf(place).estimateFeesPerGas();
  return {
    sender: account.address,
    nonce,
    ...(wish.isBirth === true ? { factory: account.factory, factoryData: account.factoryData } : {}),
    callData: wish.callData,
    callGasLimit: 500_000n,
    verificationGasLimit: wish.isBirth === true ? 1_200_000n : 300_000n,
    preVerificationGas: 90_000n,
    maxFeePerGas: fees.maxFeePerGas * 2n,
    maxPriorityFeePerGas: fees.maxPriorityFeePerGas,
    signature: '0x',
  };
}

const hexed = (operation: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(operation)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, typeof value === 'bigint' ? numberToHex(value) : value]),
  );

/** Asks the sponsor with whatever the test wants to ask. */
export function askSponsor(
  place: Place,
  operation: object,
  asked: { method?: string; entryPoint?: Address; chainId?: number } = {},
): Promise<Record<string, Hex>> {
  const { method = 'pm_getPaymasterData', entryPoint = entryPoint08Address, chainId = place.chainId } = asked;
  return rpc(place.sponsorUrl, method, hexed(operation), entryPoint, numberToHex(chainId), {});
}

/** The operation with the sponsor's word that it pays. */
export async function sponsored(place: Place, operation: Operation): Promise<Operation> {
  const answer = await askSponsor(place, operation);
  return {
    ...operation,
    paymaster: answer.paymaster as Address,
    paymasterData: answer.paymasterData!,
    paymasterVerificationGasLimit: BigInt(answer.paymasterVerificationGasLimit!),
    paymasterPostOpGasLimit: BigInt(answer.paymasterPostOpGasLimit!),
  };
}

export const hashOf = (place: Place, operation: Operation): Hex =>
  getUserOperationHash({
    chainId: place.chainId,
    entryPointAddress: entryPoint08Address,
    entryPointVersion: '0.8',
    userOperation: operation,
  });

export async function signed(
  place: Place,
  account: TestAccount,
  operation: Operation,
  byAgent = false,
): Promise<Operation> {
  const hash = hashOf(place, operation);
  const signature = byAgent
    ? await sign({ hash, privateKey: account.agentKey, to: 'hex' })
    : account.signByPasskey(hash);
  return { ...operation, signature };
}

export interface OperationReceipt {
  readonly success: boolean;
  readonly actualGasUsed: Hex;
  readonly receipt: { readonly transactionHash: Hex; readonly gasUsed: Hex };
}

/** Hands a signed operation to the bundler and waits until it is in a block. */
export async function bundled(place: Place, operation: Operation): Promise<OperationReceipt> {
  const hash = await rpc<Hex>(
    place.bundlerUrl,
    'eth_sendUserOperation',
    hexed(operation),
    entryPoint08Address,
  );
  for (let attempt = 0; attempt < 600; attempt += 1) {
    const receipt = await rpc<OperationReceipt | null>(
      place.bundlerUrl,
      'eth_getUserOperationReceipt',
      hash,
    ).catch(() => null);
    if (receipt !== null) return receipt;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`operation ${hash} did not get into a block`);
}

/** Prepares, sponsors, signs and sends. */
export async function act(place: Place, account: TestAccount, wish: Wish): Promise<OperationReceipt> {
  const operation = await sponsored(place, await prepare(place, account, wish));
  return bundled(place, await signed(place, account, operation, wish.byAgent));
}

/** `handleOps` with one operation, as anybody may send it to the EntryPoint. */
export function handleOps(operation: Operation, beneficiary: Address): Hex {
  return encodeFunctionData({
    abi: entryPoint08Abi,
    functionName: 'handleOps',
    args: [[toPackedUserOperation(operation)], beneficiary],
  });
}
