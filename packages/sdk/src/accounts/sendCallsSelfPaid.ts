import { LichenError } from '@lichen/protocol';
import { encodeFunctionData } from 'viem';
import { entryPoint08Abi, toPackedUserOperation } from 'viem/account-abstraction';
import { accountOf, type SentTransaction, sendTransaction } from '../client/sendTransaction.ts';
import {
  type AccountClient,
  accountsOf,
  type Call,
  type SendOptions,
  type SentCalls,
} from './accountClient.ts';
import { checkSigner } from './checkSigner.ts';
import { encodeCalls } from './encodeCalls.ts';
import { measureOperation } from './measureOperation.ts';
import { type Operation, operationHashOf, personNonceKey } from './operation.ts';
import { operationErrorOf } from './operationErrorOf.ts';
import { getNonce } from './prepareOperation.ts';
import { passkeyStub, signByPasskey } from './signOperation.ts';
import { assertSuccess } from './submitOperation.ts';

/**
 * Makes calls as the account without bundler and without sponsor: the client's wallet carries the operation straight to
 * the EntryPoint and pays the transaction's gas, the account pays nothing. For when the bundler is dead or the sponsor
 * has had enough: nobody can keep a person from their account.
 * @throws LichenError `bad-input` when the client has no wallet; the contract's own reason; `wrong-passkey`;
 * `too-little-money` when the wallet cannot pay; `timeout`; `chain-unreachable`.
 */
export async function sendCallsSelfPaid(
  account: AccountClient,
  calls: readonly Call[],
  options: SendOptions = {},
): Promise<SentCalls> {
  const { client, signer, address } = account;
  // The wallet pays, also where the client sends everything else through an account.
  const { sender: _, ...payer } = client;
  const beneficiary = accountOf(payer);
  const { entryPoint } = accountsOf(client);
  const deployed = account.birth === undefined || (await account.isDeployed());
  const init = {
    sender: address,
    nonceKey: personNonceKey,
    callData: encodeCalls(calls),
    ...(deployed ? {} : { birth: account.birth }),
    stubSignature: passkeyStub(signer.index ?? 0),
  };
  const [nonce, gas] = await Promise.all([
    getNonce(client, address, personNonceKey),
    measureOperation(client, init),
    deployed ? checkSigner(account) : undefined,
  ]);
  const operation: Operation = {
    sender: address,
    nonce,
    callData: init.callData,
    ...init.birth,
    ...gas,
    // A price of nothing: the EntryPoint asks the account for no prefund.
    preVerificationGas: 0n,
    maxFeePerGas: 0n,
    maxPriorityFeePerGas: 0n,
    signature: '0x',
  };
  const signed = { ...operation, signature: await signByPasskey(client, signer, operation) };
  const userOpHash = operationHashOf(client, operation);
  const data = encodeFunctionData({
    abi: entryPoint08Abi,
    functionName: 'handleOps',
    args: [[toPackedUserOperation(signed)], beneficiary],
  });
  let sent: SentTransaction;
  try {
    sent = await sendTransaction(
      payer,
      { to: entryPoint, data },
      { ...options, onSent: () => options.onAccepted?.(userOpHash) },
    );
  } catch (error) {
    throw (error instanceof LichenError ? operationErrorOf(error.cause) : undefined) ?? error;
  }
  assertSuccess(entryPoint, sent.receipt, userOpHash);
  return { userOpHash, transactionHash: sent.hash, receipt: sent.receipt };
}
