import { type LichenClient, requestGateway, searchFlights } from '@lichen/sdk';

/** How a source behaves when all are asked about the same flight. */
export interface SourceBehaviour {
  readonly name: string;
  readonly mode: 'agrees' | 'disagrees' | 'silent' | 'unknown';
}

/**
 * Asks every source, through the gateway, about the flight that left last, and compares what they say.
 * @throws LichenError `not-running`, `timeout`, `sources-disagree`, `source-unavailable`.
 */
export async function readSources(client: LichenClient, now: number): Promise<readonly SourceBehaviour[]> {
  const { speed } = client.config.world;
  const flights = await searchFlights(client, {
    from: now - Math.ceil(3_600 / speed),
    to: now + Math.ceil(3_600 / speed),
  });
  const flight = flights.findLast(({ departsAt }) => departsAt <= now) ?? flights[0];
  if (flight === undefined) return client.config.sources.map(({ name }) => ({ name, mode: 'unknown' }));
  const answer = (await requestGateway(client.gatewayUrl, `/v1/flights/${flight.flightId}`)) as {
    status: { state: string };
    sources: { name: string; state: string | null }[];
  };
  return answer.sources.map(({ name, state }) => ({
    name,
    mode: state === null ? 'silent' : state === answer.status.state ? 'agrees' : 'disagrees',
  }));
}
