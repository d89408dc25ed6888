import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DecisionLog } from '@lichen/journal';
import { decodeBundle, encodeBundle, LichenError } from '@lichen/protocol';
import { Hono } from 'hono';
import { z } from 'zod';
import { parseInput } from '../world/httpAnswers.ts';

const tilePath =
  /^tile\/(entries|[0-9]|[1-5]\d|6[0-3])\/(x\d{3}\/)*\d{3}(\.p\/([1-9]|[1-9]\d|1\d\d|2[0-4]\d|25[0-5]))?$/;
const immutable = 'public, max-age=31536000, immutable';
/** Bytes of others, or of a model: never to be rendered by a browser. */
const bytesOnly = { 'content-type': 'application/octet-stream', 'x-content-type-options': 'nosniff' };

/** A tile as it is on the disk; a partial one out of the full one that has taken its place since the reader saw its head. */
async function readTile(file: string): Promise<Uint8Array | undefined> {
  if (existsSync(file)) return readFile(file);
  const [, full, width] = /^(.*)\.p\/(\d+)$/.exec(file) ?? [];
  if (full === undefined || !existsSync(full)) return undefined;
  const bytes = await readFile(full);
  return /[\\/]tile[\\/]entries[\\/]/.test(full)
    ? encodeBundle(decodeBundle(bytes).slice(0, Number(width)))
    : bytes.subarray(0, Number(width) * 32);
}

/** A journal over HTTP: the static files of tlog-tiles, receipts, and blobs by their hash. */
export function createJournalApp(log: DecisionLog, folder: string): Hono {
  const app = new Hono();
  const missing = (what: string) => new LichenError('not-found', what, { retry: 'never' });

  app.get('/checkpoint', async (context) => {
    const head = log.journal.head();
    if (head === undefined) throw missing('This journal has no signed head yet.');
    return context.text(head.text, 200, { 'cache-control': 'no-cache' });
  });
  app.get('/tile/*', async (context) => {
    const path = context.req.path.slice(context.req.path.indexOf('/tile/') + 1);
    const bytes = tilePath.test(path) ? await readTile(join(folder, 'log', path)) : undefined;
    if (bytes === undefined) throw missing('This journal has no such tile.');
    return context.body(Buffer.from(bytes), 200, { ...bytesOnly, 'cache-control': immutable });
  });
  app.get('/receipt/:index', async (context) => {
    const index = parseInput(z.coerce.number().int().min(0), context.req.param('index'));
    const receipt = await log.journal.receipt(index, { withEntry: true });
    return context.text(receipt, 200, { 'cache-control': 'no-cache' });
  });
  app.get('/blob/:hash', (context) => {
    const bytes = log.blobs.get(context.req.param('hash'));
    if (bytes === undefined) throw missing('This journal does not hold that blob: never kept, or deleted.');
    return context.body(Buffer.from(bytes), 200, { ...bytesOnly, 'cache-control': immutable });
  });
  return app;
}
