import { isLichenError } from '@lichen/protocol';
import { Command } from 'commander';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  type JournalServer,
  origin,
  startJournalServer,
} from '../../../../packages/agent/test/support/journalServer.ts';
import {
  type OtlpReceiver,
  startOtlpReceiver,
} from '../../../../packages/agent/test/support/otlpReceiver.ts';
import { registerTelemetryCommand, telemetryCommand } from './telemetry.ts';

let journal: JournalServer;
let collector: OtlpReceiver;
beforeEach(async () => {
  [journal, collector] = [await startJournalServer(), await startOtlpReceiver()];
});
afterEach(async () => {
  await Promise.all([journal.stop(), collector.stop()]);
});
const options = () => ({ journal: '1', to: collector.url, since: 0, headers: '' });

test('once: what is there, and where to go on', async () => {
  await journal.record({ choice: 'hold' }, { kind: 'pause', choice: 'pause' });
  const { json, text } = await telemetryCommand(journal.client, {
    ...options(),
    headers: 'authorization=Bearer%20t0ken',
  });
  expect(text).toBe('2 decisions as 3 spans. Go on with --since 2.');
  expect(json).toEqual({ decisions: 2, spans: 3, next: 2 });
  expect(collector.seen[0]!.headers.authorization).toBe('Bearer t0ken');
  expect(collector.spans[0]!.name).toBe(`invoke_agent ${origin}`);
  expect((await telemetryCommand(journal.client, { ...options(), since: 2 })).text).toBe(
    '0 decisions as 0 spans. Go on with --since 2.',
  );
});

test('followed: each decision as it comes, until it is told to stop', async () => {
  await journal.record({});
  const ended = new AbortController();
  const told: string[] = [];
  const result = await telemetryCommand(journal.client, {
    ...options(),
    until: ended.signal,
    onProgress: (line) => {
      told.push(line);
      if (told.length === 1) void journal.record({}, {});
      else ended.abort();
    },
  });
  expect(told).toEqual(['Sent 1 decision, up to entry 0.', 'Sent 2 decisions, up to entry 2.']);
  expect(result.json).toEqual({ decisions: 3, spans: 6, next: 3 });
});

test('a collector that is not there ends it at once', async () => {
  await journal.record({});
  await collector.stop();
  const error: unknown = await telemetryCommand(journal.client, {
    ...options(),
    until: new AbortController().signal,
  }).catch((reason: unknown) => reason);
  expect(isLichenError(error) && error.code).toBe('source-unavailable');
  collector = await startOtlpReceiver();
});

test('the command says what it sends and what it does not', () => {
  const agent = new Command('agent');
  registerTelemetryCommand(agent);
  const [telemetry] = agent.commands;
  const told: string[] = [];
  telemetry!.configureOutput({ writeOut: (text) => void told.push(text) }).outputHelp();
  const help = told.join('');
  expect(help).toContain('Inputs, prompts and answers are not sent');
  expect(help).toContain('--to <url>');
});
