import { oracleAbi } from '@lichen/contracts';
import type { Hex } from 'viem';
import type { LichenClient } from '../client/createLichenClient.ts';
import { onChain } from '../client/toLichenError.ts';
import { indicesOf } from './indicesOf.ts';

/** One round's head as the chain accepted it. Times are chain time, unix seconds. */
export interface OracleRound {
  readonly round: number;
  /** Merkle root of the round's answers; zero for a heartbeat. */
  readonly root: Hex;
  readonly dataDigest: Hex;
  /** Indices of the reporters who signed. */
  readonly signers: readonly number[];
  readonly observedFrom: number;
  readonly observedTo: number;
  readonly block: bigint;
  readonly transaction: Hex;
}

/**
 * Rounds that the chain accepted, newest first.
 * @throws LichenError `chain-unreachable`, `timeout`.
 */
export async function listRounds(
  client: LichenClient,
  parameters: {
    /** At most this many; 20 when absent. */
    readonly limit?: number;
    readonly round?: number;
    /** First block to look at; 0 when absent. */
    readonly fromBlock?: bigint;
  } = {},
): Promise<readonly OracleRound[]> {
  const logs = await onChain(
    client.chain.getContractEvents({
      address: client.addresses.oracle,
      abi: oracleAbi,
      eventName: 'RoundReported',
      ...(parameters.round === undefined ? {} : { args: { round: parameters.round } }),
      fromBlock: parameters.fromBlock ?? 0n,
      toBlock: 'latest',
      strict: true,
    }),
  );
  return logs
    .slice(-(parameters.limit ?? 20))
    .reverse()
    .map(({ args, blockNumber, transactionHash }) => ({
      round: args.round,
      root: args.root,
      dataDigest: args.dataDigest,
      signers: indicesOf(args.signers),
      observedFrom: args.observedFrom,
      observedTo: args.observedTo,
      block: blockNumber,
      transaction: transactionHash,
    }));
}
