import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { LichenError } from '@lichen/protocol';
import type { Hex } from 'viem';

const require = createRequire(import.meta.url);

function pathIn(packageName: string, find: () => string): string {
  try {
    return find();
  } catch (error) {
    throw new LichenError('not-found', `The package ${packageName} is not installed.`, {
      next: 'Install the packages with: npm run setup',
      retry: 'after-fix',
      cause: error,
    });
  }
}

/** Folder of the bundler's own code. It is licensed under the GPL: run as a program of its own, never imported. */
function altoFolder(): string {
  return pathIn('@pimlico/alto', () => dirname(require.resolve('@pimlico/alto')));
}

/**
 * The bundler's program, to be run by Node.
 * @throws LichenError `not-found`
 */
export function altoProgram(): string {
  return join(altoFolder(), 'cli/alto.js');
}

/**
 * Creation code of the two contracts that the bundler simulates operations with. It would put them on the chain itself,
 * with two more for other entry points, one block after the other; we do it beside our own.
 * @throws LichenError `not-found`
 */
export function simulationCode(name: 'PimlicoSimulations' | 'EntryPointSimulations08'): Hex {
  const folder = name === 'PimlicoSimulations' ? 'PimlicoSimulations.sol' : 'EntryPointSimulations.sol';
  const path = join(altoFolder(), 'contracts', folder, `${name}.json`);
  const text = pathIn('@pimlico/alto', () => readFileSync(path, 'utf8'));
  return (JSON.parse(text) as { bytecode: { object: Hex } }).bytecode.object;
}

/**
 * Creation code of EntryPoint 0.8 as its authors compiled it.
 * @throws LichenError `not-found`
 */
export function entryPointCode(): Hex {
  const text = pathIn('@account-abstraction/contracts', () =>
    readFileSync(require.resolve('@account-abstraction/contracts/artifacts/EntryPoint.json'), 'utf8'),
  );
  return (JSON.parse(text) as { bytecode: Hex }).bytecode;
}
