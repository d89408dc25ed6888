import { setTimeout as sleep } from 'node:timers/promises';
import { isLichenError } from '@lichen/protocol';
import type { LichenClient } from '@lichen/sdk';
import type { Command } from 'commander';
import {
  type Answer,
  answerWith,
  type CommonFlags,
  clientCommand,
  progressOf,
} from '../cover/clientCommand.ts';
import { readWhole } from '../cover/readOptions.ts';

/** Milliseconds between two looks at a journal that is followed. */
const pollMs = 2_000;

export interface TelemetryOptions {
  /** Number, writer or origin of the journal. */
  readonly journal: string;
  /** Address of the collector. */
  readonly to: string;
  /** First entry to send. */
  readonly since: number;
  /** Headers for the collector, as OTEL_EXPORTER_OTLP_HEADERS has them. */
  readonly headers: string;
  /** Goes on until this aborts; without it, what is there is sent once. */
  readonly until?: AbortSignal;
  /** Told of each part that was sent, and of what has to be tried again. */
  readonly onProgress?: (line: string) => void;
}

const countOf = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;

/**
 * Sends the decisions of a journal to a collector of OpenTelemetry, once or as they come.
 * @throws LichenError as `createJournalExporter` and `parseOtlpHeaders`
 */
export async function telemetryCommand(client: LichenClient, options: TelemetryOptions): Promise<Answer> {
  const { until, onProgress } = options;
  // Loaded when asked for: no other command needs OpenTelemetry.
  const { createJournalExporter, parseOtlpHeaders } = await import('@lichen/agent');
  const exporter = createJournalExporter({
    client,
    journal: options.journal,
    url: options.to,
    since: options.since,
    headers: parseOtlpHeaders(options.headers),
  });
  const total = { decisions: 0, spans: 0 };
  const take = async () => {
    const { decisions, spans } = await exporter.exportNew();
    total.decisions += decisions;
    total.spans += spans;
    if (decisions > 0)
      onProgress?.(`Sent ${countOf(decisions, 'decision')}, up to entry ${exporter.next() - 1}.`);
  };
  // The first time a wrong address or journal is told at once; later ones may pass.
  await take();
  while (until !== undefined && !until.aborted) {
    await sleep(pollMs, undefined, { signal: until }).catch(() => undefined);
    if (until.aborted) break;
    await take().catch((error: unknown) => {
      if (!isLichenError(error) || error.retry !== 'later') throw error;
      onProgress?.(error.message);
    });
  }
  return {
    json: { ...total, next: exporter.next() },
    text: `${countOf(total.decisions, 'decision')} as ${countOf(total.spans, 'span')}. Go on with --since ${exporter.next()}.`,
  };
}

/** Adds `telemetry` to `lichen agent`. */
export function registerTelemetryCommand(agent: Command): void {
  clientCommand(agent, 'telemetry', 'Send the decisions of a journal to a collector of OpenTelemetry.')
    .argument('<journal>', 'number, writer or origin of the journal')
    .requiredOption('--to <url>', 'address of the collector (OTLP over HTTP)')
    .option('--since <entry>', 'first entry to send', '0')
    .option('--follow', 'go on as decisions are recorded, until interrupted')
    .addHelpText(
      'after',
      [
        '',
        'Headers for the collector are read from OTEL_EXPORTER_OTLP_HEADERS (name=value,name=value).',
        'Inputs, prompts and answers are not sent, only their hashes.',
        '',
        'Examples:',
        '  $ lichen agent telemetry 6 --to http://127.0.0.1:4318',
        '  $ lichen agent telemetry 6 --to http://127.0.0.1:4318 --follow',
      ].join('\n'),
    )
    .action(async (journal: string, flags: CommonFlags & { to: string; since: string; follow?: boolean }) => {
      const since = readWhole('--since', flags.since, 0, 999_999_999_999);
      const ended = new AbortController();
      const stop = () => ended.abort();
      if (flags.follow === true)
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
      await answerWith(flags, (client) =>
        telemetryCommand(client, {
          journal,
          to: flags.to,
          since,
          headers: process.env.OTEL_EXPORTER_OTLP_HEADERS ?? '',
          ...(flags.follow === true ? { until: ended.signal, onProgress: progressOf(flags) } : {}),
        }),
      );
    });
}
