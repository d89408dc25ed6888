import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { registerAccountCommands } from './registerAccountCommands.ts';
import { registerMandateCommands } from './registerMandateCommands.ts';

const agent = '0xAb8483F64d9C6d1EcF9b849Ae677dD3315835cb2';
const nowhere = ['--gateway', 'http://127.0.0.1:1'];

function programOf(): Command {
  const program = new Command('lichen').exitOverride().configureOutput({ writeErr: () => undefined });
  registerAccountCommands(program);
  registerMandateCommands(program);
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

const grant = (change: Record<string, string> = {}) => [
  'mandate',
  'grant',
  ...Object.entries({
    '--agent': agent,
    '--contract': 'flightCover',
    '--function': 'buy(…)',
    '--per-call': '50',
    '--per-period': '200',
    ...change,
  }).flat(),
  ...nowhere,
];

describe('account and mandate commands', () => {
  test('every command explains itself with an example', () => {
    const leaves = leavesOf(programOf());
    expect(leaves.length).toBeGreaterThanOrEqual(23);
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

  test('what is malformed is refused before anything is asked', async () => {
    expect(await refusal(...grant({ '--agent': 'my agent' }))).toContain('0x and 40 hex digits');
    // A mistyped letter breaks the checksum of an address.
    expect(await refusal(...grant({ '--agent': agent.replace('Ab84', 'aB84') }))).toContain('not an account');
    expect(await refusal(...grant({ '--per-call': '5e3' }))).toContain('not an amount of pUSD');
    expect(await refusal(...grant({ '--period': '1 day' }))).toContain('--period is not usable.');
    expect(await refusal(...grant({ '--expires': '0d' }))).toContain('--expires is not usable.');
    expect(await refusal(...grant({ '--calls': '256' }))).toContain('a whole number from 1 to 255');
    expect(await refusal(...grant({ '--label': 'x'.repeat(65) }))).toContain('at most 64 bytes');
    expect(await refusal(...grant({ '--label': 'Bank \u202e' }))).toContain('plain text');
    expect(await refusal('mandate', 'grant', '--agent', agent, ...nowhere)).toContain('--contract');
    expect(await refusal('account', 'devices', 'remove', '64', ...nowhere)).toContain('from 0 to 63');
    expect(await refusal('account', 'guardians', 'set', agent, ...nowhere)).toContain('--threshold');
  });

  test('a gateway that does not run is named with what to do', async () => {
    for (const words of [['account', 'create'], ['mandate', 'list'], grant().slice(0, -2)]) {
      expect(await refusal(...words, ...nowhere)).toContain('lichen up');
    }
  });
});
