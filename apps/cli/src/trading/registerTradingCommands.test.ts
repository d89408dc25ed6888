import { Command } from 'commander';
import { expect, test } from 'vitest';
import { argumentsOf, registerTradingCommands } from './registerTradingCommands.ts';

test('flags reach the application as they were given', () => {
  expect(argumentsOf({ from: '2008-01-02', days: '20', html: true, json: undefined })).toEqual([
    '--from',
    '2008-01-02',
    '--days',
    '20',
    '--html',
  ]);
  expect(argumentsOf({ someFlag: 'a value; with $(words)' })).toEqual([
    '--some-flag',
    'a value; with $(words)',
  ]);
  expect(argumentsOf({})).toEqual([]);
});

test('every command has an example', () => {
  const program = new Command();
  registerTradingCommands(program);
  const [trade] = program.commands;
  expect(trade!.commands.map((command) => command.name())).toEqual([
    'backtest',
    'lookahead',
    'paper',
    'report',
  ]);
  for (const command of trade!.commands) {
    let help = '';
    command.configureOutput({ writeOut: (text) => (help += text) });
    command.outputHelp();
    expect(help, command.name()).toMatch(/\$ lichen trade /);
  }
});
