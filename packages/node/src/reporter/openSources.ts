import { join } from 'node:path';
import type { OracleVerifier } from '@lichen/protocol';
import type { Address } from 'viem';
import type { EvidenceStore } from '../evidence/evidenceStore.ts';
import { openEvidenceNotes } from '../sources/evidenceNotes.ts';
import { openLiveSources } from '../sources/openLiveSources.ts';
import { presentWeather } from '../sources/presentWeather.ts';
import { replayStatusSource } from '../sources/replayStatus.ts';
import { replayWeatherSource } from '../sources/replayWeather.ts';
import type { FlightStatusSource, OutcomeFeed, WeatherSource } from '../sources/source.ts';
import type { LiveSources } from '../sources/sourcesFile.ts';

/** Where a reporter looks: part of its init. */
export interface SourcesInit {
  /** Folder of the reporter's own state. */
  readonly stateDir: string;
  readonly sources: readonly { readonly name: string; readonly url: string; readonly address: Address }[];
  readonly weatherUrl: string;
  /** Providers of the present, with their credentials. Without them live flights are not answered. */
  readonly liveSources?: LiveSources;
  /** Told in a sentence when a live source fails in a new way or answers again. */
  readonly onSourceTrouble?: (text: string) => void;
}

export interface OpenedSources {
  /** The sources of recorded flights, in the order of the init. */
  readonly status: readonly (FlightStatusSource & OutcomeFeed)[];
  /** The sources of live flights: none, or two and more. */
  readonly liveStatus: readonly FlightStatusSource[];
  readonly weather: WeatherSource;
}

const wallClock = () => Date.now() / 1000;

/** The sources of a reporter, whose bodies are kept as evidence. Opens no connection: each is asked when it is needed. */
export function openSources(
  init: SourcesInit,
  components: { readonly verifier: OracleVerifier; readonly evidence: EvidenceStore },
): OpenedSources {
  const { verifier, evidence } = components;
  const live = openLiveSources(init.liveSources ?? { status: [] }, {
    evidence,
    // Providers live by the wall's clock, whatever clock a replayed world runs by.
    clock: wallClock,
    onEvidence: openEvidenceNotes(join(init.stateDir, 'evidence-notes.jsonl')),
    ...(init.onSourceTrouble === undefined ? {} : { onTrouble: init.onSourceTrouble }),
  });
  const recordedWeather = replayWeatherSource({ name: 'weather', url: init.weatherUrl, evidence });
  return {
    status: init.sources.map(({ name, url, address }) =>
      replayStatusSource({ name, url, signer: address, verifier, evidence }),
    ),
    liveStatus: live.status,
    weather:
      live.weather === undefined ? recordedWeather : presentWeather(live.weather, recordedWeather, wallClock),
  };
}
