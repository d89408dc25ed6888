import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LichenError } from '@lichen/protocol';
import { type Abi, encodeDeployData, type Hex } from 'viem';

/** A compiled contract as forge writes it. */
export interface Artifact {
  readonly name: string;
  readonly abi: Abi;
  readonly bytecode: Hex;
}

/**
 * Reads `<artifactsDir>/<name>.sol/<name>.json`.
 *
 * @throws LichenError `not-found` when the contracts have not been compiled.
 */
export function readArtifact(artifactsDir: string, name: string): Artifact {
  const path = join(artifactsDir, `${name}.sol`, `${name}.json`);
  try {
    const { abi, bytecode } = JSON.parse(readFileSync(path, 'utf8')) as {
      abi: Abi;
      bytecode: { object: Hex };
    };
    return { name, abi, bytecode: bytecode.object };
  } catch (error) {
    throw new LichenError('not-found', `The compiled contract ${name} is missing.`, {
      got: path,
      next: 'Compile the contracts with: npm run setup',
      retry: 'after-fix',
      cause: error,
    });
  }
}

/** Code and constructor arguments together: what CREATE2 hashes. */
export function initCodeOf(artifact: Artifact, args: readonly unknown[]): Hex {
  return encodeDeployData({ abi: artifact.abi, bytecode: artifact.bytecode, args });
}
