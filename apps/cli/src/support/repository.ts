import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LichenError } from '@lichen/protocol';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../../..');

/** Files of this installation that the network needs. */
export const repository = {
  artifactsDir: join(root, 'packages/contracts/out'),
  dataDir: join(root, 'applications/flight-cover/data'),
  modelDir: join(root, 'applications/flight-cover/data/model'),
  consoleDir: join(root, 'apps/console/dist'),
  entry: join(root, 'apps/cli/src/main.ts'),
  tradingAgent: join(root, 'applications/trading-agent/src/main.ts'),
  pricesDir: join(root, 'applications/trading-agent/data'),
} as const;

/**
 * The anvil program that came with the packages of this platform.
 *
 * @throws LichenError `not-found` where there is none.
 */
export function anvilBinary(): string {
  const name = `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;
  const path = join(root, `node_modules/@foundry-rs/anvil-${name}/bin/anvil`);
  if (existsSync(path)) return path;
  throw new LichenError('not-found', 'There is no anvil for this platform.', {
    got: path,
    expected: 'Linux on x64 or arm64, or macOS on arm64, with the packages installed',
    next: 'Install the packages with: npm run setup. Elsewhere, use a chain of your own with: lichen up --rpc URL',
    retry: 'after-fix',
  });
}
