import { join } from 'node:path';
import type { Command } from 'commander';
import { printResult } from '../support/output.ts';
import { verifyCommand } from './verify.ts';

interface VerifyFlags {
  readonly policy?: string;
  readonly entry?: string;
  readonly state: string;
  readonly json?: boolean;
}

/** Adds `lichen verify` to the command line. */
export function registerJournalCommands(program: Command): void {
  program
    .command('verify')
    .description('Check a receipt of a decision offline: no network, no server.')
    .argument('<file>', 'receipt (tlog-proof@v1)')
    .option('--policy <file>', 'whom you trust (tlog-policy); the network’s own when absent')
    .option('--entry <file>', 'bytes of the decision, for a receipt that does not carry it')
    .option('--state <folder>', 'state folder of the network', '.lichen')
    .option('--json', 'one line of JSON for programs')
    .addHelpText(
      'after',
      '\nEnds with 0 when the receipt is valid, with 1 when it is not.\n\nExamples:\n  $ lichen verify decision.tlog-proof\n  $ lichen verify decision.tlog-proof --policy trust-policy.txt --json',
    )
    .action((file: string, flags: VerifyFlags) => {
      const result = verifyCommand({
        file,
        policy: flags.policy ?? join(flags.state, 'trust-policy.txt'),
        ...(flags.entry === undefined ? {} : { entry: flags.entry }),
      });
      printResult(flags.json === true, result);
      process.exitCode = result.isValid ? 0 : 1;
    });
}
