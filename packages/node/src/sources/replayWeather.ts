import { LichenError } from '@lichen/protocol';
import { z } from 'zod';
import type { EvidenceStore } from '../evidence/evidenceStore.ts';
import { type FetchLimits, fetchEvidence } from './fetchEvidence.ts';
import type { WeatherSource } from './source.ts';

const reading = (low: number, high: number) => z.number().min(low).max(high).nullable();

/** Bounds are far outside any weather on Earth: they stop unit mistakes and hostile numbers, not storms. */
export const observationSchema = z.object({
  station: z.enum(['EWR', 'JFK', 'LGA']),
  observedAt: z.number().int().min(0).max(1e11),
  temperatureF: reading(-150, 200),
  dewPointF: reading(-150, 200),
  humidityPercent: reading(0, 101),
  windMph: reading(0, 2_000),
  gustMph: reading(0, 2_000),
  precipitationInches: reading(0, 100),
  pressureMillibar: reading(500, 1_200),
  visibilityMiles: reading(0, 200),
});

export interface ReplayWeatherInit {
  readonly name: string;
  readonly url: string;
  readonly evidence: EvidenceStore;
  readonly limits?: FetchLimits;
}

/** Adapter to the replay weather service. */
export function replayWeatherSource(init: ReplayWeatherInit): WeatherSource {
  return {
    name: init.name,
    observation: async (station, asOf) => {
      const { data, evidence } = await fetchEvidence(
        `${init.url}/v1/observation?station=${station}&asOf=${asOf}`,
        observationSchema,
        init.evidence,
        init.limits === undefined ? {} : { limits: init.limits },
      );
      if (data.station !== station || data.observedAt > asOf) {
        throw new LichenError('source-unavailable', 'The weather service answered another question.', {
          got: `${data.station} at ${data.observedAt}`,
          expected: `${station} at or before ${asOf}`,
          retry: 'later',
        });
      }
      return { observation: data, evidence };
    },
  };
}
