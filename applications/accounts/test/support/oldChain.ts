import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLichenClient, type LichenClient } from '@lichen/sdk';
import { createTestClient, http, parseEther } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { temporaryState, until } from '../../../flight-cover/test/support/network.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../../..');
const chainId = 31_447;

export interface OldChain {
  /** Signs with a key that has ether on this chain. */
  readonly client: LichenClient;
  stop(): Promise<void>;
}

/** A port that is free now. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await ended;
}

/** Starts anvil by the rules of Prague, which have no P-256 precompile (EIP-7951 came with Osaka). */
async function startPrague(): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const binary = ['linux-amd64', 'linux-arm64', 'darwin-arm64']
    .map((platform) => join(root, `node_modules/@foundry-rs/anvil-${platform}/bin/anvil`))
    .find(existsSync)!;
  const args = ['--hardfork', 'prague', '--block-time', '1', '--chain-id', String(chainId)];
  const child = spawn(binary, [...args, '--accounts', '0', '--port', '0', '--prune-history', '64'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  process.on('exit', () => child.kill('SIGKILL'));
  let said = '';
  child.stdout.on('data', (part) => {
    said = (said + part).slice(-4_000);
  });
  const port = await until('anvil', 30_000, async () => /Listening on [\d.]+:(\d+)/.exec(said)?.[1]);
  return { child, url: `http://127.0.0.1:${port}` };
}

/** A network on a chain that has to check passkeys in Solidity, started by `lichen up --rpc`. */
export async function startOnOldChain(): Promise<OldChain> {
  const chain = await startPrague();
  const deployerKey = generatePrivateKey();
  const owner = createTestClient({ mode: 'anvil', transport: http(chain.url) });
  const payer = privateKeyToAccount(generatePrivateKey());
  for (const address of [privateKeyToAccount(deployerKey).address, payer.address]) {
    await owner.setBalance({ address, value: parseEther('1000') });
  }
  const words = ['--state', temporaryState(), '--port', String(await freePort()), '--rpc', chain.url];
  const up = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      join(root, 'apps/cli/src/main.ts'),
      ...['up', '--json', ...words, '--chain-id', String(chainId)],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, LICHEN_DEPLOYER_KEY: deployerKey } },
  );
  let said = '';
  for (const stream of [up.stdout, up.stderr]) {
    stream.on('data', (part) => {
      said += part;
    });
  }
  const ended = new Promise<undefined>((resolve) => up.once('exit', () => resolve(undefined)));
  const ready = until('the network', 300_000, async () =>
    said.split('\n').find((text) => text.startsWith('{"ready":true')),
  );
  const line = await Promise.race([ready.catch(() => undefined), ended]);
  if (line === undefined) {
    await Promise.all([end(up, 'SIGINT'), end(chain.child, 'SIGKILL')]);
    throw new Error(said);
  }
  const { gatewayUrl } = JSON.parse(line) as { gatewayUrl: string };
  return {
    client: await createLichenClient({ gatewayUrl, account: payer }),
    async stop() {
      await end(up, 'SIGINT');
      await end(chain.child, 'SIGKILL');
    },
  };
}
