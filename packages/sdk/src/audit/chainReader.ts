import { LichenError } from '@lichen/protocol';
import { type Address, type Hex, hexToBigInt, hexToNumber, numberToHex, type PublicClient } from 'viem';
import { onChain, toLichenError } from '../client/toLichenError.ts';
import { createPool, type Pool } from './createPool.ts';

/** A log as the node gives it, with numbers read. */
export interface ChainLog {
  readonly address: Address;
  readonly topics: readonly Hex[];
  readonly data: Hex;
  readonly block: number;
  readonly logIndex: number;
  readonly transaction: Hex;
  /** Unix seconds, where the node says it with the log. */
  readonly time: number | undefined;
}

export interface ChainTransaction {
  readonly hash: Hex;
  readonly from: Address;
  readonly to: Address | null;
  readonly input: Hex;
  readonly nonce: number;
  readonly value: bigint;
  /** Null while no block has it. */
  readonly block: number | null;
}

export interface ChainReceipt {
  readonly transaction: Hex;
  readonly block: number;
  readonly blockHash: Hex;
  readonly isSuccess: boolean;
  readonly gasUsed: bigint;
  readonly logs: readonly ChainLog[];
}

export interface ChainBlock {
  readonly number: number;
  /** Unix seconds. */
  readonly time: number;
  readonly transactions: readonly ChainTransaction[];
}

/** The few questions that an audit asks of a node, so many at a time. */
export interface ChainReader {
  readonly pool: Pool;
  logs(
    filter: { readonly address: Address; readonly topics: LogTopics },
    from: number,
    to: number,
  ): Promise<ChainLog[]>;
  transaction(hash: Hex): Promise<ChainTransaction | undefined>;
  receipt(hash: Hex): Promise<ChainReceipt | undefined>;
  /** Unix seconds of a block; undefined where the node has none. */
  blockTime(number: number): Promise<number | undefined>;
  block(number: number): Promise<ChainBlock | undefined>;
  /** Transactions that an address had sent up to and with a block; undefined where the node has dropped that state. */
  countAt(address: Address, block: number): Promise<number | undefined>;
}

export type LogTopics = readonly (Hex | readonly Hex[] | null)[];

/** Blocks in one request for logs at the start; halved where a node refuses. */
const widestRange = 100_000;

type Raw = Readonly<Record<string, unknown>>;
const lower = (value: unknown) => String(value).toLowerCase() as Hex;
const numberOf = (value: unknown) => hexToNumber(value as Hex);

function logOf(raw: Raw): ChainLog {
  const time = raw.blockTimestamp;
  return {
    address: lower(raw.address),
    topics: (raw.topics as Hex[]).map(lower),
    data: lower(raw.data),
    block: numberOf(raw.blockNumber),
    logIndex: numberOf(raw.logIndex),
    transaction: lower(raw.transactionHash),
    time: typeof time === 'string' ? numberOf(time) : undefined,
  };
}

function transactionOf(raw: Raw): ChainTransaction {
  return {
    hash: lower(raw.hash),
    from: lower(raw.from),
    to: raw.to == null ? null : lower(raw.to),
    input: lower(raw.input),
    nonce: numberOf(raw.nonce),
    value: hexToBigInt(raw.value as Hex),
    block: raw.blockNumber == null ? null : numberOf(raw.blockNumber),
  };
}

/**
 * Reads a chain with plain requests: what comes back is not formatted further than needed, since there are many.
 * @param requests at the same time
 */
export function createChainReader(client: PublicClient, requests: number): ChainReader {
  const pool = createPool(requests);
  const ask = (method: string, params: readonly unknown[]): Promise<unknown> =>
    client.request({ method, params } as never);
  const times = new Map<number, number | undefined>();

  async function logs(
    filter: { readonly address: Address; readonly topics: LogTopics },
    from: number,
    to: number,
  ): Promise<ChainLog[]> {
    const found: ChainLog[] = [];
    let range = widestRange;
    for (let at = from; at <= to; ) {
      const last = Math.min(to, at + range - 1);
      try {
        const raw = await pool(() =>
          ask('eth_getLogs', [{ ...filter, fromBlock: numberToHex(at), toBlock: numberToHex(last) }]),
        );
        for (const log of raw as Raw[]) found.push(logOf(log));
        at = last + 1;
        range = Math.min(widestRange, range * 2);
      } catch (error) {
        const reason = toLichenError(error);
        if (reason.code === 'chain-unreachable' || range === 1) throw reason;
        range = Math.ceil(range / 8);
      }
    }
    return found;
  }

  async function block(number: number): Promise<ChainBlock | undefined> {
    const raw = (await onChain(
      pool(() => ask('eth_getBlockByNumber', [numberToHex(number), true])),
    )) as Raw | null;
    if (raw === null) return undefined;
    const time = numberOf(raw.timestamp);
    times.set(number, time);
    return { number, time, transactions: (raw.transactions as Raw[]).map(transactionOf) };
  }

  return {
    pool,
    logs,
    block,
    transaction: async (hash) => {
      const raw = (await onChain(pool(() => ask('eth_getTransactionByHash', [hash])))) as Raw | null;
      return raw === null ? undefined : transactionOf(raw);
    },
    receipt: async (hash) => {
      const raw = (await onChain(pool(() => ask('eth_getTransactionReceipt', [hash])))) as Raw | null;
      if (raw === null) return undefined;
      return {
        transaction: lower(raw.transactionHash),
        block: numberOf(raw.blockNumber),
        blockHash: lower(raw.blockHash),
        isSuccess: raw.status === '0x1',
        gasUsed: hexToBigInt(raw.gasUsed as Hex),
        logs: (raw.logs as Raw[]).map(logOf),
      };
    },
    blockTime: async (number) => {
      if (times.has(number)) return times.get(number);
      const raw = (await onChain(
        pool(() => ask('eth_getBlockByNumber', [numberToHex(number), false])),
      )) as Raw | null;
      const time = raw === null ? undefined : numberOf(raw.timestamp);
      times.set(number, time);
      return time;
    },
    countAt: async (address, number) => {
      try {
        return numberOf(await pool(() => ask('eth_getTransactionCount', [address, numberToHex(number)])));
      } catch (error) {
        const reason = toLichenError(error);
        if (reason.code === 'chain-unreachable') throw reason;
        return undefined;
      }
    },
  };
}

/** The block that an audit reads the chain up to. @throws LichenError `chain-unreachable` */
export async function readHead(
  client: PublicClient,
): Promise<{ readonly number: number; readonly time: number }> {
  const { number, timestamp } = await onChain(client.getBlock({ blockTag: 'latest' }));
  if (number === null)
    throw new LichenError('chain-unreachable', 'The node has no block.', { retry: 'later' });
  return { number: Number(number), time: Number(timestamp) };
}
