// `npm test`: set up, then every check and test. Closes with `N passed, N failed`.
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureAll, environmentFor, root } from './setup.mjs';

const node = ensureAll();
const env = {
  ...environmentFor(node),
  FORGE_SNAPSHOT_CHECK: 'true',
  NODE_OPTIONS: '--disable-warning=ExperimentalWarning',
  // Some twenty networks of fourteen processes each load the same modules: compiled once for all of them.
  NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/lichen-compile'),
};
const results = join(root, 'test-results');
mkdirSync(results, { recursive: true });

const totals = { passed: 0, failed: 0, skipped: 0 };
const failures = [];

/**
 * Runs a command to its end. Its output is shown as it comes where `live`, else printed in one piece at the end, so that
 * what runs beside it stays readable.
 */
function run(command, args, live) {
  return new Promise((resolve) => {
    let stdout = '';
    const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout.on('data', (chunk) => {
      if (live) process.stdout.write(chunk);
      else stdout += chunk;
    });
    child.once('error', (error) => resolve({ status: null, stdout: `${stdout}${error}\n` }));
    child.once('close', (status) => resolve({ status, stdout }));
  });
}

async function step(title, command, args, count, live = false) {
  const started = Date.now();
  process.stdout.write(`· ${title} …\n`);
  const result = await run(command, args, live);
  process.stdout.write(`\n── ${title}\n${result.stdout}`);
  const ok = result.status === 0;
  const counted = count(result, ok);
  if (!ok && counted.failed === 0) counted.failed = 1;
  totals.passed += counted.passed;
  totals.failed += counted.failed;
  totals.skipped += counted.skipped;
  if (counted.failed > 0) failures.push(title);
  process.stdout.write(
    `── ${title}: ${counted.passed} passed, ${counted.failed} failed (${((Date.now() - started) / 1000).toFixed(0)} s)\n\n`,
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

async function vitest(project) {
  const file = join(results, `${project}.json`);
  rmSync(file, { force: true });
  await step(
    `Tests: ${project}`,
    'vitest',
    ['run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
    asVitest(file),
    true,
  );
}

const only = process.argv[2];
const wants = (name) => only === undefined || only === name;

if (wants('check')) {
  await step('Types', 'tsc', ['-p', 'tsconfig.json'], asOne);
  await step('Lint and format', 'biome', ['check', '.', '--error-on-warnings'], asOne);
  await step('Layers', node, ['tools/check-layers.ts'], asOne);
  await step('Unused code and unlisted packages', 'knip', [], asOne);
  await step('Typed ABIs are fresh', node, ['tools/generate-abi.ts', '--check'], asOne);
  await step('Solidity format', 'forge', ['fmt', '--check'], asOne);
  await step('Nothing that must not be committed', node, ['tools/check-hygiene.ts'], asOne);
}
// The compiler keeps one core busy for minutes, the system tests mostly wait for the world: side by side they fit two
// cores. It has an output folder of its own, since the system tests deploy from the other one meanwhile.
const forgeFolders = [
  '--out',
  'packages/contracts/cache/test-out',
  '--cache-path',
  'packages/contracts/cache/test',
];
/** What the set-up has compiled need not be compiled again: forge finds it in the folders of the tests, too. */
function seedForgeFolders() {
  const [, out, , cache] = forgeFolders;
  const built = join(root, 'packages/contracts/cache/solidity-files-cache.json');
  if (!existsSync(built)) return;
  rmSync(join(root, out), { recursive: true, force: true });
  cpSync(join(root, 'packages/contracts/out'), join(root, out), { recursive: true });
  mkdirSync(join(root, cache), { recursive: true });
  writeFileSync(
    join(root, cache, 'solidity-files-cache.json'),
    readFileSync(built, 'utf8').replaceAll('"packages/contracts/out', `"${out}`),
  );
}
if (wants('contracts')) seedForgeFolders();
const contracts = wants('contracts')
  ? step('Tests: contracts', 'forge', ['test', ...forgeFolders], asForge)
  : undefined;
if (wants('unit')) await vitest('unit');
if (wants('system')) await vitest('system');
// A landing has fifteen minutes on two cores, and these take ten of their own; everybody else runs them.
if (only === 'drill' || (only === undefined && process.env.CI !== 'true')) await vitest('drill');
else if (only === undefined)
  process.stdout.write('· Tests: drill: left out of CI’s fifteen minutes; run `npm test -- drill`.\n\n');
await contracts;

if (failures.length > 0) process.stdout.write(`\nFailed: ${failures.join('; ')}\n`);
process.stdout.write(
  `\n${totals.passed} passed, ${totals.failed} failed${totals.skipped > 0 ? `, ${totals.skipped} skipped` : ''}\n`,
);
process.exit(totals.failed > 0 || totals.passed === 0 ? 1 : 0);
