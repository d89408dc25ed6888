import type { Origin, WeatherObservation } from '@lichen/protocol';

const origins: readonly Origin[] = ['EWR', 'JFK', 'LGA'];
const blockSeconds = 6 * 3_600;

/** Packs airport and six-hour block (of unfolded recorded time, so that laps differ) into the contract's uint32. */
export function cellOf(origin: Origin, recorded: number): number {
  return (origins.indexOf(origin) + 1) * 2 ** 24 + (Math.floor(recorded / blockSeconds) % 2 ** 24);
}

/** Airport of a cell, or undefined for a number that is none. */
export function originOfCell(cell: number): Origin | undefined {
  return origins[Math.floor(cell / 2 ** 24) - 1];
}

/**
 * How bad the weather is for flying, 0 to 3: the worst of wind (25 and 35 mph with gusts at 35 and 50), visibility
 * (below 3 miles and 1 mile, the limits of instrument and low instrument conditions) and precipitation (0.05 and
 * 0.2 inches an hour). A missing reading counts as fair.
 */
export function weatherSeverity(weather: WeatherObservation): number {
  const wind = Math.max(weather.windMph ?? 0, (weather.gustMph ?? 0) * 0.7);
  const visibility = weather.visibilityMiles ?? 10;
  const rain = weather.precipitationInches ?? 0;
  const levels = [
    wind >= 35 ? 3 : wind >= 25 ? 2 : wind >= 18 ? 1 : 0,
    visibility < 1 ? 3 : visibility < 3 ? 2 : visibility < 5 ? 1 : 0,
    rain >= 0.2 ? 3 : rain >= 0.05 ? 2 : rain > 0 ? 1 : 0,
  ];
  return Math.max(...levels);
}

/** A change that makes older quotes unfair to one side: two levels at once, or into or out of the worst. */
export function hasMovedMaterially(before: WeatherObservation, after: WeatherObservation): boolean {
  const [from, to] = [weatherSeverity(before), weatherSeverity(after)];
  return Math.abs(from - to) >= 2 || (from !== to && Math.max(from, to) === 3);
}
