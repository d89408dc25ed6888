import { anchorAbi, mandateExecutorAbi } from '@lichen/contracts';
import type { Terms } from '@lichen/protocol';
import {
  type AbiEvent,
  type Address,
  decodeEventLog,
  type Hex,
  hexToBigInt,
  pad,
  parseAbiItem,
  toEventSelector,
} from 'viem';
import type { ChainLog, ChainReader } from './chainReader.ts';

/** Where an event stands in the order of the chain. */
export interface EventPlace {
  readonly block: number;
  readonly logIndex: number;
  readonly transaction: Hex;
  /** Unix seconds. */
  readonly time: number;
}

/** One call that was made under a mandate of the account. Amount in base units of the mandate's asset. */
export interface UsedEvent extends EventPlace {
  readonly name: 'MandateUsed';
  readonly id: Hex;
  readonly intent: Hex;
  readonly target: Address;
  readonly selector: Hex;
  readonly amount: bigint;
}

/** Everything that the executor says of one account. */
export type AccountEvent =
  | UsedEvent
  | (EventPlace & {
      readonly name: 'MandateGranted';
      readonly id: Hex;
      readonly agent: Address;
      readonly epoch: bigint;
      readonly terms: Terms;
    })
  | (EventPlace & { readonly name: 'MandateRevoked'; readonly id: Hex })
  | (EventPlace & { readonly name: 'AllMandatesRevoked'; readonly epoch: bigint })
  | (EventPlace & { readonly name: 'MandatePaused'; readonly id: Hex; readonly paused: boolean })
  | (EventPlace & { readonly name: 'AccountPaused'; readonly paused: boolean })
  | (EventPlace & {
      readonly name: 'BudgetSet';
      readonly asset: Address;
      readonly amount: bigint;
      readonly period: number;
    });

/** A head of the journal on the chain. */
export interface AnchoredHead extends EventPlace {
  readonly size: number;
  readonly root: Hex;
}

/** An operation of the account (ERC-4337), whoever signed it. */
export interface OperationEvent extends EventPlace {
  readonly nonce: bigint;
  readonly isSuccess: boolean;
}

const executorEvents = mandateExecutorAbi.filter((item) => item.type === 'event') as readonly AbiEvent[];
export const usedTopic: Hex = toEventSelector(executorEvents.find(({ name }) => name === 'MandateUsed')!);
const operationEvent = parseAbiItem(
  'event UserOperationEvent(bytes32 indexed userOpHash, address indexed sender, address indexed paymaster, uint256 nonce, bool success, uint256 actualGasCost, uint256 actualGasUsed)',
);
export const operationTopic: Hex = toEventSelector(operationEvent);
const anchoredTopic = toEventSelector(
  anchorAbi.find((item) => item.type === 'event' && item.name === 'Anchored')!,
);

export const inOrder = (a: EventPlace, b: EventPlace): number => a.block - b.block || a.logIndex - b.logIndex;

async function placed(chain: ChainReader, log: ChainLog): Promise<EventPlace> {
  const time = log.time ?? (await chain.blockTime(log.block)) ?? 0;
  return { block: log.block, logIndex: log.logIndex, transaction: log.transaction, time };
}

/** A use out of its log; the most frequent event, hence read by hand. */
export function usedEventOf(log: ChainLog, place: EventPlace): UsedEvent {
  const word = (at: number) => `0x${log.data.slice(2 + 64 * at, 2 + 64 * (at + 1))}` as Hex;
  return {
    ...place,
    name: 'MandateUsed',
    id: log.topics[2]!,
    intent: log.topics[3]!,
    target: `0x${word(0).slice(26)}`,
    selector: word(1).slice(0, 10) as Hex,
    amount: hexToBigInt(word(2)),
  };
}

/** Everything that the executor said of an account, in order. @throws LichenError `chain-unreachable` */
export async function readAccountEvents(
  chain: ChainReader,
  executor: Address,
  account: Address,
  from: number,
  to: number,
): Promise<AccountEvent[]> {
  const logs = await chain.logs(
    { address: executor, topics: [executorEvents.map((event) => toEventSelector(event)), pad(account)] },
    from,
    to,
  );
  const events = await Promise.all(
    logs.map(async (log): Promise<AccountEvent> => {
      const place = await placed(chain, log);
      if (log.topics[0] === usedTopic) return usedEventOf(log, place);
      const { eventName, args } = decodeEventLog({
        abi: executorEvents,
        data: log.data,
        topics: log.topics as [Hex, ...Hex[]],
      });
      return { ...(args as object), ...place, name: eventName } as AccountEvent;
    }),
  );
  return events.sort(inOrder);
}

/** Heads that a writer put on the chain, oldest first. @throws LichenError `chain-unreachable` */
export async function readAnchoredHeads(
  chain: ChainReader,
  anchor: Address,
  writer: Address,
  from: number,
  to: number,
): Promise<AnchoredHead[]> {
  const logs = await chain.logs({ address: anchor, topics: [anchoredTopic, pad(writer)] }, from, to);
  const heads = await Promise.all(
    logs.map(async (log): Promise<AnchoredHead> => {
      const { args } = decodeEventLog({
        abi: anchorAbi,
        eventName: 'Anchored',
        data: log.data,
        topics: log.topics as [Hex, ...Hex[]],
      });
      return { ...(await placed(chain, log)), size: Number(args.size), root: args.root };
    }),
  );
  return heads.sort(inOrder);
}

/** Operations of an account that a block has, in order. @throws LichenError `chain-unreachable` */
export async function readOperations(
  chain: ChainReader,
  entryPoint: Address,
  account: Address,
  from: number,
  to: number,
): Promise<OperationEvent[]> {
  const logs = await chain.logs(
    { address: entryPoint, topics: [operationTopic, null, pad(account)] },
    from,
    to,
  );
  const operations = await Promise.all(
    logs.map(async (log): Promise<OperationEvent> => {
      const { args } = decodeEventLog({
        abi: [operationEvent],
        data: log.data,
        topics: log.topics as [Hex, ...Hex[]],
      });
      return { ...(await placed(chain, log)), nonce: args.nonce, isSuccess: args.success };
    }),
  );
  return operations.sort(inOrder);
}
