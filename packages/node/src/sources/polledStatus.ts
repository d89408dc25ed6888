import { setTimeout as sleep } from 'node:timers/promises';
import { isLichenError, LichenError } from '@lichen/protocol';
import type { Hex } from 'viem';
import type { FlightObservation, FlightQuery, FlightStatusSource } from './source.ts';

export interface PolledInit {
  /** Seconds for which what a source said about a flight is not asked again, at the least. */
  readonly everySeconds: number;
  /** Milliseconds that one observation waits for the source; its answer is kept for the next. */
  readonly patienceMs: number;
  /** Unix seconds. */
  readonly clock: () => number;
  /** Told when the source fails in another way than before, and when it answers again. */
  readonly onTrouble?: (text: string) => void;
  /** Told of each body that was kept. */
  readonly onEvidence?: (evidence: FlightObservation['evidence']) => void;
}

interface Polled {
  readonly firstAskedAt: number;
  readonly askedAt: number;
  readonly coming: Promise<FlightObservation>;
  isPending: boolean;
}

/** However long a flight is waited for, it is asked about once an hour. Seconds. */
const longestPause = 3_600;
/** Flights whose last word is remembered. */
const capacity = 1_000;
/** Seconds between two words to the operator about one source. */
const quietSeconds = 30;

/** A failure in one line, or undefined when it is about the flight rather than the source. */
function troubleOf(error: unknown): string | undefined {
  if (!isLichenError(error)) return 'failed in a way that nobody foresaw';
  const isAboutFlight = error.code === 'unknown-flight' || error.code === 'bad-input';
  if (isAboutFlight || (isLichenError(error.cause) && error.cause.code === 'unknown-flight'))
    return undefined;
  return `${error.message.split('\n')[0]} (${error.got ?? error.code})`;
}

/**
 * A live source as rounds can use it: asked about a flight at most once in `everySeconds`, or in a tenth of the time that it
 * has been asked about it already, however many rounds look. Some answers come a day late and some providers charge for
 * each request: so a day takes some sixty, not 1,440, and an answer is late by a tenth at most. It is never waited for longer than `patienceMs`, since a round has seconds and a provider may take longer. What comes later is
 * there for the next round.
 */
export function polledStatus(source: FlightStatusSource, init: PolledInit): FlightStatusSource {
  const polled = new Map<Hex, Polled>();
  let trouble = '';
  let toldAt = Number.NEGATIVE_INFINITY;

  function tell(next: string): void {
    if (next === trouble || init.clock() - toldAt < quietSeconds) return;
    trouble = next;
    toldAt = init.clock();
    init.onTrouble?.(next === '' ? `${source.name} answers again.` : `${source.name}: ${next}`);
  }

  function ask(query: FlightQuery, known: Polled | undefined): Polled {
    const coming = source.observe(query).then((found) => {
      init.onEvidence?.(found.evidence);
      return found;
    });
    const now = init.clock();
    const entry = { firstAskedAt: known?.firstAskedAt ?? now, askedAt: now, coming, isPending: true };
    coming.then(
      () => {
        entry.isPending = false;
        tell('');
      },
      (error: unknown) => {
        entry.isPending = false;
        const next = troubleOf(error);
        if (next !== undefined) tell(next);
      },
    );
    polled.delete(query.flightId);
    polled.set(query.flightId, entry);
    if (polled.size > capacity) polled.delete(polled.keys().next().value!);
    return entry;
  }

  function isFresh({ isPending, firstAskedAt, askedAt }: Polled): boolean {
    const pause = Math.max(init.everySeconds, Math.min(longestPause, (askedAt - firstAskedAt) / 10));
    return isPending || init.clock() - askedAt < pause;
  }

  return {
    name: source.name,
    observe: async (query) => {
      const known = polled.get(query.flightId);
      const { coming } = known !== undefined && isFresh(known) ? known : ask(query, known);
      const patience = new AbortController();
      const late = sleep(init.patienceMs, undefined, { signal: patience.signal }).then(() => {
        throw new LichenError('timeout', 'A source is still being asked.', {
          got: `${source.name}: nothing within ${init.patienceMs} ms`,
          next: 'Nothing to do: its answer is kept for the next round.',
          retry: 'later',
        });
      });
      return Promise.race([coming, late]).finally(() => patience.abort());
    },
  };
}
