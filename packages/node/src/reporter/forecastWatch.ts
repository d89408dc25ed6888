import {
  type ForecastNotice,
  forecastNoticeDigest,
  LichenError,
  type Origin,
  type Verifier,
} from '@lichen/protocol';
import type { Hex } from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';
import type { WeatherSource } from '../sources/source.ts';
import { chainTimeAfter, lapAt, lapShift, type ReplayWorld, recordedNow } from '../world/replayWorld.ts';
import { cellOf, hasMovedMaterially, originOfCell } from './weatherCell.ts';

/** Recorded seconds between two looks at the weather. */
const stepSeconds = 900;
/** Flights on sale leave one to six recorded hours from now. */
const saleFrom = 3_600;
const saleTo = 6 * 3_600;
/** Oldest move that is still announced, chain seconds: older quotes have run out by then anyway. */
const oldestMove = 120;

export interface ForecastComponents {
  readonly world: ReplayWorld;
  readonly weather: WeatherSource;
  readonly verifier: Verifier;
  readonly account: PrivateKeyAccount;
  readonly clock: () => number;
}

export interface ForecastWatch {
  /** Cells whose weather moved materially at the latest quarter hour: what a leader announces. */
  moved(): Promise<readonly ForecastNotice[]>;
  /** Signs a notice after checking it against the weather. @throws LichenError `bad-input` when nothing moved there then */
  sign(notice: ForecastNotice): Promise<Hex>;
}

const origins: readonly Origin[] = ['EWR', 'JFK', 'LGA'];

/** Watches observed weather for changes that make older quotes unfair. */
export function createForecastWatch(components: ForecastComponents): ForecastWatch {
  const { world, weather, verifier, account, clock } = components;
  const looked = new Map<string, Promise<boolean>>();

  /** Whether the weather at an airport moved at a quarter hour (unfolded recorded seconds). */
  function movedAt(origin: Origin, quarter: number): Promise<boolean> {
    const key = `${origin} ${quarter}`;
    let result = looked.get(key);
    if (result === undefined) {
      const shift = lapShift(world, lapAt(world, quarter));
      result = Promise.all([
        weather.observation(origin, quarter - shift - stepSeconds),
        weather.observation(origin, quarter - shift),
      ]).then(([before, after]) => hasMovedMaterially(before.observation, after.observation));
      looked.set(key, result);
      // A failure is not remembered: the next look asks again.
      result.catch(() => looked.delete(key));
      for (const old of looked.keys()) {
        if (looked.size <= 64) break;
        looked.delete(old);
      }
    }
    return result;
  }

  const cellsOf = (origin: Origin, quarter: number) =>
    new Set([cellOf(origin, quarter + saleFrom), cellOf(origin, quarter + saleTo)]);

  return {
    moved: async () => {
      const quarter = Math.floor(recordedNow(world, clock()) / stepSeconds) * stepSeconds;
      const movedOrigins = await Promise.all(
        origins.map(async (origin) => ((await movedAt(origin, quarter).catch(() => false)) ? [origin] : [])),
      );
      const at = chainTimeAfter(world, quarter);
      return movedOrigins
        .flat()
        .flatMap((origin) => [...cellsOf(origin, quarter)].map((cell) => ({ cell, movedAt: at })));
    },
    sign: async (notice) => {
      const now = clock();
      const origin = originOfCell(notice.cell);
      const quarter = Math.floor(recordedNow(world, notice.movedAt) / stepSeconds) * stepSeconds;
      const isRecent = notice.movedAt <= now && notice.movedAt >= now - oldestMove;
      if (
        origin === undefined ||
        !isRecent ||
        notice.movedAt !== chainTimeAfter(world, quarter) ||
        !cellsOf(origin, quarter).has(notice.cell) ||
        !(await movedAt(origin, quarter))
      ) {
        throw new LichenError('bad-input', 'The weather of that cell did not move then.', {
          got: `cell ${notice.cell} at ${notice.movedAt}`,
          retry: 'never',
        });
      }
      return account.sign({ hash: forecastNoticeDigest(verifier, notice) });
    },
  };
}
