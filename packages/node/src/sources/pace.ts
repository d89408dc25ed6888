import { LichenError } from '@lichen/protocol';

/** How often a provider may be asked by this process, and when it asked to be left alone. */
export interface Pace {
  /** Counts one request. @throws LichenError `source-unavailable` while it must not be sent */
  take(): void;
  /** Reads from an answer's status and headers whether the provider wants a pause. */
  heard(status: number, headers: Headers): void;
}

/** A provider that says "too many" without saying for how long is asked again after this, seconds. */
const usualPause = 60;
/** A longer pause is not believed: a provider's slip must not switch it off for good. Seconds. */
const longestPause = 86_400;
const windowSeconds = 3_600;

/** Seconds to wait by `Retry-After` (RFC 9110, section 10.2.3: seconds or a date) or OpenSky's header of its own. */
export function pauseAsked(headers: Headers, now: number): number {
  const text = headers.get('retry-after') ?? headers.get('x-rate-limit-retry-after-seconds') ?? '';
  const asked = /^\d{1,9}$/.test(text) ? Number(text) : Date.parse(text) / 1000 - now;
  if (Number.isNaN(asked)) return usualPause;
  return Math.min(longestPause, Math.max(1, Math.ceil(asked)));
}

/**
 * The pace of one source in one process: after 429 or 503 no request is sent until the pause that the provider asked for
 * is over, and at most `requestsPerHour` are sent in any hour. Asking costs money with some providers, and anybody may
 * ask the oracle a question.
 */
export function createPace(init: {
  /** Name of the source, for errors. */
  readonly name: string;
  readonly requestsPerHour: number;
  /** Unix seconds. */
  readonly clock: () => number;
}): Pace {
  let quietUntil = 0;
  let sent: number[] = [];
  return {
    take: () => {
      const now = init.clock();
      if (now < quietUntil) {
        throw new LichenError('source-unavailable', 'A source asked to be left alone for a while.', {
          got: `${init.name}: too many requests`,
          expected: `another request in ${Math.ceil(quietUntil - now)} s`,
          next: 'Nothing to do: it is asked again after that.',
          retry: 'later',
        });
      }
      sent = sent.filter((at) => at > now - windowSeconds);
      if (sent.length >= init.requestsPerHour) {
        throw new LichenError('source-unavailable', 'The requests of this hour are used up.', {
          got: `${init.name}: ${sent.length} requests in the last hour`,
          expected: `at most ${init.requestsPerHour}`,
          next: 'Wait, or allow more with requestsPerHour in the sources file.',
          retry: 'later',
        });
      }
      sent.push(now);
    },
    heard: (status, headers) => {
      if (status !== 429 && status !== 503) return;
      const now = init.clock();
      quietUntil = Math.max(quietUntil, now + pauseAsked(headers, now));
    },
  };
}
