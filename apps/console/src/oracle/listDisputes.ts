import { type LichenClient, onChain, oracleAbi } from '@lichen/sdk';
import type { Address, Hex } from 'viem';

/** A dispute as the chain recorded it. */
export interface Dispute {
  readonly questionId: Hex;
  readonly challenger: Address | null;
  /** 0 schema, 1 model run again on the chain, 2 signed evidence. */
  readonly rung: number;
  /** Chain time until which either side may add evidence, unix seconds; null when it ended at once. */
  readonly defendBy: number | null;
  /** Null while it is open. */
  readonly overturned: boolean | null;
  readonly block: bigint;
}

/**
 * Disputes, newest first, joined with how they ended; of one question when it is named.
 * @throws LichenError `chain-unreachable`, `timeout`.
 */
export async function listDisputes(
  client: LichenClient,
  parameters: { readonly questionId?: Hex } = {},
): Promise<readonly Dispute[]> {
  const oracle = {
    address: client.addresses.oracle,
    abi: oracleAbi,
    ...(parameters.questionId === undefined ? {} : { args: { id: parameters.questionId } }),
    fromBlock: 0n,
    toBlock: 'latest',
  } as const;
  const [opened, resolved] = await onChain(
    Promise.all([
      client.chain.getContractEvents({ ...oracle, eventName: 'DisputeOpened', strict: true }),
      client.chain.getContractEvents({ ...oracle, eventName: 'DisputeResolved', strict: true }),
    ]),
  );
  const disputes = new Map<string, Dispute>();
  for (const { args, blockNumber } of opened) {
    disputes.set(`${args.id} ${args.rung}`, {
      questionId: args.id,
      challenger: args.challenger,
      rung: args.rung,
      defendBy: args.defendBy,
      overturned: null,
      block: blockNumber,
    });
  }
  for (const { args, blockNumber } of resolved) {
    const key = `${args.id} ${args.rung}`;
    const known = disputes.get(key);
    disputes.set(key, {
      questionId: args.id,
      challenger: known?.challenger ?? null,
      rung: args.rung,
      defendBy: known?.defendBy ?? null,
      overturned: args.overturned,
      block: known?.block ?? blockNumber,
    });
  }
  return [...disputes.values()].sort((a, b) => (a.block < b.block ? 1 : -1));
}
