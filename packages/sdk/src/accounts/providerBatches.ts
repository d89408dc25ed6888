import { isLichenError } from '@lichen/protocol';
import { bytesToHex, type Hex, isAddressEqual, numberToHex, parseEventLogs } from 'viem';
import { entryPoint08Abi } from 'viem/account-abstraction';
import { type AccountClient, accountsOf, type Call, type SentCalls } from './accountClient.ts';
import { refuse, toProviderError } from './providerError.ts';
import { sendCalls } from './sendCalls.ts';

/** Finished batches beyond so many are forgotten, oldest first. */
const mostKept = 256;

/** `reserved`: the person is asked. Numbers are the status codes of EIP-5792. */
type Batch =
  | { readonly status: 'reserved' }
  | { readonly status: 100 | 400 | 500 }
  | { readonly status: 200; readonly sent: SentCalls };

/** Batches of calls that a page sent, by id, as EIP-5792 wants to hear of them. */
export interface CallBatches {
  /** The page's id, or a new one. @throws ProviderError -32602 malformed, 5720 used before. */
  reserve(id: unknown): string;
  release(id: string): void;
  /** Resolves when the bundler has taken the batch. @throws ProviderError when it is refused before that. */
  send(id: string, calls: readonly Call[], sponsorUrl: string | undefined): Promise<void>;
  /** Resolves with the hash of the transaction that made the calls. */
  sendAndWait(calls: readonly Call[]): Promise<Hex>;
  /** `GetCallsResult`. @throws ProviderError -32602 malformed, 5730 unknown. */
  statusOf(id: unknown): unknown;
}

function idOf(id: unknown): string {
  if (typeof id === 'string' && id.length > 0 && id.length <= 8_194) return id;
  return refuse('invalidParams', 'The id must be a text of up to 8194 characters.');
}

export function callBatches(account: AccountClient): CallBatches {
  const { client } = account;
  const batches = new Map<string, Batch>();

  const keep = (id: string, batch: Batch) => {
    batches.set(id, batch);
    for (const [old, { status }] of batches) {
      if (batches.size <= mostKept) break;
      if (status !== 100 && status !== 'reserved') batches.delete(old);
    }
  };

  return {
    reserve(given) {
      const id = given === undefined ? bytesToHex(crypto.getRandomValues(new Uint8Array(32))) : idOf(given);
      if (batches.has(id)) refuse('duplicateId', 'A batch with this id was sent before.');
      batches.set(id, { status: 'reserved' });
      return id;
    },
    release(id) {
      batches.delete(id);
    },
    send(id, calls, sponsorUrl) {
      const accounts = accountsOf(client);
      // `new URL(absolute, base)` is the absolute address: the page's service stands where ours would.
      const payer =
        sponsorUrl === undefined
          ? account
          : {
              ...account,
              client: {
                ...client,
                config: { ...client.config, accounts: { ...accounts, paymasterPath: sponsorUrl } },
              },
            };
      return new Promise((resolve, reject) => {
        let accepted = false;
        sendCalls(payer, calls, {
          onAccepted: () => {
            accepted = true;
            keep(id, { status: 100 });
            resolve();
          },
        }).then(
          (sent) => {
            keep(id, { status: 200, sent });
            resolve();
          },
          (error: unknown) => {
            // Nothing was sent: the same id may be tried again. After a timeout it may still be taken: pending.
            if (!accepted) batches.delete(id);
            else if (!(isLichenError(error) && ['timeout', 'bundler-unreachable'].includes(error.code))) {
              keep(id, { status: 500 });
            }
            reject(toProviderError(error));
          },
        );
      });
    },
    async sendAndWait(calls) {
      return (await sendCalls(account, calls)).transactionHash;
    },
    statusOf(given) {
      const id = idOf(given);
      const batch = batches.get(id);
      if (batch === undefined || batch.status === 'reserved') {
        return refuse('unknownBundle', 'No batch with this id was sent.');
      }
      return {
        version: '2.0.0',
        id,
        chainId: numberToHex(client.config.chainId),
        status: batch.status,
        atomic: true,
        ...(batch.status === 200 ? { receipts: [receiptOf(account, batch.sent)] } : {}),
      };
    },
  };
}

/**
 * The receipt with the logs of this operation only: a bundle carries other people's. The EntryPoint writes an event after
 * each operation, so an operation's logs lie between the event before and its own.
 */
export function receiptOf(account: AccountClient, sent: SentCalls): unknown {
  const { entryPoint } = accountsOf(account.client);
  const { receipt, userOpHash } = sent;
  const marks = parseEventLogs({ abi: entryPoint08Abi, logs: receipt.logs, strict: true }).filter(
    (log) =>
      isAddressEqual(log.address, entryPoint) &&
      (log.eventName === 'UserOperationEvent' || log.eventName === 'BeforeExecution'),
  );
  const own = marks.findIndex(
    (log) => log.eventName === 'UserOperationEvent' && log.args.userOpHash === userOpHash,
  );
  const end = marks[own]?.logIndex ?? -1;
  const start = marks[own - 1]?.logIndex ?? -1;
  return {
    logs: receipt.logs
      .filter(
        ({ logIndex, address }) => logIndex > start && logIndex < end && !isAddressEqual(address, entryPoint),
      )
      .map(({ address, data, topics }) => ({ address, data, topics })),
    status: '0x1',
    blockHash: receipt.blockHash,
    blockNumber: numberToHex(receipt.blockNumber),
    gasUsed: numberToHex(receipt.gasUsed),
    transactionHash: receipt.transactionHash,
  };
}
