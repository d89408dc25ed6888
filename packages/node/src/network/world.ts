import { existsSync, readFileSync } from 'node:fs';
import { writeFileDurably } from '@lichen/journal';
import { LichenError } from '@lichen/protocol';
import { z } from 'zod';

const schema = z.object({
  recordedEpoch: z.number().int(),
  chainEpoch: z.number().int(),
  speed: z.number().int().min(1).max(3600),
  recordedFrom: z.number().int(),
  recordedTo: z.number().int(),
});

/** Which recorded days are replayed, from when, how fast. Fixed for the life of a state folder. */
export type NetworkWorld = z.infer<typeof schema>;

export interface WorldChoice {
  /** Recorded seconds per chain second, 1 to 3600. */
  readonly speed?: number | undefined;
  /** Recorded moment of the start, unix seconds UTC. */
  readonly from?: number | undefined;
}

/** 5 December 2013, 12:00 UTC: the morning before the storms of 6 to 10 December. */
export const usualStart = Date.UTC(2013, 11, 5, 12) / 1000;
const recordStart = Date.UTC(2013, 1, 1, 5) / 1000;
const recordEnd = Date.UTC(2013, 11, 31, 5) / 1000;
const usualSpeed = 60;

/**
 * The world of a state folder; written down at the first start with `chainEpoch` = `now`.
 *
 * @throws LichenError `bad-input` for a moment outside the record, or one that differs from the folder's own world.
 * @throws LichenError `state-damaged` when the file cannot be read.
 */
export function loadWorld(path: string, choice: WorldChoice, now: number): NetworkWorld {
  if (existsSync(path)) return checkSame(readWorld(path), choice);
  const recordedEpoch = choice.from ?? usualStart;
  if (recordedEpoch < recordStart || recordedEpoch >= recordEnd) {
    throw new LichenError('bad-input', 'The record has no such day.', {
      got: new Date(recordedEpoch * 1000).toISOString(),
      expected: '2013-02-01 to 2013-12-30 (January is left out: features look back a month)',
      next: 'Choose another day with --from.',
      retry: 'after-fix',
    });
  }
  // A window of whole weeks, so that a lap begins on the weekday on which it ends.
  const week = 7 * 86_400;
  const weeks = Math.max(1, Math.min(4, Math.floor((recordEnd - recordedEpoch) / week)));
  // Days are cut at 05:00 UTC, midnight in New York, so that no evening is torn in two.
  const midnight = 5 * 3600;
  const firstDay = recordedEpoch - ((recordedEpoch - midnight) % 86_400);
  const recordedTo = Math.min(firstDay + weeks * week, recordEnd);
  const world: NetworkWorld = {
    recordedEpoch,
    chainEpoch: now,
    speed: choice.speed ?? usualSpeed,
    recordedFrom: recordedTo - weeks * week,
    recordedTo,
  };
  writeFileDurably(path, `${JSON.stringify(world, null, 2)}\n`);
  return world;
}

function readWorld(path: string): NetworkWorld {
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new LichenError('state-damaged', `The world in ${path} cannot be read.`, {
      next: 'Restore it from a backup, or start afresh with: lichen reset',
      retry: 'after-fix',
      cause: error,
    });
  }
}

function checkSame(world: NetworkWorld, choice: WorldChoice): NetworkWorld {
  const isOther =
    (choice.speed !== undefined && choice.speed !== world.speed) ||
    (choice.from !== undefined && choice.from !== world.recordedEpoch);
  if (!isOther) return world;
  throw new LichenError('bad-input', 'This state folder already has a world, and policies were sold in it.', {
    got: `speed ${choice.speed ?? world.speed}, from ${new Date((choice.from ?? world.recordedEpoch) * 1000).toISOString()}`,
    expected: `speed ${world.speed}, from ${new Date(world.recordedEpoch * 1000).toISOString()}`,
    next: 'Leave --speed and --from away, use another --state folder, or start afresh with: lichen reset',
    retry: 'after-fix',
  });
}
