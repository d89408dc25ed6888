import type { Origin, WeatherObservation } from '@lichen/protocol';
import { type FlightTable, flightTable } from './flightTable.ts';
import { type Provenance, readVerified } from './readVerified.ts';
import { weatherTable } from './weatherTable.ts';

export interface Airport {
  readonly name: string;
  /** Hours from UTC in winter. */
  readonly offsetHours: number;
  /** True where clocks follow the daylight saving of the United States. */
  readonly daylight: boolean;
}

/** The recorded year: flights and what became of them, hourly weather, names. Times are recorded time, unix seconds. */
export interface FlightRecord extends FlightTable {
  readonly provenance: Provenance;
  readonly airports: Readonly<Record<string, Airport>>;
  /** Names of the carriers by code. */
  readonly airlines: Readonly<Record<string, string>>;
  /** The last observation of the station with observedAt <= asOf; null before the first. */
  latestObservation(station: Origin, asOf: number): WeatherObservation | null;
  /** Flights scheduled to leave the origin in the hour that starts at `hourStart` (a multiple of 3600). */
  trafficInHour(origin: Origin, hourStart: number): number;
}

/**
 * Loads applications/flight-cover/data, checking each file against PROVENANCE.json (0.2 s).
 * @throws LichenError `not-found` when a file is missing, `state-damaged` when its bytes are not the published ones.
 */
export function loadRecord(dataDir: string): FlightRecord {
  const { provenance, read } = readVerified(dataDir);
  const flights = flightTable(read('flights.columns.gz'));
  const { latestObservation } = weatherTable(read('weather.columns.gz'));
  const places = JSON.parse(new TextDecoder().decode(read('places.json'))) as Pick<
    FlightRecord,
    'airports' | 'airlines'
  >;
  return { provenance, ...flights, ...places, latestObservation, trafficInHour: trafficOf(flights) };
}

function trafficOf(flights: FlightTable): FlightRecord['trafficInHour'] {
  const firstHour = Math.floor(flights.scheduledDeparture[0]! / 3600);
  const hours = Math.floor(flights.scheduledDeparture[flights.count - 1]! / 3600) - firstHour + 1;
  const counts = new Uint16Array(hours * flights.origins.length);
  for (let row = 0; row < flights.count; row++) {
    counts[flights.origin[row]! * hours + Math.floor(flights.scheduledDeparture[row]! / 3600) - firstHour]! +=
      1;
  }
  return (origin, hourStart) => {
    const hour = Math.floor(hourStart / 3600) - firstHour;
    return hour < 0 || hour >= hours ? 0 : (counts[flights.origins.indexOf(origin) * hours + hour] ?? 0);
  };
}
