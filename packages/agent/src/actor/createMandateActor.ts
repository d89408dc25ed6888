import { LichenError } from '@lichen/protocol';
import { accountsOf } from '@lichen/sdk';
import type { Actor } from '../runtime/types.ts';
import { prepareUse } from './prepareUse.ts';
import { reconcileAct, type Takings } from './reconcileAct.ts';
import type { ActorCore, MandateActorInit } from './types.ts';

/**
 * An actor that uses mandates of one account with the agent's own key, by transactions of its own. It is given typed calls
 * and hashes, and nothing else reaches the key.
 * @throws LichenError `bad-input` when the client's wallet is not a local account; `not-found` when the network has no
 * accounts
 */
export function createMandateActor(init: MandateActorInit): Actor {
  const { client, account, mandates } = init;
  const signer = client.wallet?.account;
  if (signer?.type !== 'local') {
    throw new LichenError('bad-input', 'An agent signs with a key of its own.', {
      got: signer === undefined ? 'a client without an account' : 'an account of a node',
      expected: 'a client connected with a local account',
      retry: 'after-fix',
    });
  }
  const core: ActorCore = {
    client,
    signer,
    account,
    executor: accountsOf(client).mandateExecutor,
    chainId: client.config.chainId,
    confirmations: init.confirmations ?? 1,
    receiptMs: init.receiptMs ?? 60_000,
    pollMs: init.pollMs ?? 250,
    takeAgainMs: init.takeAgainMs ?? 60_000,
    clock: init.clock ?? Date.now,
    scanned: new Map(),
    log: init.log ?? (() => undefined),
    point: async (point) => init.onPoint?.(point),
  };
  const takings: Takings = new Map();
  return {
    prepare: (calls) => prepareUse(core, mandates, calls),
    reconcile: (intent, fromBlock) => reconcileAct(core, takings, intent, fromBlock),
  };
}
