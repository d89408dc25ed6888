#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { registerAccountCommands } from './accounts/registerAccountCommands.ts';
import { registerMandateCommands } from './accounts/registerMandateCommands.ts';
import { registerAgentCommands } from './agents/registerAgentCommands.ts';
import { registerAuditCommand } from './audit/registerAuditCommand.ts';
import { registerCoverCommands } from './cover/registerCoverCommands.ts';
import { registerJournalCommands } from './journal/registerJournalCommands.ts';
import { registerModelCommands } from './models/registerModelCommands.ts';
import { registerNetworkCommands } from './network/registerNetworkCommands.ts';
import { registerOracleCommands } from './oracle/registerOracleCommands.ts';
import { registerProcessCommand } from './process/registerProcessCommand.ts';
import { printError } from './support/output.ts';
import { registerTradingCommands } from './trading/registerTradingCommands.ts';

const program = new Command('lichen')
  .description('Let AI act with money and data, and stay accountable.')
  .showHelpAfterError('(lichen --help lists the commands)')
  .configureHelp({ sortSubcommands: false });

registerNetworkCommands(program);
registerAccountCommands(program);
registerMandateCommands(program);
registerCoverCommands(program);
registerOracleCommands(program);
registerModelCommands(program);
registerJournalCommands(program);
registerAgentCommands(program);
registerTradingCommands(program);
registerAuditCommand(program);
registerProcessCommand(program);

/** Commander ends the process by itself; thrown instead, so that output still on its way is written. */
function throwInsteadOfExit(command: Command): void {
  command.exitOverride();
  for (const child of command.commands) throwInsteadOfExit(child);
}
throwInsteadOfExit(program);

// A reader that stops reading (`lichen cover flights | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode =
    error instanceof CommanderError ? error.exitCode : printError(process.argv.includes('--json'), error);
}
