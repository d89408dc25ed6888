import { LichenError } from '@lichen/protocol';
import { Hono } from 'hono';
import { z } from 'zod';
import { loopbackGuard } from '../http/loopbackGuard.ts';
import { serve } from '../http/serve.ts';
import type { FlightRecord } from '../record/loadRecord.ts';
import { errorResponse, parseInput } from './httpAnswers.ts';
import { type Clock, lapAt, lapShift, type ReplayWorld, recordedNow, wallClock } from './replayWorld.ts';
import type { ServedPart } from './statusSource.ts';

export interface WeatherServiceInit {
  readonly world: ReplayWorld;
  readonly record: FlightRecord;
  /** 0 takes a free port. */
  readonly port: number;
  readonly clock?: Clock;
}

const query = z.object({
  station: z.enum(['EWR', 'JFK', 'LGA']),
  asOf: z.coerce.number().int().min(0).max(1e11),
});

/**
 * Serves recorded hourly weather of the three airports: the latest observation at or before a recorded moment, never
 * one that the current lap has not reached.
 * @throws LichenError `port-in-use`
 */
export async function startWeatherService(init: WeatherServiceInit): Promise<ServedPart> {
  const clock = init.clock ?? wallClock;

  const app = new Hono();
  app.use(loopbackGuard());
  app.onError((error, context) => errorResponse(context, error));
  app.get('/v1/source', (context) =>
    context.json({ name: 'weather', world: init.world, label: 'replay of recorded days' }),
  );
  app.get('/v1/observation', (context) => {
    const { station, asOf } = parseInput(query, context.req.query());
    const unfolded = recordedNow(init.world, clock());
    const now = unfolded - lapShift(init.world, lapAt(init.world, unfolded));
    const found = init.record.latestObservation(station, Math.min(asOf, now));
    if (found === null) {
      throw new LichenError('not-found', 'No weather is recorded before that moment.', {
        got: `${station} at ${asOf}`,
        retry: 'never',
      });
    }
    return context.json(found);
  });
  const served = await serve(app, init.port);
  return { url: served.url, stop: () => served.close() };
}
