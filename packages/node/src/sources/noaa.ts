import { LichenError } from '@lichen/protocol';
import { z } from 'zod';
import type { EvidenceStore } from '../evidence/evidenceStore.ts';
import { type FetchLimits, fetchEvidence } from './fetchEvidence.ts';
import type { Pace } from './pace.ts';
import type { WeatherSource } from './source.ts';

const quantity = (unit: string) =>
  z
    .object({ unitCode: z.literal(unit), value: z.number().min(-1e6).max(1e7).nullable() })
    .transform(({ value }) => value);

const observationSchema = z.object({
  timestamp: z.iso.datetime({ offset: true }).transform((text) => Math.floor(Date.parse(text) / 1000)),
  temperature: quantity('wmoUnit:degC'),
  dewpoint: quantity('wmoUnit:degC'),
  relativeHumidity: quantity('wmoUnit:percent'),
  windSpeed: quantity('wmoUnit:km_h-1'),
  windGust: quantity('wmoUnit:km_h-1'),
  precipitationLastHour: quantity('wmoUnit:mm').optional(),
  seaLevelPressure: quantity('wmoUnit:Pa'),
  visibility: quantity('wmoUnit:m'),
});

/** `GET /stations/{id}/observations` of the National Weather Service: https://www.weather.gov/documentation/services-web-api */
const responseSchema = z.object({
  features: z.array(z.object({ properties: observationSchema })).max(500),
});

export interface NoaaInit {
  readonly evidence: EvidenceStore;
  /** The service asks every caller to name itself and a contact. */
  readonly userAgent: string;
  readonly baseUrl?: string;
  readonly limits?: FetchLimits;
  readonly pace?: Pace;
}

const fahrenheit = (celsius: number | null) => (celsius === null ? null : (celsius * 9) / 5 + 32);
const divided = (value: number | null, by: number) => (value === null ? null : value / by);

/** Station observations (METAR) from the National Weather Service, in the units of the record. */
export function noaaSource(init: NoaaInit): WeatherSource {
  const base = init.baseUrl ?? 'https://api.weather.gov';
  return {
    name: 'National Weather Service',
    observation: async (station, asOf) => {
      const iso = (at: number) => new Date(at * 1000).toISOString().replace('.000Z', 'Z');
      const url = `${base}/stations/K${station}/observations?start=${iso(asOf - 10_800)}&end=${iso(asOf)}&limit=20`;
      const { data, evidence } = await fetchEvidence(url, responseSchema, init.evidence, {
        headers: { 'user-agent': init.userAgent, accept: 'application/geo+json' },
        limits: init.limits ?? { timeoutMs: 5_000, maxBytes: 1_000_000 },
        ...(init.pace === undefined ? {} : { pace: init.pace }),
      });
      const found = data.features
        .map((feature) => feature.properties)
        .filter((item) => item.timestamp <= asOf)
        .sort((a, b) => b.timestamp - a.timestamp)[0];
      if (found === undefined) {
        throw new LichenError('not-found', 'The station reported nothing in the three hours before.', {
          got: `K${station} at ${iso(asOf)}`,
          retry: 'later',
        });
      }
      return {
        observation: {
          station,
          observedAt: found.timestamp,
          temperatureF: fahrenheit(found.temperature),
          dewPointF: fahrenheit(found.dewpoint),
          humidityPercent: found.relativeHumidity,
          windMph: divided(found.windSpeed, 1.609344),
          gustMph: divided(found.windGust, 1.609344),
          precipitationInches: divided(found.precipitationLastHour ?? null, 25.4),
          pressureMillibar: divided(found.seaLevelPressure, 100),
          visibilityMiles: divided(found.visibility, 1_609.344),
        },
        evidence,
      };
    },
  };
}
