import { type LichenClient, onChain, playDollarAbi } from '@lichen/sdk';
import { type Address, type Hex, isAddressEqual, zeroAddress } from 'viem';

/** Money that moved in or out of an account. */
export interface Movement {
  readonly what: string;
  /** Base units of pUSD; negative when it left. */
  readonly amount: bigint;
  readonly block: bigint;
  readonly transaction: Hex;
  readonly position: number;
}

/** At most `limit` movements of an account, newest first. @throws LichenError `chain-unreachable`, `timeout`. */
export async function readActivity(
  client: LichenClient,
  account: Address,
  limit: number,
): Promise<readonly Movement[]> {
  const money = {
    address: client.addresses.playDollar,
    abi: playDollarAbi,
    eventName: 'Transfer',
    fromBlock: 0n,
    toBlock: 'latest',
    strict: true,
  } as const;
  const [incoming, outgoing] = await onChain(
    Promise.all([
      client.chain.getContractEvents({ ...money, args: { to: account } }),
      client.chain.getContractEvents({ ...money, args: { from: account } }),
    ]),
  );
  const nameOf = (other: Address, isIncoming: boolean) => {
    if (isAddressEqual(other, zeroAddress)) return 'Play money from the faucet';
    if (isAddressEqual(other, client.addresses.coverPool))
      return isIncoming ? 'From the cover pool' : 'Premium of a cover';
    if (isAddressEqual(other, client.addresses.flightCover))
      return isIncoming ? 'Payout of a cover' : 'Premium of a cover';
    return isIncoming ? `From ${other}` : `To ${other}`;
  };
  return [
    ...incoming.map((log) => ({ log, what: nameOf(log.args.from, true), amount: log.args.amount })),
    ...outgoing.map((log) => ({ log, what: nameOf(log.args.to, false), amount: -log.args.amount })),
  ]
    .sort((a, b) =>
      a.log.blockNumber === b.log.blockNumber
        ? b.log.logIndex - a.log.logIndex
        : a.log.blockNumber < b.log.blockNumber
          ? 1
          : -1,
    )
    .slice(0, limit)
    .map(({ log, what, amount }) => ({
      what,
      amount,
      block: log.blockNumber,
      transaction: log.transactionHash,
      position: log.logIndex,
    }));
}
