import { mandateExecutorAbi } from '@lichen/contracts';
import { LichenError, mandateIdOf, type Terms } from '@lichen/protocol';
import { type Address, type Hex, type Log, numberToHex, pad, parseEventLogs, toEventSelector } from 'viem';
import { formatLog } from 'viem/utils';
import type { LichenClient } from '../client/createLichenClient.ts';
import { getChainTime } from '../client/getChainTime.ts';
import { onChain } from '../client/toLichenError.ts';
import { accountsOf } from './accountClient.ts';

export type MandateStatus = 'active' | 'paused' | 'not-yet' | 'expired' | 'revoked';

/** One call that an agent made under a mandate. */
export interface MandateUse {
  readonly target: Address;
  readonly selector: Hex;
  /** Base units of the mandate's asset. */
  readonly amount: bigint;
  /** Hash of the decision that the call carries out. */
  readonly intent: Hex;
  /** Chain time, unix seconds; absent when the chain does not date its logs. */
  readonly at?: number;
  readonly block: bigint;
  readonly transaction: Hex;
}

/** What is left at this moment. Amounts in base units of the mandate's asset. */
export interface MandateLeft {
  readonly usable: boolean;
  readonly ofPeriod: bigint;
  /** Of the account's one budget in this asset. */
  readonly ofBudget: bigint;
  readonly calls: bigint;
}

/** A mandate as the chain tells it: its terms, whether it holds now, what was done with it and what is left. */
export interface Mandate {
  readonly id: Hex;
  readonly account: Address;
  readonly epoch: bigint;
  readonly terms: Terms;
  /** The account's own name for the agent. */
  readonly label: string;
  readonly status: MandateStatus;
  readonly left: MandateLeft;
  /** Oldest first. */
  readonly uses: readonly MandateUse[];
  readonly grantedAt?: number;
  readonly grantedInBlock: bigint;
  readonly transaction: Hex;
}

function timeOf(log: Log): number | undefined {
  const timestamp = (log as { blockTimestamp?: bigint | Hex }).blockTimestamp;
  return timestamp === undefined || timestamp === null ? undefined : Number(timestamp);
}

/** Every event of the executor that speaks of the account, oldest first, in one request. */
async function eventsOf(client: LichenClient, account: Address, fromBlock: bigint) {
  const names = new Set(['MandateGranted', 'MandateRevoked', 'MandatePaused', 'MandateUsed']);
  const selectors = mandateExecutorAbi.flatMap((item) =>
    item.type === 'event' && names.has(item.name) ? [toEventSelector(item)] : [],
  );
  const { mandateExecutor } = accountsOf(client);
  const logs = await onChain(
    client.chain.request({
      method: 'eth_getLogs',
      params: [
        {
          address: mandateExecutor,
          topics: [selectors, pad(account)],
          fromBlock: numberToHex(fromBlock),
          toBlock: 'latest',
        },
      ],
    }),
  );
  return parseEventLogs({ abi: mandateExecutorAbi, logs: logs.map((log) => formatLog(log)), strict: true });
}

interface Switches {
  readonly epoch: bigint;
  readonly isAccountPaused: boolean;
  readonly now: number;
}

function statusOf(
  terms: Terms,
  epoch: bigint,
  { revoked, paused }: { readonly revoked: boolean; readonly paused: boolean },
  switches: Switches,
): MandateStatus {
  if (revoked || epoch < switches.epoch) return 'revoked';
  if (switches.now >= terms.validUntil) return 'expired';
  if (paused || switches.isAccountPaused) return 'paused';
  return switches.now < terms.validFrom ? 'not-yet' : 'active';
}

/**
 * Every mandate that an account has ever granted, oldest first, from the chain's events and present state: no database
 * and no vendor stands between. The id of each is recomputed from its terms.
 * @throws LichenError `not-found` when the network has no accounts, `internal` when an event contradicts itself,
 * `chain-unreachable`.
 */
export async function listMandates(
  client: LichenClient,
  parameters: { readonly account: Address; readonly fromBlock?: bigint },
): Promise<readonly Mandate[]> {
  const { account } = parameters;
  const executor = { address: accountsOf(client).mandateExecutor, abi: mandateExecutorAbi } as const;
  const [events, epoch, isAccountPaused, now] = await Promise.all([
    eventsOf(client, account, parameters.fromBlock ?? 0n),
    onChain(client.chain.readContract({ ...executor, functionName: 'epochOf', args: [account] })),
    onChain(client.chain.readContract({ ...executor, functionName: 'isPaused', args: [account] })),
    getChainTime(client),
  ]);
  const revoked = new Set<Hex>();
  const paused = new Map<Hex, boolean>();
  const uses = new Map<Hex, MandateUse[]>();
  for (const event of events) {
    if (event.eventName === 'MandateRevoked') revoked.add(event.args.id);
    if (event.eventName === 'MandatePaused') paused.set(event.args.id, event.args.paused);
    if (event.eventName === 'MandateUsed') {
      const { id, intent, target, selector, amount } = event.args;
      const at = timeOf(event);
      const use = {
        target,
        selector,
        amount,
        intent,
        block: event.blockNumber,
        transaction: event.transactionHash,
      };
      uses.set(id, [...(uses.get(id) ?? []), { ...use, ...(at === undefined ? {} : { at }) }]);
    }
  }
  const granted = events.filter((event) => event.eventName === 'MandateGranted');
  return Promise.all(
    granted.map(async (event) => {
      const { id, terms, label } = event.args;
      if (mandateIdOf(account, event.args.epoch, terms) !== id) {
        throw new LichenError('internal', 'A mandate on the chain contradicts itself.', {
          got: `mandate ${id} in transaction ${event.transactionHash}`,
        });
      }
      const left = await onChain(
        client.chain.readContract({ ...executor, functionName: 'left', args: [account, terms] }),
      );
      const grantedAt = timeOf(event);
      return {
        id,
        account,
        epoch: event.args.epoch,
        terms,
        label,
        status: statusOf(
          terms,
          event.args.epoch,
          { revoked: revoked.has(id), paused: paused.get(id) === true },
          { epoch, isAccountPaused, now },
        ),
        left,
        uses: uses.get(id) ?? [],
        ...(grantedAt === undefined ? {} : { grantedAt }),
        grantedInBlock: event.blockNumber,
        transaction: event.transactionHash,
      };
    }),
  );
}
