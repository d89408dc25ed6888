import { availableParallelism, loadavg } from 'node:os';

/** Processes that waited for each core over the last minute: above 1, the machine had other things to do. */
export function loadPerCore(): number {
  return Math.round((10 * loadavg()[0]!) / availableParallelism()) / 10;
}
