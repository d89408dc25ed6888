import { isLichenError } from '@lichen/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type JournalServer, origin, startJournalServer } from '../../test/support/journalServer.ts';
import { type OtlpReceiver, startOtlpReceiver } from '../../test/support/otlpReceiver.ts';
import { startTestServer } from '../../test/support/testServer.ts';
import { createJournalExporter } from './createJournalExporter.ts';

let journal: JournalServer;
let collector: OtlpReceiver;
beforeEach(async () => {
  [journal, collector] = [await startJournalServer(), await startOtlpReceiver()];
});
afterEach(async () => {
  await Promise.all([journal.stop(), collector.stop()]);
});

const exporterOf = (since?: number) =>
  createJournalExporter({
    client: journal.client,
    journal: origin,
    url: collector.url,
    ...(since === undefined ? {} : { since }),
  });
const indices = () => [
  ...new Set(collector.spans.map(({ attributes }) => attributes['lichen.decision.index'])),
];
const codeOf = async (work: Promise<unknown>) => {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isLichenError(error)) throw error ?? new Error('was not refused');
  return [error.code, error.got];
};

test('a journal from its first entry, then only what is new', async () => {
  await journal.record({ choice: 'hold' }, { kind: 'intent', choice: 'buy' });
  const exporter = exporterOf();
  expect(await exporter.exportNew()).toEqual({ decisions: 2, spans: 4 });
  expect(await exporter.exportNew()).toEqual({ decisions: 0, spans: 0 });
  const intent = journal.decisions.last()!;
  const result = { status: 'settled', block: 1, transaction: null, reason: '' } as const;
  await journal.record({ kind: 'outcome', refersTo: intent.leafHash, result });
  journal.asked();
  expect(await exporter.exportNew()).toEqual({ decisions: 1, spans: 1 });
  expect(exporter.next()).toBe(3);
  // Its span begins where its intent was recorded, though that was exported before.
  const outcome = collector.spans.at(-1)!;
  expect(outcome.traceId).toBe(intent.leafHash.slice(0, 32));
  expect(outcome.to - outcome.from).toBe(500_000_000n);
  // And whoever begins there gets the same span.
  const [whole, one] = [collector.spans.at(-1), exporterOf(2)];
  await one.exportNew();
  expect(collector.spans.at(-1)).toEqual(whole);
});

test('more than one file of entries', async () => {
  await journal.record(...Array.from({ length: 600 }, () => ({})));
  const exporter = exporterOf(300);
  expect(await exporter.exportNew()).toEqual({ decisions: 300, spans: 600 });
  expect(indices()).toEqual(Array.from({ length: 300 }, (_, at) => at + 300));
  await journal.record(...Array.from({ length: 300 }, () => ({})));
  await exporter.exportNew();
  expect(indices()).toHaveLength(600);
  expect(exporter.next()).toBe(900);
});

test('a journal without a head has nothing to export yet', async () => {
  expect(await exporterOf().exportNew()).toEqual({ decisions: 0, spans: 0 });
});

test('a collector that comes back gets what it missed; what it had, it gets again the same', async () => {
  await journal.record(...Array.from({ length: 300 }, () => ({})));
  let requests = 0;
  const seen: string[] = [];
  const flaky = await startTestServer(({ body }, response) => {
    requests += 1;
    // 256 decisions are 512 spans: the second request of the first part meets the outage.
    if (requests === 2) response.writeHead(503);
    else
      seen.push(
        ...body
          .toString()
          .matchAll(/"spanId":"[0-9a-f]{16}"/g)
          .map(([id]) => id),
      );
    response.end('{}');
  });
  try {
    const exporter = createJournalExporter({ client: journal.client, journal: origin, url: flaky.url });
    expect((await codeOf(exporter.exportNew()))[0]).toBe('source-unavailable');
    expect(exporter.next()).toBe(0);
    expect(await exporter.exportNew()).toEqual({ decisions: 300, spans: 600 });
    expect([seen.length, new Set(seen).size]).toEqual([1_100, 600]);
  } finally {
    await flaky.stop();
  }
});

test('entries that were rewritten are not exported, and it is said', async () => {
  await journal.record({ choice: 'hold' }, { choice: 'sell everything' });
  const honest = await startJournalServer();
  try {
    await honest.record({ choice: 'hold' }, { choice: 'buy everything ' });
    const path = 'tile/entries/000.p/2';
    const { gatewayUrl } = honest.client;
    const bytes = await (await fetch(`${gatewayUrl}/v1/journals/1/${path}`)).arrayBuffer();
    journal.replace(path, new Uint8Array(bytes));
    const [code, got] = await codeOf(exporterOf().exportNew());
    expect(code).toBe('internal');
    expect(got).toContain('tile/entries/000.p/2');
    expect(JSON.stringify(collector.seen.map(({ body }) => body.toString()))).not.toContain('buy everything');
  } finally {
    await honest.stop();
  }
});

test('a head that the journal did not sign exports nothing', async () => {
  await journal.record({});
  const text = journal.decisions.journal.head()!.text.replace('\n1\n', '\n2\n');
  journal.replace('checkpoint', new TextEncoder().encode(text));
  expect((await codeOf(exporterOf().exportNew()))[0]).toBe('bad-input');
  expect(collector.seen).toEqual([]);
});

test('no such journal', () => {
  expect(() =>
    createJournalExporter({ client: journal.client, journal: 'nobody', url: collector.url }),
  ).toThrow('no such journal');
});
