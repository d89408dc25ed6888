// Brings a fresh clone to the point where everything runs, and does nothing when it is there already.
// Plain JavaScript for Node >= 20.19: it runs before the pinned Node exists.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stamps = join(root, 'node_modules/.lichen');

/** Node that strips types from `.ts` without a flag. */
const wanted = [22, 18];

function isNewEnough(version) {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number);
  return major > wanted[0] || (major === wanted[0] && minor >= wanted[1]);
}

function run(title, command, args, options = {}) {
  const started = Date.now();
  process.stderr.write(`· ${title} …\n`);
  const result = spawnSync(command, args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28, ...options });
  if (result.error || result.status !== 0) {
    process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}${result.error ?? ''}\n`);
    process.stderr.write(
      `✗ ${title} failed. Mend what the lines above name, then run the same command again.\n`,
    );
    process.exit(1);
  }
  process.stderr.write(`✓ ${title} (${((Date.now() - started) / 1000).toFixed(1)} s)\n`);
  return result.stdout ?? '';
}

function filesBelow(path) {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => !['node_modules', 'dist', 'out', 'cache'].includes(entry.name))
    .flatMap((entry) => filesBelow(join(path, entry.name)))
    .sort();
}

function fingerprintOf(paths, extra = '') {
  const hash = createHash('sha256').update(extra);
  for (const file of paths.flatMap((path) => filesBelow(join(root, path)))) {
    hash.update(relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

/** Runs `make` unless the stamp says that it was made from just these inputs and `product` exists. */
function once(name, fingerprint, product, make) {
  const stamp = join(stamps, name);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint && existsSync(join(root, product)))
    return false;
  make();
  mkdirSync(stamps, { recursive: true });
  writeFileSync(stamp, fingerprint);
  return true;
}

/** Path of a Node that is new enough: this one, or the pinned one from the registry. */
export function ensureNode() {
  if (isNewEnough(process.version)) return process.execPath;
  const folder = join(root, 'tools/node');
  const binary = join(folder, 'node_modules/.bin/node');
  const isThere = () => existsSync(binary) && spawnSync(binary, ['--version']).status === 0;
  if (!isThere()) {
    run(`Bringing Node 24 (this machine has ${process.version})`, 'npm', ['ci', '--omit=dev'], {
      cwd: folder,
    });
    if (!isThere()) {
      process.stderr.write(
        `✗ No pinned Node for this platform (${process.platform} ${process.arch}). Install Node >= 22.18 and try again.\n`,
      );
      process.exit(1);
    }
  }
  return binary;
}

/** Environment in which child processes find the right Node and the workspace's commands first. */
export function environmentFor(node) {
  return {
    ...process.env,
    PATH: [dirname(node), join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter),
  };
}

export function ensureDependencies(node) {
  const fingerprint = fingerprintOf(
    ['package-lock.json', '.npmrc'],
    spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout,
  );
  once('dependencies', fingerprint, 'node_modules/viem/package.json', () => {
    run('Installing packages', 'npm', ['ci', '--no-progress'], { env: environmentFor(node) });
  });
}

export function ensureContracts(node, { force = false } = {}) {
  const fingerprint = fingerprintOf([
    'packages/contracts/src',
    'foundry.toml',
    'tools/solc.cjs',
    'package-lock.json',
  ]);
  if (force) rmSync(join(stamps, 'contracts'), { force: true });
  once('contracts', fingerprint, 'packages/contracts/out/FlightCover.sol/FlightCover.json', () => {
    run('Compiling contracts', 'forge', ['build', '--skip', 'test', '--skip', 'script'], {
      env: environmentFor(node),
    });
  });
}

export function ensureConsole(node) {
  const fingerprint = fingerprintOf([
    'apps/console',
    'packages/sdk/src',
    'packages/protocol/src',
    'packages/contracts/abi',
    'package-lock.json',
  ]);
  once('console', fingerprint, 'apps/console/dist/index.html', () => {
    run('Building the console', 'vite', ['build', 'apps/console', '--logLevel', 'warn'], {
      env: environmentFor(node),
    });
  });
}

/** Everything `npm start` needs. Returns the Node to run under. */
export function ensureAll() {
  const node = ensureNode();
  ensureDependencies(node);
  ensureContracts(node);
  ensureConsole(node);
  return node;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const node = ensureAll();
  if (process.argv.includes('--abi')) {
    run('Writing typed ABIs', node, ['tools/generate-abi.ts'], { env: environmentFor(node) });
  }
  process.stderr.write('Ready.\n');
}
