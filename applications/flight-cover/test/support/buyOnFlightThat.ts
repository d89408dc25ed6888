import { join } from 'node:path';
import { loadRecord } from '@lichen/node';
import { type FlightResult, isLichenError, type WorldFlight } from '@lichen/protocol';
import { buyCover, type CoverQuote, getChainTime, quoteCover, searchFlights } from '@lichen/sdk';
import { type RunningNetwork, until } from './network.ts';

const record = loadRecord(join(import.meta.dirname, '../../data'));

/** Flights on sale that the record says end so, soonest arrival first. The test knows the future; nothing else does. */
export async function flightsOnSaleThat(
  network: Pick<RunningNetwork, 'client'>,
  ends: FlightResult,
): Promise<WorldFlight[]> {
  const now = await getChainTime(network.client);
  const { speed } = network.client.config.world;
  const flights = await searchFlights(network.client, {
    from: now + Math.ceil(3_600 / speed) + 4,
    to: now + Math.floor((6 * 3_600) / speed),
  });
  return flights
    .filter(({ row }) => record.outcomeAt(row).result === ends)
    .sort((a, b) => a.arrivesAt - b.arrivesAt);
}

/** Buys on the first of them that is sold: some are too likely to be late to be covered. */
export async function buyOnFlightThat(
  network: Pick<RunningNetwork, 'client'>,
  ends: FlightResult,
  payout: bigint,
): Promise<{ flight: WorldFlight; quote: CoverQuote; policyId: `0x${string}` }> {
  return until(`a flight that ends ${ends} and is sold`, 120_000, async () => {
    for (const flight of await flightsOnSaleThat(network, ends)) {
      const quote = await quoteCover(network.client, { flightId: flight.flightId, payout }).catch(
        (error: unknown) => {
          const isRefused = isLichenError(error) && ['exposure-limit', 'sales-closed'].includes(error.code);
          if (isRefused || (isLichenError(error) && error.message.includes('too likely'))) return undefined;
          throw error;
        },
      );
      if (quote === undefined) continue;
      const { policyId } = await buyCover(network.client, { quote, maxPremium: payout });
      return { flight, quote, policyId };
    }
    return undefined;
  });
}
