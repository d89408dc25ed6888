import type { Witness } from '@lichen/journal';
import { Hono } from 'hono';

/** A witness over HTTP. https://c2sp.org/tlog-witness */
export function createWitnessApp(witness: Witness): Hono {
  const app = new Hono();
  app.post('/add-checkpoint', async (context) => {
    const { status, body, contentType } = witness.addCheckpoint(await context.req.text());
    return context.body(body, status, { 'content-type': contentType });
  });
  app.get('/:originHash/checkpoint', (context) => {
    const { status, body, contentType } = witness.latest(context.req.param('originHash'));
    return context.body(body, status, { 'content-type': contentType });
  });
  return app;
}
