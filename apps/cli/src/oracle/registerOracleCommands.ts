import type { Command } from 'commander';
import { answerWith, type CommonFlags, clientCommand, progressOf } from '../cover/clientCommand.ts';
import { readBytes, readId, readWhole } from '../cover/readOptions.ts';
import { disputeCommand } from './dispute.ts';
import { questionsCommand } from './questions.ts';
import { reportersCommand } from './reporters.ts';
import { roundsCommand } from './rounds.ts';
import { showCommand } from './show.ts';

/** Adds `lichen oracle …` to the command line. */
export function registerOracleCommands(program: Command): void {
  const oracle = program.command('oracle').description('Rounds, questions, reporters and disputes.');
  clientCommand(oracle, 'rounds', 'List the newest rounds that the chain accepted.')
    .option('--limit <count>', 'show at most so many', '20')
    .addHelpText('after', '\nExample:\n  $ lichen oracle rounds --limit 5')
    .action(async (flags: CommonFlags & { limit: string }) => {
      const limit = readWhole('--limit', flags.limit, 1, 1_000);
      await answerWith(flags, (client) => roundsCommand(client, { limit }));
    });
  clientCommand(oracle, 'questions', 'List the newest questions with their answers.')
    .option('--limit <count>', 'show at most so many', '20')
    .addHelpText('after', '\nExample:\n  $ lichen oracle questions --limit 5 --json')
    .action(async (flags: CommonFlags & { limit: string }) => {
      const limit = readWhole('--limit', flags.limit, 1, 1_000);
      await answerWith(flags, (client) => questionsCommand(client, { limit }));
    });
  clientCommand(oracle, 'show', 'Show one round or one question.')
    .argument('<round-or-question>', 'number of a round, or id of a question')
    .addHelpText('after', '\nExamples:\n  $ lichen oracle show 900000012\n  $ lichen oracle show 0x… --json')
    .action(async (what: string, flags: CommonFlags) => {
      await answerWith(flags, (client) => showCommand(client, { what }));
    });
  clientCommand(oracle, 'reporters', 'List the reporters in force with their bonds.')
    .addHelpText('after', '\nExample:\n  $ lichen oracle reporters')
    .action(async (flags: CommonFlags) => {
      await answerWith(flags, (client) => reportersCommand(client));
    });
  clientCommand(
    oracle,
    'dispute',
    'Dispute an accepted answer: by running its model on the chain, or by the sources’ signed words.',
  )
    .argument('<question>', 'id of the question')
    .option('--input <bytes>', 'input of the model, for questions about a model')
    .addHelpText(
      'after',
      '\nExamples:\n  $ lichen oracle dispute 0x…\n  $ lichen oracle dispute 0x… --input 0x0a1b…',
    )
    .action(async (id: string, flags: CommonFlags & { input?: string }) => {
      const options = {
        questionId: readId('question', id),
        ...(flags.input === undefined ? {} : { input: readBytes(flags.input) }),
        onProgress: progressOf(flags),
      };
      await answerWith(flags, (client) => disputeCommand(client, options));
    });
}
