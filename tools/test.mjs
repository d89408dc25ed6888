// `npm test`: set up, then every check and test. Closes with `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureAll, environmentFor, root } from './setup.mjs';

const node = ensureAll();
const env = {
  ...environmentFor(node),
  FORGE_SNAPSHOT_CHECK: 'true',
  NODE_OPTIONS: '--disable-warning=ExperimentalWarning',
};
const results = join(root, 'test-results');
mkdirSync(results, { recursive: true });

const totals = { passed: 0, failed: 0, skipped: 0 };
const failures = [];

function step(title, command, args, count) {
  const started = Date.now();
  process.stdout.write(`\n── ${title}\n`);
  const result = spawnSync(command, args, {
    cwd: root,
    env,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.stdout.write(result.stdout ?? '');
  const ok = result.status === 0;
  const counted = count(result, ok);
  if (!ok && counted.failed === 0) counted.failed = 1;
  totals.passed += counted.passed;
  totals.failed += counted.failed;
  totals.skipped += counted.skipped;
  if (counted.failed > 0) failures.push(title);
  process.stdout.write(
    `── ${title}: ${counted.passed} passed, ${counted.failed} failed (${((Date.now() - started) / 1000).toFixed(0)} s)\n`,
  );
}

const asOne = (_result, ok) => ({ passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 });

function asForge(result, ok) {
  const line = [...(result.stdout ?? '').matchAll(/(\d+) tests? passed, (\d+) failed, (\d+) skipped/g)].at(
    -1,
  );
  if (!line) return asOne(result, false);
  return {
    passed: Number(line[1]),
    failed: Number(line[2]) + (ok || Number(line[2]) > 0 ? 0 : 1),
    skipped: Number(line[3]),
  };
}

function asVitest(file) {
  return (result) => {
    if (!existsSync(file)) return asOne(result, false);
    const report = JSON.parse(readFileSync(file, 'utf8'));
    return { passed: report.numPassedTests, failed: report.numFailedTests, skipped: report.numPendingTests };
  };
}

function vitest(project) {
  const file = join(results, `${project}.json`);
  step(
    `Tests: ${project}`,
    'vitest',
    ['run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
    asVitest(file),
  );
}

const only = process.argv[2];
const wants = (name) => only === undefined || only === name;

if (wants('check')) {
  step('Types', 'tsc', ['-p', 'tsconfig.json'], asOne);
  step('Lint and format', 'biome', ['check', '.', '--error-on-warnings'], asOne);
  step('Layers', node, ['tools/check-layers.ts'], asOne);
  step('Unused code and unlisted packages', 'knip', [], asOne);
  step('Typed ABIs are fresh', node, ['tools/generate-abi.ts', '--check'], asOne);
  step('Solidity format', 'forge', ['fmt', '--check'], asOne);
  step('Nothing that must not be committed', node, ['tools/check-hygiene.ts'], asOne);
}
if (wants('contracts')) step('Tests: contracts', 'forge', ['test'], asForge);
if (wants('unit')) vitest('unit');
if (wants('system')) vitest('system');

if (failures.length > 0) process.stdout.write(`\nFailed: ${failures.join('; ')}\n`);
process.stdout.write(
  `\n${totals.passed} passed, ${totals.failed} failed${totals.skipped > 0 ? `, ${totals.skipped} skipped` : ''}\n`,
);
process.exit(totals.failed > 0 || totals.passed === 0 ? 1 : 0);
