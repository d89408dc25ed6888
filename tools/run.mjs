// Runs a TypeScript entry under a Node that is new enough: `node tools/run.mjs FILE.ts ARGS…`.
import { spawn } from 'node:child_process';
import { ensureAll, environmentFor } from './setup.mjs';

/** Runs the entry to its end and leaves with its exit code. Ctrl-C reaches the child by the terminal; we wait for it. */
export function runUnderNode(entry, args) {
  const node = ensureAll();
  const child = spawn(node, ['--disable-warning=ExperimentalWarning', entry, ...args], {
    stdio: 'inherit',
    env: environmentFor(node),
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
}

if (process.argv[1]?.endsWith('run.mjs')) {
  const [entry, ...args] = process.argv.slice(2);
  if (entry === undefined) {
    process.stderr.write('usage: node tools/run.mjs FILE.ts [ARGS…]\n');
    process.exit(2);
  }
  runUnderNode(entry, args);
}
