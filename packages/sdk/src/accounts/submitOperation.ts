import { LichenError } from '@lichen/protocol';
import { type Address, type Hex, isAddressEqual, isHex, parseEventLogs, type TransactionReceipt } from 'viem';
import { entryPoint08Abi, formatUserOperationRequest } from 'viem/account-abstraction';
import { contractErrorOf, decodeRevert } from '../client/contractErrors.ts';
import type { LichenClient } from '../client/createLichenClient.ts';
import { onChain } from '../client/toLichenError.ts';
import { hexAt } from '../network/readFields.ts';
import { accountsOf, type SendOptions, type SentCalls } from './accountClient.ts';
import { servicesOf } from './jsonRpc.ts';
import { operationHashOf } from './operation.ts';
import type { PreparedOperation } from './prepareOperation.ts';

/** Milliseconds between looks at the receipt: short while a block may come any moment, then sparing. */
const pollMs = (waitedMs: number): number => (waitedMs < 1_000 ? 25 : waitedMs < 5_000 ? 100 : 500);
/** After this long without a receipt the bundler is asked whether it has let the operation go. */
const suspiciousMs = 3_000;

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/**
 * Throws the reason for which an included operation did nothing; returns when it did its work.
 * @throws LichenError of the contract's refusal, or `transaction-failed`.
 */
export function assertSuccess(entryPoint: Address, receipt: TransactionReceipt, userOpHash: Hex): void {
  const logs = parseEventLogs({
    abi: entryPoint08Abi,
    // A called contract can log what it likes under its own address.
    logs: receipt.logs.filter((log) => isAddressEqual(log.address, entryPoint)),
    strict: true,
  });
  const done = logs.find(
    (log) => log.eventName === 'UserOperationEvent' && log.args.userOpHash === userOpHash,
  );
  if (done?.eventName === 'UserOperationEvent' && done.args.success) return;
  const failed = logs.find(
    (log) => log.eventName === 'UserOperationRevertReason' && log.args.userOpHash === userOpHash,
  );
  const reason = failed?.eventName === 'UserOperationRevertReason' ? failed.args.revertReason : '0x';
  const revert = decodeRevert(reason);
  if (revert !== undefined) throw contractErrorOf(revert, undefined);
  throw new LichenError('transaction-failed', 'The operation was included, and what it tried was refused.', {
    got: `transaction ${receipt.transactionHash}${reason === '0x' ? '' : ` (revert data ${reason.slice(0, 74)})`}`,
    next: 'Nothing has changed but the gas paid; try again.',
    retry: 'later',
  });
}

/** Whether the bundler says that it has let the operation go. A bundler that keeps no such record says nothing. */
async function isDropped(client: LichenClient, userOpHash: Hex): Promise<boolean> {
  const answer = await servicesOf(client)
    .bundler('pimlico_getUserOperationStatus', [userOpHash])
    .catch(() => undefined);
  const status = (answer as { status?: unknown } | null | undefined)?.status;
  return status === 'rejected' || status === 'failed';
}

/** The receipt of the transaction that took the operation, from the chain itself: also a bundler that has died meanwhile took it. */
async function receiptOf(
  client: LichenClient,
  userOpHash: Hex,
  sinceBlock: bigint,
): Promise<TransactionReceipt | undefined> {
  const [event] = await onChain(
    client.chain.getContractEvents({
      address: accountsOf(client).entryPoint,
      abi: entryPoint08Abi,
      eventName: 'UserOperationEvent',
      args: { userOpHash },
      fromBlock: sinceBlock,
    }),
  );
  if (event === undefined) return undefined;
  return onChain(client.chain.getTransactionReceipt({ hash: event.transactionHash }));
}

async function waitForReceipt(
  client: LichenClient,
  userOpHash: Hex,
  sinceBlock: bigint,
  timeoutMs: number,
): Promise<SentCalls> {
  const startedAt = performance.now();
  let asked = false;
  for (;;) {
    const receipt = await receiptOf(client, userOpHash, sinceBlock);
    if (receipt !== undefined) {
      assertSuccess(accountsOf(client).entryPoint, receipt, userOpHash);
      return { userOpHash, transactionHash: receipt.transactionHash, receipt };
    }
    const waited = performance.now() - startedAt;
    if (waited > suspiciousMs && !asked) {
      asked = true;
      if (await isDropped(client, userOpHash)) {
        throw new LichenError('transaction-failed', 'The bundler has let the operation go.', {
          got: `operation ${userOpHash}`,
          next: 'Try again; nothing has been done.',
          retry: 'later',
        });
      }
    }
    if (waited > timeoutMs) {
      throw new LichenError('timeout', 'No block has taken the operation yet.', {
        got: `operation ${userOpHash} after ${timeoutMs / 1000} s`,
        next: 'It may still be taken: look for this hash before sending again.',
        retry: 'later',
      });
    }
    await pause(pollMs(waited));
  }
}

/**
 * Hands a signed operation to the bundler and waits until a block has it.
 * @throws LichenError of the contract's refusal, `wrong-passkey`, `sponsor-exhausted`, `bundler-unreachable`, `timeout`.
 */
export async function submitOperation(
  client: LichenClient,
  { operation, sinceBlock }: PreparedOperation,
  options: SendOptions,
): Promise<SentCalls> {
  const { bundler } = servicesOf(client);
  const { entryPoint } = accountsOf(client);
  const answer = await bundler('eth_sendUserOperation', [formatUserOperationRequest(operation), entryPoint]);
  const userOpHash = operationHashOf(client, operation);
  if (!isHex(answer) || answer !== userOpHash) {
    hexAt({ where: "The bundler's answer", values: { userOpHash: answer } }, 'userOpHash', 32);
    throw new LichenError('internal', 'The bundler speaks of another operation than the one it was given.', {
      got: String(answer),
      expected: userOpHash,
      next: 'Do not send it again; report this to the operator of the network.',
    });
  }
  options.onAccepted?.(userOpHash);
  return waitForReceipt(client, userOpHash, sinceBlock, options.timeoutMs ?? 60_000);
}
