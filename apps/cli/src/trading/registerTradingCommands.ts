import type { Command } from 'commander';
import { gatewayUrlOf } from '../support/stateFolder.ts';
import { runTradingApplication } from './runApplication.ts';

/** Flags as the application's own program takes them. */
export function argumentsOf(flags: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(flags).flatMap(([name, value]) => {
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (value === undefined || value === false) return [];
    return value === true ? [flag] : [flag, String(value)];
  });
}

async function run(
  mode: string,
  positional: readonly string[],
  flags: Readonly<Record<string, unknown>>,
): Promise<void> {
  process.exitCode = await runTradingApplication([mode, ...positional, ...argumentsOf(flags)]);
}

/** Adds `lichen trade …`: the trading agent on recorded days, on paper, and its figures made again from its journal. */
export function registerTradingCommands(program: Command): void {
  const trade = program
    .command('trade')
    .description('The trading agent: recorded prices, play money, every decision on record.');
  const spanned = (command: Command) =>
    command
      .option('--from <day>', 'first recorded day to decide, e.g. 2007-01-03')
      .option('--to <day>', 'last recorded day to decide')
      .option('--days <count>', 'decide so many days')
      .option('--cash <dollars>', 'play dollars at the start (default: 100000)')
      .option('--json', 'one line of JSON for programs');
  spanned(
    trade.command('backtest').description('Run the agent over recorded days, with a journal of every one.'),
  )
    .option('--out <folder>', 'folder to write to (default: .lichen/backtests/<days>)')
    .option('--html', 'write the equity curve as a page, too')
    .addHelpText(
      'after',
      '\nExamples:\n  $ lichen trade backtest --from 2007-01-03 --html\n  $ lichen trade backtest --from 2008-01-02 --days 250 --json',
    )
    .action((flags: Record<string, unknown>) => run('backtest', [], flags));
  spanned(
    trade
      .command('lookahead')
      .description('Decide the same days again with the future cut off, and with another one, and compare.'),
  )
    .addHelpText('after', '\nExample:\n  $ lichen trade lookahead --from 2008-01-02 --days 250')
    .action((flags: Record<string, unknown>) => run('lookahead', [], flags));
  trade
    .command('paper')
    .description(
      'Trade on paper beside the running market: live prices, a pool of its own, nothing at stake.',
    )
    .option('--gateway <url>', 'address of a gateway (default: that of the running network)')
    .option('--state <folder>', 'state folder of the network', '.lichen')
    .option('--out <folder>', 'folder to write to (default: .lichen/paper)')
    .option('--days <count>', 'stop after so many days (default: when interrupted)')
    .option('--cash <dollars>', 'play dollars at the start (default: 100000)')
    .option('--json', 'one line of JSON for programs')
    .addHelpText('after', '\nExample:\n  $ lichen trade paper --days 20')
    .action(async ({ state, ...flags }: Record<string, unknown> & { state: string }) => {
      const gateway = flags.gateway ?? (await gatewayUrlOf(state));
      await run('paper', [], { ...flags, gateway });
    });
  trade
    .command('report')
    .description('Make every figure of a run again from its journal, and compare.')
    .argument(
      '<journal>',
      'folder of a run, or address of an agent, e.g. http://127.0.0.1:8080/v1/agents/trading',
    )
    .option('--replay <count>', 'run so many decisions again, or "all" (default: 50)')
    .option('--vkey <key>', "key of the journal, from somebody you trust (default: the run's own)")
    .option('--json', 'one line of JSON for programs')
    .addHelpText(
      'after',
      '\nEnds with 0 when every figure comes out again and nothing is wrong, with 1 otherwise.\n\nExamples:\n  $ lichen trade report .lichen/backtests/2007-01-03_2020-04-17\n  $ lichen trade report http://127.0.0.1:8080/v1/agents/trading --replay all',
    )
    .action((journal: string, flags: Record<string, unknown>) => run('report', [journal], flags));
}
