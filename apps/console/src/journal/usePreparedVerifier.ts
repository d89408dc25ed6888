import { prepareVerifier } from '@lichen/protocol';
import { useEffect } from 'react';

/** Milliseconds after which a browser that is never idle goes on, and a pause for those that cannot say when they are. */
const patienceMs = 2_000;
const pauseMs = 200;

function whenIdle(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof requestIdleCallback === 'function')
      requestIdleCallback(() => resolve(), { timeout: patienceMs });
    else setTimeout(resolve, pauseMs);
  });
}

let isAsked = false;

/** Has the verifier ready, once in a page, while the person reads: the first verification is then as fast as all others. */
export function usePreparedVerifier(): void {
  useEffect(() => {
    if (isAsked) return;
    isAsked = true;
    void prepareVerifier(whenIdle);
  }, []);
}
