import type { Origin, WeatherObservation } from '@lichen/protocol';
import { lowerBound } from './flightTable.ts';
import { readColumns } from './readColumns.ts';

interface WeatherHeader {
  readonly rows: number;
  readonly stations: Origin[];
  readonly missing: number;
  readonly readings: Record<string, { readonly scale: number; readonly base: number }>;
}

export interface WeatherTable {
  readonly count: number;
  observationAt(position: number): WeatherObservation;
  /** The last observation of the station with observedAt <= asOf; null before the first. */
  latestObservation(station: Origin, asOf: number): WeatherObservation | null;
}

/**
 * The table of hourly weather in an unpacked file.
 * @throws LichenError `state-damaged` for another layout.
 */
export function weatherTable(content: Uint8Array): WeatherTable {
  const { header, column } = readColumns<WeatherHeader>(content);
  const station = column('station', Uint8Array);
  const observedAt = column('observedAt', Uint32Array);
  const reading = (name: string) => {
    const { scale, base } = header.readings[name]!;
    const values = column(name, Int16Array);
    return (at: number) => (values[at] === header.missing ? null : base + values[at]! / scale);
  };
  const temperatureF = reading('temperatureF');
  const dewPointF = reading('dewPointF');
  const humidityPercent = reading('humidityPercent');
  const windMph = reading('windMph');
  const gustMph = reading('gustMph');
  const precipitationInches = reading('precipitationInches');
  const pressureMillibar = reading('pressureMillibar');
  const visibilityMiles = reading('visibilityMiles');
  // Rows are sorted by station, then time: one number orders them.
  const orderOf = (stationAt: number, time: number) => stationAt * 2 ** 33 + time;
  const observationAt = (at: number): WeatherObservation => ({
    station: header.stations[station[at]!]!,
    observedAt: observedAt[at]!,
    temperatureF: temperatureF(at),
    dewPointF: dewPointF(at),
    humidityPercent: humidityPercent(at),
    windMph: windMph(at),
    gustMph: gustMph(at),
    precipitationInches: precipitationInches(at),
    pressureMillibar: pressureMillibar(at),
    visibilityMiles: visibilityMiles(at),
  });
  return {
    count: header.rows,
    observationAt,
    latestObservation(name, asOf) {
      const index = header.stations.indexOf(name);
      const after = lowerBound(header.rows, orderOf(index, asOf + 1), (at) =>
        orderOf(station[at]!, observedAt[at]!),
      );
      return after > 0 && station[after - 1] === index ? observationAt(after - 1) : null;
    },
  };
}
