import { recordedTimeOf, type WorldClock } from '@lichen/protocol';

/** The recorded window that is replayed, over and over, on the chain's clock. */
export interface ReplayWorld extends WorldClock {
  /** First recorded second of the window, unix seconds. */
  readonly recordedFrom: number;
  /** First recorded second after the window. */
  readonly recordedTo: number;
}

/** Recorded seconds in one lap. */
export function lapSeconds(world: ReplayWorld): number {
  return world.recordedTo - world.recordedFrom;
}

/** Which pass through the window an unfolded recorded time belongs to: 0 is the first. */
export function lapAt(world: ReplayWorld, recorded: number): number {
  return Math.floor((recorded - world.recordedFrom) / lapSeconds(world));
}

/**
 * Recorded seconds to subtract from an unfolded recorded time to read the record, for flights of a lap. The unfolded time
 * runs on for ever with the chain; the record does not.
 */
export function lapShift(world: ReplayWorld, lap: number): number {
  return lap * lapSeconds(world);
}

/** Unfolded recorded time now, whole seconds. `chainNow` may have a fraction. */
export function recordedNow(world: ReplayWorld, chainNow: number): number {
  return recordedTimeOf(world, chainNow);
}

/** First whole chain second at which an unfolded recorded moment has happened. */
export function chainTimeAfter(world: WorldClock, recorded: number): number {
  return world.chainEpoch + Math.ceil((recorded - world.recordedEpoch) / world.speed);
}

/** Chain time by the wall clock, unix seconds with a fraction. */
export type Clock = () => number;

/** The machine's clock: chain time equals wall time on the embedded network. */
export const wallClock: Clock = () => Date.now() / 1000;
