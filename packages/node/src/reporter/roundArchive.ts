import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileDurably } from '@lichen/journal';
import type { Hex } from 'viem';
import type { Observation } from './observation.ts';

/** A round as a reporter saw it, for people and for disputes. Times are chain time. */
export interface ArchivedRound {
  readonly round: number;
  readonly leader: number;
  readonly observedFrom: number;
  readonly observedTo: number;
  readonly root: Hex;
  readonly dataDigest: Hex;
  readonly leaves: readonly {
    readonly questionId: Hex;
    readonly topic: Hex;
    readonly subject: Hex;
    readonly outcome: number;
    readonly answer: Hex;
    readonly confidenceBps: number;
    readonly evidenceRoot: Hex;
  }[];
  /** What each reporter revealed. */
  readonly reporters: readonly {
    readonly index: number;
    readonly observations: readonly Observation[];
  }[];
}

export interface RoundArchive {
  add(round: ArchivedRound): void;
  /** Newest first. */
  recent(limit: number): readonly ArchivedRound[];
  get(round: number): ArchivedRound | undefined;
}

const namePattern = /^(\d{1,13})\.json$/;

/** Opens the archive in a folder: one file a round, the oldest go beyond `capacity`. Heartbeats are not kept on disk. */
export function openRoundArchive(folder: string, capacity = 400): RoundArchive {
  mkdirSync(folder, { recursive: true });
  const rounds = new Map<number, ArchivedRound>();
  const numbers = readdirSync(folder)
    .flatMap((name) => namePattern.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
  for (const number of numbers) {
    try {
      rounds.set(number, JSON.parse(readFileSync(join(folder, `${number}.json`), 'utf8')) as ArchivedRound);
    } catch {
      // A file that cannot be read is only a page of history: the chain holds what counts.
      rmSync(join(folder, `${number}.json`), { force: true });
    }
  }
  return {
    add: (round) => {
      rounds.set(round.round, round);
      if (round.leaves.length > 0)
        writeFileDurably(join(folder, `${round.round}.json`), JSON.stringify(round));
      while (rounds.size > capacity) {
        const oldest = rounds.keys().next().value!;
        rounds.delete(oldest);
        rmSync(join(folder, `${oldest}.json`), { force: true });
      }
    },
    recent: (limit) => (limit <= 0 ? [] : [...rounds.values()].slice(-limit).reverse()),
    get: (round) => rounds.get(round),
  };
}
