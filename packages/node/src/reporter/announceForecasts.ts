import type { OracleVerifier, Verifier } from '@lichen/protocol';
import { flightCoverAbi } from '@lichen/sdk';
import { encodeFunctionData, type PublicClient } from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';
import { callPeer } from './callPeer.ts';
import type { ForecastWatch } from './forecastWatch.ts';
import { leadForecast } from './leadForecast.ts';
import type { Place } from './membership.ts';
import type { Sender } from './transactions.ts';

export interface ForecastAnnouncerComponents {
  readonly client: PublicClient;
  readonly sender: Sender;
  readonly account: PrivateKeyAccount;
  readonly verifier: OracleVerifier;
  /** FlightCover, which closes a cell's sales at older weather. */
  readonly cover: Verifier;
  readonly forecast: ForecastWatch;
  readonly log: (line: string) => void;
}

/**
 * Creates the announcer: it brings each move of the weather that it sees to the chain, with a quorum's signatures, once.
 * @throws LichenError `no-quorum` (from the returned function) when too few saw the same weather
 */
export function createForecastAnnouncer(components: ForecastAnnouncerComponents) {
  const { client, sender, account, verifier, cover, forecast, log } = components;
  const announced = new Set<string>();
  return async ({ peers, index }: Omit<Place, 'set'>, round: number): Promise<void> => {
    for (const notice of await forecast.moved()) {
      const key = `${notice.cell} ${notice.movedAt}`;
      if (announced.has(key)) continue;
      const signatures = await leadForecast(
        {
          index,
          peers,
          verifier,
          account,
          cover,
          call: callPeer,
          sign: (item) => forecast.sign(item),
        },
        round,
        notice,
      );
      const data = encodeFunctionData({
        abi: flightCoverAbi,
        functionName: 'moveForecast',
        args: [notice.cell, notice.movedAt, signatures.bitmap, signatures.signatures],
      });
      announced.add(key);
      if (announced.size > 5_000) announced.clear();
      // Simulated first: another leader may have announced it already.
      const gas = await client
        .estimateGas({ account: account.address, to: cover.address, data })
        .catch(() => undefined);
      if (gas === undefined) continue;
      const [receipt] = await sender.send([{ to: cover.address, data, gas: (gas * 3n) / 2n }]);
      log(`forecast of cell ${notice.cell} moved at ${notice.movedAt}: ${receipt?.status ?? 'unknown'}`);
    }
  };
}
