import type { Command } from 'commander';
import {
  answerSending,
  answerWith,
  type CommonFlags,
  clientCommand,
  progressOf,
} from '../cover/clientCommand.ts';
import { readBytes, readId, readWhole } from '../cover/readOptions.ts';
import { type AskFlags, askCommand, readLiveFlight } from './ask.ts';
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
  clientCommand(oracle, 'ask', 'Ask how a flight of the present ends; live sources answer.')
    .argument('<flight>', 'airline and number, such as UA1545')
    .requiredOption('--from <airport>', 'airport of departure')
    .requiredOption('--to <airport>', 'airport of arrival')
    .requiredOption('--departs <moment>', 'scheduled departure with its time zone')
    .requiredOption('--arrives <moment>', 'scheduled arrival with its time zone')
    .option('--hours <count>', 'hours after the arrival within which it must be answered', '72')
    .addHelpText(
      'after',
      '\nExample:\n  $ lichen oracle ask UA1545 --from EWR --to IAH --departs 2027-01-15T09:00Z --arrives 2027-01-15T12:00Z',
    )
    .action(async (name: string, flags: CommonFlags & AskFlags) => {
      const options = {
        flight: readLiveFlight(name, flags),
        answerWithin: readWhole('--hours', flags.hours, 1, 720) * 3_600,
      };
      await answerSending(flags, (client) => askCommand(client, options));
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
      await answerSending(flags, (client) => disputeCommand(client, options));
    });
}
