import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ExternalChain, type Network, refuseKnownKey, startNetwork } from '@lichen/node';
import { LichenError } from '@lichen/protocol';
import { modelFiles } from '../support/modelFiles.ts';
import { anvilBinary, repository } from '../support/repository.ts';
import { networkSummary } from './summary.ts';

export interface UpOptions {
  readonly stateFolder: string;
  readonly json: boolean;
  readonly speed?: number;
  readonly from?: number;
  readonly port?: number;
  readonly rpc?: string;
  readonly chainId?: number;
}

function externalChainOf(options: UpOptions): ExternalChain | undefined {
  if (options.rpc === undefined) return undefined;
  const key = process.env.LICHEN_DEPLOYER_KEY ?? '';
  if (key === '' || options.chainId === undefined) {
    throw new LichenError('bad-input', 'A chain of your own needs its id and a key that pays.', {
      got: key === '' ? 'no LICHEN_DEPLOYER_KEY in the environment' : 'no --chain-id',
      next: 'Run: LICHEN_DEPLOYER_KEY=0x… lichen up --rpc URL --chain-id N',
      retry: 'after-fix',
    });
  }
  refuseKnownKey(key);
  return { rpcUrl: options.rpc, chainId: options.chainId, deployerKey: key };
}

/** Starts a network in the foreground and resolves when it has been stopped by a signal. */
export async function upCommand(options: UpOptions): Promise<void> {
  const started = Date.now();
  const say = (text: string) => {
    process.stdout.write(options.json ? `${JSON.stringify({ progress: text })}\n` : `${text}\n`);
  };
  // Signals count from the first moment: a Ctrl-C during the start must not leave children behind.
  let stop: (() => void) | undefined;
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop?.());

  const externalChain = externalChainOf(options);
  const starting = startNetwork({
    stateFolder: options.stateFolder,
    argvOf: (role) => [
      process.execPath,
      '--disable-warning=ExperimentalWarning',
      repository.entry,
      'process',
      role,
    ],
    env: process.env,
    anvilBinary: externalChain === undefined ? anvilBinary() : '',
    artifactsDir: repository.artifactsDir,
    dataDir: repository.dataDir,
    ...(existsSync(join(repository.consoleDir, 'index.html')) ? { consoleDir: repository.consoleDir } : {}),
    model: modelFiles(),
    ...(options.port === undefined ? {} : { port: options.port }),
    ...(options.speed === undefined ? {} : { speed: options.speed }),
    ...(options.from === undefined ? {} : { from: options.from }),
    ...(externalChain === undefined ? {} : { externalChain }),
    onProgress: (text) => say(`· ${text}`),
    onEvent: (text) => {
      process.stdout.write(options.json ? `${JSON.stringify({ event: text })}\n` : `! ${text}\n`);
    },
  });
  const network: Network | undefined = await Promise.race([starting, stopped.then(() => undefined)]);
  if (network === undefined) {
    say('Stopping …');
    await (await starting.catch(() => undefined))?.stop();
    return;
  }
  const { gatewayUrl, rpcUrl, chainId, addresses, world } = network;
  if (options.json) {
    const line = {
      ready: true,
      gatewayUrl,
      rpcUrl,
      chainId,
      addresses,
      world,
      stateFolder: options.stateFolder,
    };
    process.stdout.write(`${JSON.stringify(line)}\n`);
  } else {
    process.stdout.write(`${networkSummary(network, options.stateFolder, Date.now() - started)}\n`);
  }
  await stopped;
  say('Stopping …');
  await network.stop();
  say('Stopped. Everything is kept; `lichen up` goes on from here.');
}
