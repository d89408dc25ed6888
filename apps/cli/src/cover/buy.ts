import { buyCover, findFlight, formatAmount, getPolicy, type LichenClient, quoteCover } from '@lichen/sdk';
import { followPolicy, policyEndText } from './followPolicy.ts';

export interface BuyOptions {
  readonly name: string;
  /** Base units of pUSD. */
  readonly payout: bigint;
  readonly maxPremium?: bigint;
  /** Takes what is missing from the faucet of play dollars first. */
  readonly takePlayMoney: boolean;
  readonly follow: boolean;
  /** Receives each line of progress of `--follow`. */
  readonly onProgress: (line: string) => void;
}

/** Buys cover at a fresh, checked quote; with `follow` waits until the policy is paid, refunded or closed. */
export async function buyCommand(client: LichenClient, options: BuyOptions) {
  const flight = await findFlight(client, { name: options.name });
  const quote = await quoteCover(client, { flightId: flight.flightId, payout: options.payout });
  const bought = await buyCover(client, {
    quote,
    takePlayMoney: options.takePlayMoney,
    ...(options.maxPremium === undefined ? {} : { maxPremium: options.maxPremium }),
  });
  const text = [
    `Bought cover of ${formatAmount(options.payout)} pUSD for ${flight.carrier}${flight.number}, ${flight.origin} to ${flight.destination}, for ${formatAmount(bought.premium)} pUSD.`,
    `  policy       ${bought.policyId}`,
    `  transaction  ${bought.hash}`,
    client.sender === undefined
      ? `  gas          ${bought.gasUsed} for the purchase, ${bought.approvalGasUsed} for the approval`
      : `  gas          ${bought.gasUsed} for everything in one operation, paid by the sponsor`,
  ].join('\n');
  if (!options.follow) {
    return {
      json: { ...bought, quote },
      text: `${text}\nFollow it with: lichen cover list`,
    };
  }
  options.onProgress(text);
  await followPolicy(client, { policyId: bought.policyId, onProgress: options.onProgress });
  const policy = await getPolicy(client, { policyId: bought.policyId });
  return { json: { ...bought, quote, policy }, text: policyEndText(policy) };
}
