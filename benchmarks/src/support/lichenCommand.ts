import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './devChain.ts';

/** The command line in a process of its own, as a user starts it. What it says is to be read, where `stdio` names nothing else. */
export function lichenCommand(
  words: readonly string[],
  stdio: StdioOptions = ['ignore', 'pipe', 'pipe'],
): ChildProcess {
  return spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(root, 'apps/cli/src/main.ts'), ...words],
    { cwd: root, stdio },
  );
}

/** Runs a command to its end and reads the JSON that it prints. @throws when it ends with another code than 0 */
export async function lichenJson(words: readonly string[]): Promise<unknown> {
  const child = lichenCommand([...words, '--json']);
  let [text, errors] = ['', ''];
  child.stdout?.on('data', (piece) => (text += piece));
  child.stderr?.on('data', (piece) => (errors += piece));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`lichen ${words.join(' ')} ended with ${code}: ${errors}${text}`);
  return JSON.parse(text);
}
