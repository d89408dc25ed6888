import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { DeployableCode } from './devChain.ts';
import { root } from './devChain.ts';

/** Packages that we are measured against. They stand outside the workspace, so that no install of ours brings them. */
export interface RivalPackages {
  /** Creation code in a hardhat artifact; `path` starts with the package's name. */
  artifact(path: string): DeployableCode;
  /** A module of a package; `path` starts with the package's name. */
  load<T>(path: string): Promise<T>;
}

/**
 * The packages of `benchmarks/rivals`, installed from its lockfile without running any of their scripts when they are
 * not there. Null, with a sentence on stderr, where the registry cannot be reached: the benchmark then prints ours alone.
 */
export function rivalPackages(): RivalPackages | null {
  const folder = join(root, 'benchmarks/rivals');
  const modules = join(folder, 'node_modules');
  const stamp = join(modules, '.lichen-lock');
  const lock = createHash('sha256')
    .update(readFileSync(join(folder, 'package-lock.json')))
    .digest('hex');
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
    process.stderr.write('· Installing what we are measured against, in benchmarks/rivals …\n');
    const { status, stderr, error } = spawnSync(
      'npm',
      ['ci', '--ignore-scripts', '--no-progress', '--fetch-retries=1', '--fetch-retry-mintimeout=1000'],
      { cwd: folder, encoding: 'utf8', timeout: 300_000 },
    );
    if (status !== 0) {
      const reason = (stderr || String(error)).trim().split('\n')[0];
      process.stderr.write(`· Rivals skipped: their packages could not be installed (${reason}).\n`);
      return null;
    }
    writeFileSync(stamp, lock);
  }
  return {
    artifact(path) {
      const { abi, bytecode } = JSON.parse(readFileSync(join(modules, path), 'utf8')) as DeployableCode;
      return { abi, bytecode };
    },
    load: <T>(path: string) => import(pathToFileURL(join(modules, path)).href) as Promise<T>,
  };
}
