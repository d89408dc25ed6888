import type { EvidenceStore } from '../evidence/evidenceStore.ts';
import { aeroApiSource } from './aeroApi.ts';
import { noaaSource } from './noaa.ts';
import { openMeteoSource } from './openMeteo.ts';
import { openSkySource } from './openSky.ts';
import { createPace } from './pace.ts';
import { type PolledInit, polledStatus } from './polledStatus.ts';
import type { FlightStatusSource, WeatherSource } from './source.ts';
import type { LiveSources, LiveStatusSource, LiveWeatherSource } from './sourcesFile.ts';

export interface LiveComponents extends Pick<PolledInit, 'onTrouble' | 'onEvidence'> {
  readonly evidence: EvidenceStore;
  /** Wall time, unix seconds. */
  readonly clock: () => number;
}

/** Milliseconds: half of what a reporter is given to commit in a round. */
const patienceMs = 1_100;

function statusSource(spec: LiveStatusSource, components: LiveComponents): FlightStatusSource {
  const { evidence, clock } = components;
  const common = {
    name: spec.name,
    baseUrl: spec.baseUrl,
    evidence,
    clock,
    pace: createPace({ ...spec, clock }),
  };
  switch (spec.kind) {
    case 'aeroapi':
      return aeroApiSource({ ...common, apiKey: spec.apiKey });
    case 'opensky':
      return openSkySource({
        ...common,
        ...(spec.account === undefined ? {} : { credential: spec.account }),
      });
  }
}

function weatherSource(spec: LiveWeatherSource, components: LiveComponents): WeatherSource {
  const { evidence, clock } = components;
  const common = { baseUrl: spec.baseUrl, evidence, pace: createPace({ ...spec, clock }) };
  switch (spec.kind) {
    case 'open-meteo':
      return openMeteoSource(common);
    case 'noaa':
      return noaaSource({ ...common, userAgent: `lichen (${spec.contact})` });
  }
}

/** The live sources of a reporter. Opens no connection: each is asked when a question needs it. */
export function openLiveSources(
  live: LiveSources,
  components: LiveComponents,
): { readonly status: readonly FlightStatusSource[]; readonly weather: WeatherSource | undefined } {
  const { clock, onTrouble, onEvidence } = components;
  return {
    status: live.status.map((spec) =>
      polledStatus(statusSource(spec, components), {
        everySeconds: spec.everySeconds,
        patienceMs,
        clock,
        ...(onTrouble === undefined ? {} : { onTrouble }),
        ...(onEvidence === undefined ? {} : { onEvidence }),
      }),
    ),
    weather: live.weather === undefined ? undefined : weatherSource(live.weather, components),
  };
}
