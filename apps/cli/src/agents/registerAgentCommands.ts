import type { Command } from 'commander';
import {
  answerCheck,
  answerWith,
  type CommonFlags,
  clientCommand,
  progressOf,
} from '../cover/clientCommand.ts';
import { readWhole } from '../cover/readOptions.ts';
import { listAgentsCommand, orderAgentCommand, showAgentCommand } from './agents.ts';
import { askAgainOf } from './askAgainOf.ts';
import { replayCommand } from './replay.ts';
import { registerTelemetryCommand } from './telemetry.ts';

interface ReplayFlags extends CommonFlags {
  readonly all?: boolean;
  readonly blobs?: string;
  readonly vkey?: string;
  readonly ask?: string;
}

function registerReplayCommand(program: Command): void {
  clientCommand(program, 'replay', 'Run decisions again from their record, in a sandbox on this machine.')
    .argument(
      '<target>',
      'receipt, folder of a journal, agent, or number, writer or origin of a journal of the network',
    )
    .argument('[entry]', 'number of the entry')
    .option('--all', 'every decision of the journal')
    .option('--blobs <folder>', 'where the inputs, rules and models lie (default: the journal’s own)')
    .option('--vkey <key>', 'key of the journal in a folder, from somebody you trust')
    .option('--ask <url>', 'ask the language model again at this address: grade C, never verified')
    .addHelpText(
      'after',
      [
        '',
        'Grade A: everything was run again, bit for bit. Grade B: with what the model answered by the record.',
        'Ends with 0 when it comes out the same, with 1 when it differs, with 2 when it could not be replayed.',
        'With --ask, a key is read from LICHEN_MODEL_KEY and sent to that address only.',
        'Whether a decision is in its journal is another question: lichen verify.',
        '',
        'Examples:',
        '  $ lichen replay decision.tlog-proof --blobs inputs',
        '  $ lichen replay trading 120',
        '  $ lichen replay trading --all --json',
        '  $ lichen replay .lichen/backtests/2008-01-02_2008-12-31 --all',
      ].join('\n'),
    )
    .action(async (target: string, entry: string | undefined, flags: ReplayFlags) => {
      // 1 says that a decision differs; that nothing could be looked at is another thing.
      await answerCheck(flags, async (open) =>
        replayCommand({
          target,
          open,
          onProgress: progressOf(flags),
          ...(entry === undefined ? {} : { index: readWhole('<entry>', entry, 0, 999_999_999_999) }),
          ...(flags.all === undefined ? {} : { isAll: flags.all }),
          ...(flags.blobs === undefined ? {} : { blobs: flags.blobs }),
          ...(flags.vkey === undefined ? {} : { vkey: flags.vkey }),
          ...(flags.ask === undefined
            ? {}
            : { askAgain: askAgainOf(flags.ask, process.env.LICHEN_MODEL_KEY) }),
        }),
      );
    });
}

/** Adds `lichen agent …` and `lichen replay` to the command line. */
export function registerAgentCommands(program: Command): void {
  const agent = program
    .command('agent')
    .description('Agents of the network: what they are, and whether they may go on.');
  clientCommand(agent, 'list', 'List the network’s agents.')
    .addHelpText('after', '\nExample:\n  $ lichen agent list')
    .action((flags: CommonFlags) => answerWith(flags, listAgentsCommand));
  clientCommand(agent, 'show', 'Show an agent: for whom it acts, its journal, its state.')
    .argument('<agent>', 'name or address of the agent')
    .addHelpText('after', '\nExample:\n  $ lichen agent show trading')
    .action((name: string, flags: CommonFlags) =>
      answerWith(flags, (client) => showAgentCommand(client, name)),
    );
  for (const [order, summary, fallback] of [
    ['pause', 'Stop an agent from acting, until it is told to resume.', 'paused by its operator'],
    ['resume', 'Let a paused agent act again.', 'resumed by its operator'],
  ] as const) {
    clientCommand(agent, order, summary)
      .argument('<agent>', 'name or address of the agent')
      .option('--reason <text>', 'why, for its journal', fallback)
      .addHelpText('after', `\nExample:\n  $ lichen agent ${order} trading --reason "looking into entry 120"`)
      .action((name: string, flags: CommonFlags & { reason: string }) =>
        answerWith(flags, (client) =>
          orderAgentCommand(client, order, { agent: name, reason: flags.reason }),
        ),
      );
  }
  registerTelemetryCommand(agent);
  registerReplayCommand(program);
}
