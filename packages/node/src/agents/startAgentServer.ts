import type { DecisionLog } from '@lichen/journal';
import { LichenError } from '@lichen/protocol';
import { Hono } from 'hono';
import { z } from 'zod';
import { loopbackGuard } from '../http/loopbackGuard.ts';
import { serve } from '../http/serve.ts';
import { createJournalApp } from '../journal/journalApp.ts';
import { errorResponse, parseInput } from '../world/httpAnswers.ts';
import { hasControlToken, type ServedPart } from '../world/statusSource.ts';

export interface AgentServerInit {
  /** 0 takes a free port. */
  readonly port: number;
  /** The agent's journal, and its folder. */
  readonly decisions: DecisionLog;
  readonly folder: string;
  /** What the agent shows to everybody, by path; plain JSON. */
  readonly views: Readonly<Record<string, () => unknown>>;
  /** What it can be told by whoever has the control token, by path; resolves when it is done. */
  readonly orders: Readonly<Record<string, (reason: string) => Promise<void>>>;
  readonly controlToken: string;
}

const orderBody = z.object({ reason: z.string().min(1).max(400) }).strict();

/**
 * Serves an agent on the loopback address: its journal under `/journal/`, what it shows, and its orders, which want the
 * header `lichen-control`.
 * @throws LichenError `port-in-use`
 */
export async function startAgentServer(init: AgentServerInit): Promise<ServedPart> {
  const app = new Hono();
  app.use(loopbackGuard());
  app.onError((error, context) => errorResponse(context, error));
  app.route('/journal', createJournalApp(init.decisions, init.folder));
  for (const [path, view] of Object.entries(init.views)) {
    app.get(`/${path}`, (context) => context.json(view(), 200, { 'cache-control': 'no-cache' }));
  }
  for (const [path, order] of Object.entries(init.orders)) {
    app.post(`/${path}`, async (context) => {
      if (!hasControlToken(context.req.header('lichen-control'), init.controlToken)) {
        const refusal = new LichenError('bad-input', 'Only the operator may give this agent orders.', {
          next: 'Send the control token in the header lichen-control.',
          retry: 'after-fix',
        });
        return context.json(refusal.toJSON(), 403);
      }
      const { reason } = parseInput(orderBody, await context.req.json().catch(() => undefined));
      await order(reason);
      return context.json({ done: path });
    });
  }
  const served = await serve(app, init.port);
  return { url: served.url, stop: () => served.close() };
}
