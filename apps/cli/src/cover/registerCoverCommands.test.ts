import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { registerModelCommands } from '../models/registerModelCommands.ts';
import { registerOracleCommands } from '../oracle/registerOracleCommands.ts';
import { registerCoverCommands } from './registerCoverCommands.ts';

function programOf(): Command {
  const program = new Command('lichen').exitOverride().configureOutput({ writeErr: () => undefined });
  registerCoverCommands(program);
  registerOracleCommands(program);
  registerModelCommands(program);
  return program;
}

function leavesOf(command: Command): Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leavesOf);
}

async function refusal(...words: string[]): Promise<string> {
  const error = await programOf()
    .parseAsync(words, { from: 'user' })
    .then(
      () => undefined,
      (reason: unknown) => reason,
    );
  if (!(error instanceof Error)) throw new Error('was not refused');
  return error.message;
}

describe('cover, oracle and model commands', () => {
  test('every command explains itself with an example', () => {
    const leaves = leavesOf(programOf());
    expect(leaves.length).toBeGreaterThanOrEqual(14);
    for (const leaf of leaves) {
      let shown = '';
      leaf.configureOutput({
        writeOut: (text) => {
          shown += text;
        },
      });
      leaf.outputHelp();
      expect(shown, leaf.name()).toContain('$ lichen ');
      expect(shown, leaf.name()).toContain(leaf.description().slice(0, 20));
    }
  });

  test('malformed amounts, codes and counts are refused before anything is asked', async () => {
    expect(await refusal('cover', 'quote', 'UA1545', '--payout', '2e2')).toContain('not an amount of pUSD');
    expect(await refusal('cover', 'buy', 'UA1545', '--payout', '-200')).toContain('not an amount of pUSD');
    expect(await refusal('cover', 'buy', 'UA1545', '--payout', '200', '--max-premium', '1,5')).toContain(
      'not an amount',
    );
    expect(await refusal('cover', 'buy', 'UA1545')).toContain('--payout');
    expect(await refusal('cover', 'quote', 'tomorrow')).toContain('That names no flight.');
    expect(await refusal('cover', 'flights', '--origin', 'NEWARK')).toContain('three letters');
    expect(await refusal('cover', 'flights', '--within', '0')).toContain('a whole number from 1');
    expect(await refusal('cover', 'list', '--account', 'me')).toContain('0x and 40 hex digits');
    expect(await refusal('oracle', 'dispute', '0x12')).toContain('0x and 64 hex digits');
    expect(await refusal('model', 'run', '--input', 'zero')).toContain('two hex digits a byte');
  });

  test('a gateway that does not run is named with what to do', async () => {
    const message = await refusal('cover', 'list', '--gateway', 'http://127.0.0.1:1');
    expect(message).toContain('No gateway answers at that address.');
    expect(message).toContain('lichen up');
  });
});
