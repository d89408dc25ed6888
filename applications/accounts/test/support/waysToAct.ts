import { isLichenError, type Terms } from '@lichen/protocol';
import {
  type Call,
  encodeCalls,
  executionsOf,
  type LichenClient,
  mandateExecutorAbi,
  toLichenError,
  useMandate,
} from '@lichen/sdk';
import {
  type Address,
  concat,
  encodeFunctionData,
  type Hex,
  hexToBigInt,
  pad,
  parseEventLogs,
  zeroHash,
} from 'viem';
import {
  entryPoint08Abi,
  formatUserOperationRequest,
  getUserOperationTypedData,
  toPackedUserOperation,
  type UserOperation,
} from 'viem/account-abstraction';
import type { PrivateKeyAccount } from 'viem/accounts';
import { until } from '../../../flight-cover/test/support/network.ts';

/** What an agent tries. */
export interface Attempt {
  readonly account: Address;
  readonly agent: PrivateKeyAccount;
  readonly terms: Terms;
  readonly calls: readonly Call[];
  /** Call data of the operation where it is not the use of the mandate; only for ways that send operations. */
  readonly callData?: Hex;
}

/** `done`, or the text of the refusal. */
export type Outcome = string;

/** One way for an agent to reach the chain, with nothing of the sdk's own checks before it where it can be avoided. */
export type Way = (attempt: Attempt) => Promise<Outcome>;

async function nextOperation(
  client: LichenClient,
  paymaster: Address | undefined,
  attempt: Attempt,
): Promise<UserOperation<'0.8'>> {
  const { entryPoint, mandateExecutor, mandateValidator } = client.config.accounts!;
  const key = hexToBigInt(concat([mandateValidator, pad('0x07', { size: 4 })]));
  const act = encodeFunctionData({
    abi: mandateExecutorAbi,
    functionName: 'actAs',
    args: [attempt.terms, executionsOf(attempt.calls), zeroHash],
  });
  const [nonce, block] = await Promise.all([
    client.chain.readContract({
      address: entryPoint,
      abi: entryPoint08Abi,
      functionName: 'getNonce',
      args: [attempt.account, key],
    }),
    client.chain.getBlock(),
  ]);
  const operation: UserOperation<'0.8'> = {
    sender: attempt.account,
    nonce,
    callData: attempt.callData ?? encodeCalls([{ to: mandateExecutor, data: act }]),
    callGasLimit: 500_000n,
    verificationGasLimit: 300_000n,
    preVerificationGas: 100_000n,
    maxFeePerGas: 2n * (block.baseFeePerGas ?? 0n) + 1_000_000_000n,
    maxPriorityFeePerGas: 1_000_000_000n,
    ...(paymaster === undefined
      ? {}
      : {
          paymaster,
          paymasterData: '0x' as const,
          paymasterVerificationGasLimit: 50_000n,
          paymasterPostOpGasLimit: 0n,
        }),
    signature: '0x',
  };
  const typedData = getUserOperationTypedData({
    chainId: client.config.chainId,
    entryPointAddress: entryPoint,
    userOperation: operation,
  });
  return { ...operation, signature: await attempt.agent.signTypedData(typedData) };
}

/** What an included operation came to: its calls may have been refused although the transaction was not. */
function outcomeOf(logs: Parameters<typeof parseEventLogs>[0]['logs']): Outcome {
  const events = parseEventLogs({ abi: entryPoint08Abi, logs, strict: true });
  for (const event of events) {
    if (event.eventName !== 'UserOperationRevertReason') continue;
    return toLichenError(Object.assign(new Error('reverted'), { data: event.args.revertReason })).message;
  }
  return events.some((event) => event.eventName === 'UserOperationEvent' && event.args.success)
    ? 'done'
    : 'failed without a reason';
}

/** The agent calls the executor from its own account. */
export function throughExecutor(clientOfAgent: (agent: PrivateKeyAccount) => LichenClient): Way {
  return async ({ account, agent, terms, calls }) => {
    try {
      await useMandate(clientOfAgent(agent), { account, terms, calls });
      return 'done';
    } catch (error) {
      if (!isLichenError(error)) throw error;
      return error.message;
    }
  };
}

/**
 * An operation paid by a paymaster that asks no questions, carried to the EntryPoint by an account that pays for the
 * transaction: no bundler and no sponsor looks at it.
 */
export function straightToEntryPoint(client: LichenClient, paymaster: Address | undefined): Way {
  const wallet = client.wallet!;
  return async (attempt) => {
    const operation = await nextOperation(client, paymaster, attempt);
    const data = encodeFunctionData({
      abi: entryPoint08Abi,
      functionName: 'handleOps',
      args: [[toPackedUserOperation(operation)], wallet.account.address],
    });
    const { entryPoint } = client.config.accounts!;
    try {
      await client.chain.call({ account: wallet.account, to: entryPoint, data });
    } catch (error) {
      const refusal = innerReason(error);
      // It is mined all the same: what a simulation refuses, the chain must refuse too.
      const mined = await wallet.sendTransaction({ to: entryPoint, data, gas: 2_000_000n });
      const receipt = await client.chain.waitForTransactionReceipt({ hash: mined });
      return receipt.status === 'reverted' ? refusal : `was mined although refused: ${refusal}`;
    }
    const hash = await wallet.sendTransaction({ to: entryPoint, data, gas: 2_000_000n });
    return outcomeOf((await client.chain.waitForTransactionReceipt({ hash })).logs);
  };
}

/** The same operation by way of the network's bundler. */
export function throughBundler(client: LichenClient, paymaster: Address | undefined): Way {
  const { entryPoint, bundlerPath } = client.config.accounts!;
  const url = new URL(bundlerPath, client.gatewayUrl);
  async function ask(
    method: string,
    params: unknown,
  ): Promise<{ result?: unknown; error?: { message: string } }> {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    });
    return (await response.json()) as { result?: unknown; error?: { message: string } };
  }
  return async (attempt) => {
    const operation = await nextOperation(client, paymaster, attempt);
    const sent = await ask('eth_sendUserOperation', [formatUserOperationRequest(operation), entryPoint]);
    if (sent.error !== undefined) return innerReason(new Error(sent.error.message));
    const logs = await until('the operation', 30_000, async () => {
      const events = await client.chain.getContractEvents({
        address: entryPoint,
        abi: entryPoint08Abi,
        eventName: 'UserOperationEvent',
        args: { userOpHash: sent.result as Hex },
        fromBlock: 0n,
      });
      const [event] = events;
      return event === undefined
        ? undefined
        : (await client.chain.getTransactionReceipt({ hash: event.transactionHash })).logs;
    });
    return outcomeOf(logs);
  };
}

/** The reason inside the EntryPoint's or the bundler's, wherever it stands. */
function innerReason(error: unknown): Outcome {
  const texts: string[] = [];
  for (let at: unknown = error; at instanceof Error && texts.length < 12; at = at.cause) {
    const { data } = at as { data?: unknown };
    texts.push(at.message.split('Request body')[0]!);
    if (typeof data === 'string') texts.push(data);
  }
  const text = texts.join('\n');
  for (const [bytes] of text.matchAll(/0x[0-9a-fA-F]{8,}/g)) {
    const ofEntryPoint = /AA\d\d [ -~]*/.exec(Buffer.from(bytes.slice(2), 'hex').toString('latin1'));
    if (ofEntryPoint !== null) texts.push(ofEntryPoint[0]);
    // The custom error may stand inside FailedOpWithRevert: try at each word.
    for (let at = 2; at + 8 <= bytes.length; at += 8) {
      const reason = toLichenError(
        Object.assign(new Error('reverted'), { data: `0x${bytes.slice(at)}` }),
      ).message;
      if (/\(?Mandate\w+\)?/.test(reason)) return reason;
    }
  }
  return texts.join('\n');
}
