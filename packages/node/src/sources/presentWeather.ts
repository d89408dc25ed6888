import type { WeatherSource } from './source.ts';

/** How far back live providers are asked, seconds: all of them still have the day before. */
const reach = 86_400;

/**
 * Weather by moment: the present from a live provider, everything older from the record. A recorded flight must be priced
 * with the weather of its own day, so a live provider is not asked about recorded days.
 */
export function presentWeather(
  live: WeatherSource,
  recorded: WeatherSource,
  clock: () => number,
): WeatherSource {
  return {
    name: `${live.name} for the present, ${recorded.name} for recorded days`,
    observation: (station, asOf) => (asOf >= clock() - reach ? live : recorded).observation(station, asOf),
  };
}
