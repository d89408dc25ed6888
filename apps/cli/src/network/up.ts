import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type AgentProgram, type Misbehaviour, type Network, startNetwork } from '@lichen/node';
import { modelFiles } from '../support/modelFiles.ts';
import { anvilBinary, repository } from '../support/repository.ts';
import { childEnvironment } from './childEnvironment.ts';
import { externalChainOf } from './externalChainOf.ts';
import { readLiveSources } from './readLiveSources.ts';
import { networkSummary } from './summary.ts';

export interface UpOptions {
  readonly stateFolder: string;
  readonly json: boolean;
  readonly speed?: number;
  readonly from?: number;
  readonly port?: number;
  readonly rpc?: string;
  readonly chainId?: number;
  /** Path of a sources file. */
  readonly sources?: string;
  /** Reporters that are told to break the rules. */
  readonly misbehave?: ReadonlyMap<number, Misbehaviour>;
  /** Whether the market and the trading agent run. */
  readonly agents: boolean;
  /** How the trading agent is told to break its word. */
  readonly misbehaveAgent?: string;
  /** Milliseconds of a recorded trading day. */
  readonly tradingDay?: number;
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

  const externalChain = externalChainOf(options, process.env);
  const liveSources = options.sources === undefined ? undefined : readLiveSources(options.sources);
  const starting = startNetwork({
    stateFolder: options.stateFolder,
    argvOf: (role) => [
      process.execPath,
      '--disable-warning=ExperimentalWarning',
      repository.entry,
      'process',
      role,
    ],
    env: childEnvironment(process.env),
    anvilBinary: externalChain === undefined ? anvilBinary() : '',
    artifactsDir: repository.artifactsDir,
    dataDir: repository.dataDir,
    ...(existsSync(join(repository.consoleDir, 'index.html')) ? { consoleDir: repository.consoleDir } : {}),
    model: modelFiles(),
    ...(options.port === undefined ? {} : { port: options.port }),
    ...(options.speed === undefined ? {} : { speed: options.speed }),
    ...(options.from === undefined ? {} : { from: options.from }),
    ...(externalChain === undefined ? {} : { externalChain }),
    ...(liveSources === undefined ? {} : { liveSources }),
    ...(options.misbehave === undefined ? {} : { misbehave: options.misbehave }),
    ...(options.agents ? { tradingAgent: tradingProgram(options) } : {}),
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
  const { gatewayUrl, rpcUrl, chainId, addresses, world, label, live, misbehave } = network;
  if (options.json) {
    const line = {
      ready: true,
      gatewayUrl,
      rpcUrl,
      chainId,
      addresses,
      world,
      label,
      live,
      misbehave: Object.fromEntries(misbehave),
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

/** The trading agent as a program: applications are run, never imported. */
function tradingProgram({ misbehaveAgent, tradingDay }: UpOptions): AgentProgram {
  const flags = ['--disable-warning=ExperimentalWarning'];
  return {
    argv: [process.execPath, ...flags, repository.tradingAgent, 'serve'],
    dataDir: repository.pricesDir,
    ...(tradingDay === undefined ? {} : { dayMs: tradingDay * 1_000 }),
    ...(misbehaveAgent === undefined ? {} : { misbehave: misbehaveAgent }),
  };
}
