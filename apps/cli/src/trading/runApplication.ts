import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { repository } from '../support/repository.ts';

/** The trading agent is an application: nobody imports it, it is run as a program of its own. */
const main = join(repository.entry, '../../../../applications/trading-agent/src/main.ts');

/** Signals that end a command and that its program has to hear of. */
const ends = ['SIGINT', 'SIGTERM'] as const;

/** Runs the trading agent's program with these arguments, its output being ours; resolves with its exit code. */
export function runTradingApplication(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [main, ...args], { stdio: 'inherit' });
  const pass = (signal: NodeJS.Signals) => child.kill(signal);
  for (const signal of ends) process.on(signal, pass);
  return new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(signal === null ? (code ?? 1) : 1));
  }).finally(() => {
    for (const signal of ends) process.off(signal, pass);
  });
}
