import { createHash } from 'node:crypto';
import { LichenError, type Terms } from '@lichen/protocol';
import { executionsOf, mandateExecutorAbi, onChain } from '@lichen/sdk';
import { encodeFunctionData, type Hex, slice, zeroHash } from 'viem';
import type { ActOutcome, AgentCall, PreparedAct } from '../runtime/types.ts';
import { chooseMandate } from './chooseMandate.ts';
import { failedOutcome, openOutcome, revertedOutcome, settledOutcome } from './outcomes.ts';
import { readCalls } from './readCalls.ts';
import { checkPayable, readFees, signAndSend } from './signAndSend.ts';
import type { ActorCore } from './types.ts';
import { waitForReceipt } from './waitForReceipt.ts';

/** A node other than the one that the intents were written for. @throws LichenError `wrong-chain`, `chain-unreachable` */
export async function checkChain({ client, chainId }: ActorCore): Promise<void> {
  const got = await onChain(client.chain.getChainId());
  if (got === chainId) return;
  throw new LichenError('wrong-chain', 'The chain is not the one that the agent acts on.', {
    got: `chain id ${got}`,
    expected: `chain id ${chainId}`,
    next: 'Name the node of the right chain.',
    retry: 'after-fix',
  });
}

/**
 * The nonce of the next act.
 * @throws LichenError `already-running` when a transaction of the key waits that the agent knows nothing of: it acts on one
 * thing at a time, so somebody else has its key
 */
async function nextNonce({ client, signer }: ActorCore): Promise<number> {
  const { address } = signer;
  const [used, waiting] = await onChain(
    Promise.all([
      client.chain.getTransactionCount({ address, blockTag: 'latest' }),
      client.chain.getTransactionCount({ address, blockTag: 'pending' }),
    ]),
  );
  if (waiting <= used) return used;
  throw new LichenError('already-running', 'Somebody else acts with the key of this agent.', {
    got: `${waiting - used} transactions of ${address} that wait for a block`,
    expected: 'none',
    next: 'Stop the other process; if there is none, revoke the mandate: the key is in other hands.',
    retry: 'later',
  });
}

/**
 * Finds the mandate for calls, simulates them at the chain and fixes the nonce. Signs nothing.
 * @throws LichenError `bad-input`, `mandate-*`, the called contract's own reason, `too-little-money`, `already-running`,
 * `wrong-chain`, `chain-unreachable`
 */
export async function prepareUse(
  core: ActorCore,
  mandates: readonly Terms[],
  given: readonly AgentCall[],
): Promise<PreparedAct> {
  const { client, account, executor, signer, chainId } = core;
  // Copies: what is recorded, simulated and signed are the same calls, whatever their author does with his.
  const calls = readCalls(given);
  await checkChain(core);
  const head = await onChain(client.chain.getBlockNumber());
  const { id, terms } = await chooseMandate(core, mandates, calls);
  const dataFor = (intent: Hex) =>
    encodeFunctionData({
      abi: mandateExecutorAbi,
      functionName: 'act',
      args: [account, terms, executionsOf(calls), intent],
    });
  // With a hash of 32 bytes that are not zero, as the intent's will be: zeros cost less.
  const probe = dataFor(`0x${'ff'.repeat(32)}`);
  const [estimate, fees, nonce] = await Promise.all([
    onChain(client.chain.estimateGas({ account: signer.address, to: executor, data: probe })),
    readFees(core),
    nextNonce(core),
  ]);
  // A block later the state differs: a fifth on top keeps a moved slot from running out of gas, and 50,000 pay for the two
  // that a pool writes once in a block only (Uniswap V2's price sums).
  const gas = (estimate * 6n) / 5n + 50_000n;
  await checkPayable(core, gas, fees);

  let isUsed = false;
  async function perform(intent: Hex, signal?: AbortSignal): Promise<ActOutcome> {
    if (isUsed || intent === zeroHash) {
      throw new LichenError('internal', 'An act is carried out once, under the hash of its intent.', {
        got: isUsed ? 'a second time' : 'no hash',
      });
    }
    isUsed = true;
    await core.point('signing');
    if (signal?.aborted === true) return failedOutcome('not signed: the agent was told to stop');
    const data = dataFor(intent);
    const transaction = { to: executor, data, nonce, gas, ...fees };
    const { hash, serialized, refusal } = await signAndSend(core, transaction, ['signed', 'sent']);
    if (refusal !== undefined && refusal.code !== 'chain-unreachable' && refusal.code !== 'timeout') {
      return openOutcome('unknown', `the node refused it: ${refusal.words}`, hash);
    }
    const receipt = await waitForReceipt(core, hash, serialized);
    await core.point('receipt');
    if (receipt === undefined) return openOutcome('pending', 'no block has taken it yet', hash);
    return receipt.status === 'success'
      ? settledOutcome(core, receipt)
      : revertedOutcome(core, receipt, { to: executor, data });
  }

  return {
    act: {
      account,
      calls: calls.map(({ to, data }) => ({
        dataSha256: createHash('sha256')
          .update(Buffer.from(data.slice(2), 'hex'))
          .digest('hex'),
        selector: slice(data, 0, 4).toLowerCase() as Hex,
        to,
      })),
      chainId,
      mandate: id,
      nonce,
    },
    checkedAt: Number(head),
    perform,
  };
}
