import { useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setTimeout> | undefined;
let second = Math.floor(Date.now() / 1000);

/** One timer for every countdown on the page, aligned to the second so that they all turn together. */
function tick(): void {
  second = Math.floor(Date.now() / 1000);
  for (const listener of listeners) listener();
  timer = setTimeout(tick, 1000 - (Date.now() % 1000) + 5);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === undefined) tick();
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearTimeout(timer);
      timer = undefined;
    }
  };
}

/** Chain time now, unix seconds: the embedded chain's time is wall time. Renders its component once a second. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => second);
}
