import type { WorldFlight } from '@lichen/protocol';
import { airlineName } from '../format/airline.ts';
import { airportCity } from '../format/airport.ts';
import type { FlightQuery } from './FlightFilter.tsx';

/** True when a flight has every typed word in its number, airline, airport codes or cities, and fits both lists. */
export function matchFlight(flight: WorldFlight, query: FlightQuery): boolean {
  if (query.origin !== '' && flight.origin !== query.origin) return false;
  if (query.carrier !== '' && flight.carrier !== query.carrier) return false;
  const text = [
    `${flight.carrier}${flight.number}`,
    `${flight.carrier} ${flight.number}`,
    airlineName(flight.carrier),
    flight.origin,
    flight.destination,
    airportCity(flight.origin),
    airportCity(flight.destination),
  ]
    .join(' ')
    .toLowerCase();
  return query.text
    .toLowerCase()
    .split(/[\s,→>-]+/)
    .every((word) => text.includes(word));
}
