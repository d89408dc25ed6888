import type { Misbehaviour } from '@lichen/node';
import { type Command, Option } from 'commander';
import { printResult } from '../support/output.ts';
import { stateFolderOf } from '../support/stateFolder.ts';
import { misbehaviourOf } from './misbehaviourOf.ts';
import { httpUrl, recordedMoment, wholeNumber } from './readOptions.ts';
import { resetCommand } from './reset.ts';
import { statusCommand } from './status.ts';
import { stopCommand } from './stop.ts';
import { upCommand } from './up.ts';

interface CommonOptions {
  readonly state?: string;
  readonly json?: boolean;
}

const stateOption = () => new Option('--state <folder>', "folder of the network's state (default: .lichen)");
const jsonOption = () => new Option('--json', 'one line of JSON for programs');

/** `lichen up`, `status`, `stop`, `reset`. */
export function registerNetworkCommands(program: Command): void {
  program
    .command('up')
    .summary('start a network on this machine')
    .description(
      'Starts chain, contracts, replay world, reporters, keeper and console, and keeps them running until Ctrl-C.',
    )
    .addOption(stateOption())
    .option('--speed <n>', 'recorded seconds per second, 1 to 3600 (default: 60)', wholeNumber(1, 3600))
    .option('--from <day>', 'recorded day to start from, UTC (default: 2013-12-05T12:00)', recordedMoment)
    .option('--port <n>', 'port of the console (default: 8680 or the next free one)', wholeNumber(1, 65_535))
    .option(
      '--rpc <url>',
      'use this chain instead; the key that pays comes from LICHEN_DEPLOYER_KEY',
      httpUrl,
    )
    .option('--chain-id <n>', 'id that the chain of --rpc must have', wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .option(
      '--misbehave <reporter=manner>',
      'make a reporter lie, to see it slashed: 1 to 5 = equivocate or wrong-model; may be given again',
      misbehaviourOf,
    )
    .option('--no-agents', 'leave out the market of recorded prices and the trading agent')
    .option(
      '--trading-day <seconds>',
      'seconds that a recorded trading day takes (default: 20)',
      wholeNumber(1, 86_400),
    )
    .addOption(
      new Option(
        '--misbehave-agent <manner>',
        'make the trading agent break its word, to see what `lichen audit` finds',
      ).choices(['unrecorded', 'rewrite', 'overspend', 'hide-outcome']),
    )
    .option(
      '--sources <file>',
      'live flight status and weather: a JSON file (docs/spec/sources.md); credentials come from the environment',
    )
    .addOption(jsonOption())
    .action(
      (
        options: CommonOptions & {
          speed?: number;
          from?: number;
          port?: number;
          rpc?: string;
          chainId?: number;
          sources?: string;
          misbehave?: ReadonlyMap<number, Misbehaviour>;
          agents: boolean;
          misbehaveAgent?: string;
          tradingDay?: number;
        },
      ) => {
        const { state, json, ...rest } = options;
        return upCommand({ ...rest, stateFolder: stateFolderOf(state), json: json === true });
      },
    );
  program
    .command('status')
    .summary('show what is running')
    .addOption(stateOption())
    .addOption(jsonOption())
    .action(async (options: CommonOptions) => {
      printResult(options.json === true, await statusCommand(stateFolderOf(options.state)));
    });
  program
    .command('stop')
    .summary('stop the network; its state is kept')
    .addOption(stateOption())
    .addOption(jsonOption())
    .action(async (options: CommonOptions) => {
      printResult(options.json === true, await stopCommand(stateFolderOf(options.state)));
    });
  program
    .command('reset')
    .summary('delete the state of a stopped network')
    .addOption(stateOption())
    .option('--yes', 'do not ask')
    .addOption(jsonOption())
    .action(async (options: CommonOptions & { yes?: boolean }) => {
      printResult(
        options.json === true,
        await resetCommand(stateFolderOf(options.state), options.yes === true),
      );
    });
}
