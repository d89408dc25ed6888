import type { Command } from 'commander';
import { answerWith, type CommonFlags, clientCommand, progressOf } from '../cover/clientCommand.ts';
import { readBytes } from '../cover/readOptions.ts';
import { printResult } from '../support/output.ts';
import { runModelCommand } from './run.ts';
import { showModelCommand } from './show.ts';
import { trainModelCommand } from './train.ts';

/** Adds `lichen model …` to the command line. */
export function registerModelCommands(program: Command): void {
  const model = program.command('model').description('The integer model behind the prices.');
  clientCommand(model, 'show', 'Show the model: its id, inputs, metrics and training.')
    .addHelpText('after', '\nExamples:\n  $ lichen model show\n  $ lichen model show --json')
    .action((flags: CommonFlags) => answerWith(flags, showModelCommand));
  clientCommand(model, 'run', 'Run the model here and on the chain, and compare.')
    .option('--input <bytes>', '16 bytes as hex, each 00 to 7f')
    .option('--flight <flight>', 'take the signed features of a flight, e.g. UA1545')
    .addHelpText(
      'after',
      '\nExamples:\n  $ lichen model run --flight UA1545\n  $ lichen model run --input 0x2a40331e12263c1e191e232319004d3c',
    )
    .action(async (flags: CommonFlags & { input?: string; flight?: string }) => {
      const options = {
        ...(flags.input === undefined ? {} : { input: readBytes(flags.input) }),
        ...(flags.flight === undefined ? {} : { flight: flags.flight }),
      };
      await answerWith(flags, (client) => runModelCommand(client, options));
    });
  model
    .command('train')
    .description('Train the model again from the shipped record and compare its id with the published one.')
    .option('--json', 'one line of JSON for programs')
    .addHelpText('after', '\nExample:\n  $ lichen model train')
    .action(async (flags: { json?: boolean }) => {
      printResult(flags.json === true, await trainModelCommand({ onProgress: progressOf(flags) }));
    });
}
