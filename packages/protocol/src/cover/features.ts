import { LichenError } from '../errors.ts';
import { type FeatureScale, linearScale, multipleScale, rootScale, shareScale } from './featureScales.ts';
import { type FeatureState, featureTimeOf, groupOf, moveTo, type Tally, tallyOf } from './featureState.ts';
import { newYorkTimeOf } from './newYorkTime.ts';
import type { RecordedFlight, WeatherObservation } from './records.ts';

interface FeatureDefinition {
  readonly label: string;
  readonly scale: FeatureScale;
}

/** The inputs of the flight-delay model, in order. docs/spec/flight-features.md defines each. */
export const featureDefinitions = {
  weekday: { label: 'Day of the week', scale: multipleScale('day, 0 = Monday', 21) },
  departureTime: { label: 'Local time of departure', scale: linearScale('minutes after midnight', 9, 300) },
  distance: { label: 'Distance', scale: rootScale('miles', 3) },
  leadTime: { label: 'Time until departure', scale: linearScale('minutes', 180, 0, 60) },
  traffic: { label: 'Departures in that hour', scale: multipleScale('flights', 3) },
  carrierMonth: { label: 'Airline late, last 30 days', scale: shareScale(2500) },
  slotMonth: { label: 'This flight late, last 30 days', scale: rootScale('%', 1, 36, 10_000) },
  networkDay: { label: 'All flights late, last 24 hours', scale: rootScale('%', 1, 36, 10_000) },
  networkHours: { label: 'Delay of all flights, last 3 hours', scale: rootScale('minutes', 9, 1, 10) },
  originHours: { label: 'Delay from this airport, last 3 hours', scale: rootScale('minutes', 9, 1, 10) },
  carrierDay: { label: 'Delay of the airline, last 24 hours', scale: rootScale('minutes', 9, 1, 10) },
  destinationDay: {
    label: 'Delay to this destination, last 24 hours',
    scale: rootScale('minutes', 9, 1, 10),
  },
  wind: { label: 'Wind or gusts at the airport', scale: rootScale('mph', 16, 1, 10) },
  visibility: { label: 'Visibility at the airport', scale: linearScale('miles', 8, 0, 100) },
  precipitation: { label: 'Rain or snow at the airport', scale: rootScale('inches an hour', 12, 1, 1000) },
  humidity: { label: 'Humidity at the airport', scale: linearScale('%', 1) },
} as const satisfies Record<string, FeatureDefinition>;

export type FeatureName = keyof typeof featureDefinitions;

/** The names of the 16 features in the model's order. */
export const featureNames = Object.keys(featureDefinitions) as readonly FeatureName[];

/** What a feature reads in ordinary weather when the station sent nothing. */
const usualWeather = {
  windMph: 10,
  visibilityMiles: 10,
  precipitationInches: 0,
  humidityPercent: 60,
} as const;

/**
 * The 16 features of a flight, each 0..127, as a quote at `asOf` may know them: nothing later than
 * `featureTimeOf(asOf)` enters. The state is moved to that time. Same outcomes, same bytes, on every machine.
 *
 * @param weather the latest observation at the origin as of `featureTimeOf(asOf)`; null when there is none.
 * @param trafficInHour scheduled departures of the origin in the clock hour of this departure.
 * @param asOf recorded time of the quote, unix seconds.
 * @throws LichenError `bad-input` when the weather is of a later time or another airport, `flight-departed` when
 * `asOf` is not before the scheduled departure.
 */
export function featuresAt(
  state: FeatureState,
  flight: RecordedFlight,
  weather: WeatherObservation | null,
  trafficInHour: number,
  asOf: number,
): Uint8Array {
  checkQuote(flight, weather, asOf);
  moveTo(state, asOf);
  const values = {
    ...scheduleOf(flight, trafficInHour, asOf),
    ...trailingRecordOf(state, flight),
    ...weatherOf(weather),
  };
  return Uint8Array.from(featureNames, (name) => featureDefinitions[name].scale.encode(values[name]));
}

function scheduleOf(flight: RecordedFlight, trafficInHour: number, asOf: number) {
  const local = newYorkTimeOf(flight.scheduledDeparture);
  return {
    weekday: local.weekday,
    departureTime: local.minute,
    distance: flight.distanceMiles,
    leadTime: flight.scheduledDeparture - featureTimeOf(asOf),
    traffic: trafficInHour,
  };
}

/** Each group's record is drawn towards a wider group's by as many imagined flights as the last argument says. */
function trailingRecordOf(state: FeatureState, flight: RecordedFlight) {
  const network = groupOf.network();
  const origin = groupOf.origin(flight);
  const carrier = groupOf.carrier(flight);
  const month = tallyOf(state, 'month', network);
  const monthShare = shareOf(month, 100_000, 100);
  const monthDelay = delayOf(month, 150, 100);

  const carrierMonth = shareOf(tallyOf(state, 'month', carrier), monthShare, 50);
  const routeMonth = shareOf(tallyOf(state, 'month', groupOf.route(flight)), monthShare, 30);
  const slotPrior = Math.floor((carrierMonth + routeMonth) / 2);
  const weekShare = shareOf(tallyOf(state, 'week', network), monthShare, 100);

  const networkDay = tallyOf(state, 'day', network);
  const dayDelay = delayOf(networkDay, monthDelay, 30);
  const originDay = delayOf(tallyOf(state, 'day', origin), dayDelay, 20);
  const networkHours = delayOf(tallyOf(state, 'threeHours', network), dayDelay, 10);
  const carrierMonthDelay = delayOf(tallyOf(state, 'month', carrier), monthDelay, 50);
  return {
    carrierMonth,
    slotMonth: shareOf(tallyOf(state, 'month', groupOf.slot(flight)), slotPrior, 8),
    networkDay: shareOf(networkDay, weekShare, 30),
    networkHours,
    originHours: delayOf(tallyOf(state, 'threeHours', origin), Math.floor((originDay + networkHours) / 2), 5),
    carrierDay: delayOf(tallyOf(state, 'day', carrier), carrierMonthDelay, 20),
    destinationDay: delayOf(tallyOf(state, 'day', groupOf.destination(flight)), dayDelay, 6),
  };
}

function weatherOf(weather: WeatherObservation | null) {
  const windMph = Math.max(weather?.windMph ?? usualWeather.windMph, weather?.gustMph ?? 0);
  return {
    wind: Math.round(windMph * 10),
    visibility: Math.round((weather?.visibilityMiles ?? usualWeather.visibilityMiles) * 100),
    precipitation: Math.round((weather?.precipitationInches ?? usualWeather.precipitationInches) * 1000),
    humidity: Math.round(weather?.humidityPercent ?? usualWeather.humidityPercent),
  };
}

/** Share of bad flights, parts per million. */
function shareOf(tally: Readonly<Tally>, prior: number, imagined: number): number {
  return Math.floor((tally.bad * 1_000_000 + imagined * prior) / (tally.count + imagined));
}

/** Mean delay, tenths of a minute. */
function delayOf(tally: Readonly<Tally>, prior: number, imagined: number): number {
  return Math.floor((tally.delayMinutes * 10 + imagined * prior) / (tally.count + imagined));
}

function checkQuote(flight: RecordedFlight, weather: WeatherObservation | null, asOf: number): void {
  if (asOf >= flight.scheduledDeparture) {
    throw new LichenError('flight-departed', 'The flight has left, so it has no features of a quote.', {
      got: `asOf ${asOf}`,
      expected: `before ${flight.scheduledDeparture}`,
    });
  }
  if (weather === null) return;
  if (weather.station !== flight.origin || weather.observedAt > featureTimeOf(asOf)) {
    throw new LichenError('bad-input', 'That weather may not enter this quote.', {
      got: `${weather.station} at ${weather.observedAt}`,
      expected: `${flight.origin} at ${featureTimeOf(asOf)} or before`,
      next: 'Ask for the latest observation as of featureTimeOf(asOf).',
      retry: 'after-fix',
    });
  }
}
