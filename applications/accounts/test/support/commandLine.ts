import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'vitest';
import { temporaryState } from '../../../flight-cover/test/support/network.ts';

const root = join(import.meta.dirname, '../../../..');
const entry = join(root, 'apps/cli/src/main.ts');

/** A person, or an agent, at a command line of their own: one state folder, one network. */
export interface CommandLine {
  readonly stateDir: string;
  /** Runs `lichen WORDS --json` and returns its document. Fails the test when the command fails. */
  run<T = Record<string, unknown>>(...words: string[]): Promise<T>;
  /** Runs a command that must be refused, and returns the error as JSON. */
  refusal(...words: string[]): Promise<{ error: string; message: string; got?: string; next?: string }>;
  /** Runs without --json, as a person would, and returns what the screen shows. */
  screen(...words: string[]): Promise<string>;
}

interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function lichen(words: readonly string[], environment: Record<string, string>): Promise<Finished> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', entry, ...words], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  const result = { code: 1, stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (result.stdout += chunk));
  child.stderr.on('data', (chunk) => (result.stderr += chunk));
  return new Promise((resolve) => child.once('close', (code) => resolve({ ...result, code: code ?? 1 })));
}

const folders = temporaryState();
let people = 0;

/** Sits somebody down at a command line that knows the network by its gateway only. */
export function commandLine(gatewayUrl: string, environment: Record<string, string> = {}): CommandLine {
  const stateDir = join(folders, `person-${++people}`);
  const where = ['--gateway', gatewayUrl, '--state', stateDir];
  return {
    stateDir,
    async run<T>(...words: string[]) {
      const { code, stdout, stderr } = await lichen([...words, ...where, '--json'], environment);
      expect(`${code} ${stderr}`, words.join(' ')).toBe('0 ');
      return JSON.parse(stdout) as T;
    },
    async refusal(...words) {
      const { code, stdout, stderr } = await lichen([...words, ...where, '--json'], environment);
      expect(`${code} ${stdout}`, words.join(' ')).toBe('1 ');
      return JSON.parse(stderr) as { error: string; message: string };
    },
    async screen(...words) {
      const { code, stdout, stderr } = await lichen([...words, ...where], environment);
      expect(`${code} ${stderr}`, words.join(' ')).toBe('0 ');
      return stdout;
    },
  };
}
