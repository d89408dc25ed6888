import { LichenError } from '@lichen/protocol';
import type { AuditSample } from '@lichen/sdk';
import type { Command } from 'commander';
import { answerCheck, type CommonFlags, clientCommand } from '../cover/clientCommand.ts';
import { auditCommand } from './auditCommand.ts';
import type { AuditFlags } from './openSource.ts';

interface Flags extends CommonFlags, AuditFlags {
  readonly replay?: string | true;
  readonly inputs?: string;
  readonly html?: string;
}

function readSample(flag: string, text: string | true | undefined): AuditSample | undefined {
  if (text === undefined) return undefined;
  if (text === true || text === 'all') return 'all';
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new LichenError('bad-input', `${flag} is not usable.`, {
    got: text.slice(0, 40),
    expected: 'a number of decisions, or all',
    retry: 'after-fix',
  });
}

/** Adds `lichen audit` to the command line. */
export function registerAuditCommand(program: Command): void {
  clientCommand(
    program,
    'audit',
    'Audit an agent: its journal against the chain, and every act on the chain against its journal.',
  )
    .argument(
      '[agent]',
      'name of an agent of the network; or number, writer or origin of a journal, with --account',
    )
    .option('--replay [count]', 'run so many decisions again, chosen by chance; all when no number is given')
    .option('--inputs <count>', 'look at the inputs of so many decisions, or all (default: 1000)')
    .option('--html <file>', 'write the report as a page, too')
    .option('--from-block <number>', 'look at the chain from this block on (default: 0)')
    .option('--rpc <url>', 'a node of your own; one that keeps its history can show more')
    .option('--account <address>', 'account whose mandates the agent uses')
    .option('--policy <file>', 'whom you trust (tlog-policy; default: the network’s own)')
    .option('--journal <place>', 'folder or address of a journal that is not one of the network’s')
    .option('--vkey <key>', 'key of that journal, from somebody you trust')
    .option('--agent <address>', 'key of that agent')
    .option('--executor <address>', 'MandateExecutor on that chain (default: that of the running network)')
    .option('--anchor <address>', 'Anchor on that chain (default: that of the running network)')
    .option('--anchor-writer <address>', 'who anchors the journal (default: the agent)')
    .addHelpText(
      'after',
      '\nEnds with 0 when the audit is clean, with 1 when it found a fault, with 2 when it could not be made.\n\nExamples:\n  $ lichen audit trading\n  $ lichen audit trading --replay 200 --html audit.html\n  $ lichen audit --journal ./copy --vkey KEY --agent 0x… --account 0x… --rpc https://node.example --executor 0x…',
    )
    .action(async (name: string | undefined, flags: Flags) => {
      const { replay, inputs, gateway, state, json, ...rest } = flags;
      await answerCheck(flags, async (open, onProgress) =>
        auditCommand({
          ...rest,
          ...(name === undefined ? {} : { name }),
          ...sampleOf('replay', readSample('--replay', replay)),
          ...sampleOf('inputs', readSample('--inputs', inputs)),
          open,
          onProgress,
        }),
      );
    });
}

function sampleOf<Name extends string>(name: Name, sample: AuditSample | undefined) {
  return (sample === undefined ? {} : { [name]: sample }) as { [key in Name]?: AuditSample };
}
