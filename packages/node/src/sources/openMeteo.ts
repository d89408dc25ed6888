import { LichenError, type Origin } from '@lichen/protocol';
import { z } from 'zod';
import type { EvidenceStore } from '../evidence/evidenceStore.ts';
import { type FetchLimits, fetchEvidence } from './fetchEvidence.ts';
import type { Pace } from './pace.ts';
import type { WeatherSource } from './source.ts';

const values = z.array(z.number().min(-100_000).max(1_000_000).nullable()).max(1_000);

/** Open-Meteo `GET /v1/forecast` with hourly variables: https://open-meteo.com/en/docs */
const responseSchema = z.object({
  hourly_units: z.object({
    time: z.literal('unixtime'),
    temperature_2m: z.literal('°F'),
    wind_speed_10m: z.enum(['mp/h', 'mph']),
    precipitation: z.literal('inch'),
    visibility: z.enum(['ft', 'm']),
  }),
  hourly: z.object({
    time: z.array(z.number().int().min(0).max(1e11)).min(1).max(1_000),
    temperature_2m: values,
    dew_point_2m: values,
    relative_humidity_2m: values,
    wind_speed_10m: values,
    wind_gusts_10m: values,
    precipitation: values,
    pressure_msl: values,
    visibility: values,
  }),
});

const places: Readonly<Record<Origin, { latitude: number; longitude: number }>> = {
  EWR: { latitude: 40.6925, longitude: -74.1687 },
  JFK: { latitude: 40.6398, longitude: -73.7789 },
  LGA: { latitude: 40.7772, longitude: -73.8726 },
};

const variables =
  'temperature_2m,dew_point_2m,relative_humidity_2m,wind_speed_10m,wind_gusts_10m,precipitation,pressure_msl,visibility';

export interface OpenMeteoInit {
  readonly evidence: EvidenceStore;
  readonly baseUrl?: string;
  readonly limits?: FetchLimits;
  readonly pace?: Pace;
}

/** Hourly weather from Open-Meteo's forecast, in the units of the record. */
export function openMeteoSource(init: OpenMeteoInit): WeatherSource {
  const base = init.baseUrl ?? 'https://api.open-meteo.com';
  return {
    name: 'Open-Meteo',
    observation: async (station, asOf) => {
      const { latitude, longitude } = places[station];
      const units =
        'temperature_unit=fahrenheit&wind_speed_unit=mph&precipitation_unit=inch&timeformat=unixtime';
      const url = `${base}/v1/forecast?latitude=${latitude}&longitude=${longitude}&hourly=${variables}&${units}&past_days=1&forecast_days=2`;
      const { data, evidence } = await fetchEvidence(url, responseSchema, init.evidence, {
        limits: init.limits ?? { timeoutMs: 5_000, maxBytes: 500_000 },
        ...(init.pace === undefined ? {} : { pace: init.pace }),
      });
      const at = data.hourly.time.findLastIndex((time) => time <= asOf);
      if (at < 0) {
        throw new LichenError('not-found', 'Open-Meteo has no hour before that moment.', {
          got: `${station} at ${asOf}`,
          retry: 'later',
        });
      }
      const read = (list: readonly (number | null)[]) => list[at] ?? null;
      const visibility = read(data.hourly.visibility);
      const perMile = data.hourly_units.visibility === 'ft' ? 5_280 : 1_609.344;
      return {
        observation: {
          station,
          observedAt: data.hourly.time[at]!,
          temperatureF: read(data.hourly.temperature_2m),
          dewPointF: read(data.hourly.dew_point_2m),
          humidityPercent: read(data.hourly.relative_humidity_2m),
          windMph: read(data.hourly.wind_speed_10m),
          gustMph: read(data.hourly.wind_gusts_10m),
          precipitationInches: read(data.hourly.precipitation),
          pressureMillibar: read(data.hourly.pressure_msl),
          // Stations report at most ten miles; a model's larger number means the same: unlimited.
          visibilityMiles: visibility === null ? null : Math.min(10, visibility / perMile),
        },
        evidence,
      };
    },
  };
}
