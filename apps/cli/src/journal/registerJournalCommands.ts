import { join } from 'node:path';
import type { Command } from 'commander';
import { answerCheck, answerWith, type CommonFlags, clientCommand } from '../cover/clientCommand.ts';
import { readWhole } from '../cover/readOptions.ts';
import { printResult } from '../support/output.ts';
import { checkJournalCommand } from './check.ts';
import { listJournalsCommand } from './list.ts';
import { receiptCommand } from './receipt.ts';
import { showJournalCommand } from './show.ts';
import { verifyCommand } from './verify.ts';

interface CheckFlags extends CommonFlags {
  readonly journal?: string;
  readonly vkey?: string;
  readonly policy?: string;
  readonly any?: boolean;
}

interface VerifyFlags {
  readonly policy?: string;
  readonly entry?: string;
  readonly state: string;
  readonly json?: boolean;
}

/** Adds `lichen journal …` and `lichen verify` to the command line. */
export function registerJournalCommands(program: Command): void {
  const journal = program
    .command('journal')
    .description('Decisions on record: whose, how many, and receipts of them.');
  clientCommand(journal, 'list', 'List the network’s journals with their witnesses and anchors.')
    .addHelpText('after', '\nExample:\n  $ lichen journal list')
    .action((flags: CommonFlags) => answerWith(flags, listJournalsCommand));
  clientCommand(
    journal,
    'show',
    'Show the newest decisions of a journal, each checked against its signed head.',
  )
    .argument('<journal>', 'number, writer or origin of the journal, or name of an agent')
    .option('--limit <count>', 'show at most so many', '20')
    .addHelpText(
      'after',
      '\nExamples:\n  $ lichen journal show 1\n  $ lichen journal show 1 --limit 100 --json',
    )
    .action(async (name: string, flags: CommonFlags & { limit: string }) => {
      const limit = readWhole('--limit', flags.limit, 1, 256);
      await answerWith(flags, (client) => showJournalCommand(client, { journal: name, limit }));
    });
  clientCommand(journal, 'receipt', 'Get the receipt of a decision: one file that anybody can check offline.')
    .argument('<journal>', 'number, writer or origin of the journal, or name of an agent')
    .argument('<entry>', 'number of the entry')
    .option('--out <file>', 'file to write')
    .addHelpText('after', '\nExample:\n  $ lichen journal receipt 1 12 --out answer.tlog-proof')
    .action(async (name: string, entry: string, flags: CommonFlags & { out?: string }) => {
      const index = readWhole('<entry>', entry, 0, Number.MAX_SAFE_INTEGER);
      const options = { journal: name, index, ...(flags.out === undefined ? {} : { out: flags.out }) };
      await answerWith(flags, (client) => receiptCommand(client, options));
    });
  clientCommand(journal, 'check', 'Check a whole journal: every file, every entry, witnesses and anchors.')
    .argument('[journal]', 'number, writer or origin of a journal of the network, or name of an agent')
    .option('--journal <place>', 'folder or address of a journal that is not one of the network’s')
    .option('--vkey <key>', 'key of that journal, from somebody you trust')
    .option('--policy <file>', 'whom you trust (tlog-policy; default: the network’s own)')
    .option('--any', 'its entries need not be decisions: look at the tree only')
    .addHelpText(
      'after',
      '\nEnds with 0 when the journal is whole, with 1 when it is not, with 2 when it could not be checked.\n\nExamples:\n  $ lichen journal check 1\n  $ lichen journal check --journal ./copy --vkey KEY --policy trust-policy.txt',
    )
    .action(async (name: string | undefined, flags: CheckFlags) => {
      const { gateway, state, json, journal: place, ...rest } = flags;
      await answerCheck(flags, (open, onProgress) =>
        checkJournalCommand({
          ...rest,
          ...(name === undefined ? {} : { journal: name }),
          ...(place === undefined ? {} : { place }),
          open,
          onProgress,
        }),
      );
    });
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
