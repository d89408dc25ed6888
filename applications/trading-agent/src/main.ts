#!/usr/bin/env node
import { serveAsChild, tellSupervisor } from '@lichen/node';
import { LichenError } from '@lichen/protocol';
import { backtestCommand } from './commands/backtest.ts';
import { lookaheadCommand } from './commands/lookahead.ts';
import { type CommandOutput, createOutput, printError } from './commands/output.ts';
import { paperCommand } from './commands/paper.ts';
import { type Flags, readFlags } from './commands/readFlags.ts';
import { reportCommand } from './commands/report.ts';
import type { TradingInit } from './serve/serveInit.ts';
import { startTrading } from './serve/startTrading.ts';

interface Mode {
  readonly run: (flags: Flags, output: CommandOutput) => Promise<void>;
  readonly text: readonly string[];
  readonly plain: readonly string[];
}

const spanFlags = ['from', 'to', 'days', 'cash'];
const modes: Readonly<Record<string, Mode>> = {
  backtest: { run: backtestCommand, text: [...spanFlags, 'out', 'rules', 'model'], plain: ['html', 'json'] },
  lookahead: { run: lookaheadCommand, text: spanFlags, plain: ['json'] },
  paper: { run: paperCommand, text: ['gateway', 'out', 'days', 'cash', 'rules', 'model'], plain: ['json'] },
  report: { run: reportCommand, text: ['replay', 'vkey'], plain: ['json'] },
};

const [name = '', ...args] = process.argv.slice(2);
if (name === 'serve') {
  serveAsChild<TradingInit>((init) =>
    startTrading(init, {
      log: (line) => {
        process.stdout.write(`${line}\n`);
        if (line.startsWith('MISBEHAVING')) tellSupervisor({ event: line });
      },
    }),
  );
} else {
  const asJson = args.includes('--json');
  try {
    const mode = Object.hasOwn(modes, name) ? modes[name] : undefined;
    if (mode === undefined) {
      throw new LichenError('bad-input', 'The trading agent has no such mode.', {
        got: name.slice(0, 40),
        expected: `serve, ${Object.keys(modes).join(', ')}`,
        next: 'See: lichen trade --help',
        retry: 'after-fix',
      });
    }
    await mode.run(readFlags(args, mode), createOutput(asJson));
  } catch (error) {
    printError(asJson, error);
  }
}
