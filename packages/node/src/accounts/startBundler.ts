import { type ChildProcess, spawn } from 'node:child_process';
import { devNull } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { LichenError } from '@lichen/protocol';
import type { Address, Hex } from 'viem';
import { entryPoint08Address } from 'viem/account-abstraction';
import { altoProgram } from './bundlerFiles.ts';
import { bundlerMethods } from './bundlerMethods.ts';

export interface BundlerInit {
  readonly rpcUrl: string;
  /** Loopback address to listen on. */
  readonly host: string;
  readonly port: number;
  /** Signs and pays for the bundles; the sponsor or the account pays it back. */
  readonly executorKey: Hex;
  /** Contracts that operations are simulated with. */
  readonly simulations: { readonly pimlico: Address; readonly entryPoint: Address };
  /** Milliseconds between blocks; 1000 when absent. */
  readonly blockIntervalMs?: number;
  /** Told when the bundler has ended by itself. The owner of the process should end it. */
  readonly onFatal: (error: LichenError) => void;
}

export interface Bundler {
  readonly url: string;
  /** Process id of the bundler itself. */
  readonly pid: number;
  stop(): Promise<void>;
}

const startTimeoutMs = 90_000;
const stopTimeoutMs = 3_000;

function argumentsOf(init: BundlerInit): string[] {
  const options: Record<string, string | number | boolean> = {
    entrypoints: entryPoint08Address,
    port: init.port,
    'rpc-methods': bundlerMethods.join(','),
    'block-time': init.blockIntervalMs ?? 1_000,
    'min-bundle-interval': 20,
    'max-bundle-interval': 100,
    // Rules of ERC-7562 are checked by our own tests: its tracer fails on EntryPoint 0.8.
    'safe-mode': false,
    'deploy-simulations-contract': false,
    'pimlico-simulation-contract': init.simulations.pimlico,
    'entrypoint-simulation-contract-v8': init.simulations.entryPoint,
    'refilling-wallets': false,
    'utility-wallet-monitor': false,
    // One transaction may use 2^24 gas (EIP-7825).
    'max-gas-per-user-op': '8000000',
    'max-gas-per-bundle': '14000000',
    json: true,
    'log-level': 'warn',
  };
  return Object.entries(options).map(([name, value]) => `--${name}=${value}`);
}

function spawnAlto(init: BundlerInit): ChildProcess {
  const preload = new URL('./bundlerPreload.ts', import.meta.url);
  preload.searchParams.set('host', init.host);
  return spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', `--import=${preload}`, altoProgram(), ...argumentsOf(init)],
    {
      // Its own words go where ours go that are no messages to the supervisor.
      stdio: ['ignore', 2, 2, 'ipc'],
      // Nothing of our environment: a DSN, an endpoint or a .env file there would make it speak to others. Keys go this
      // way because everybody on the machine can read a program's arguments.
      env: {
        NODE_ENV: 'production',
        DOTENV_CONFIG_PATH: devNull,
        ALTO_RPC_URL: init.rpcUrl,
        ALTO_EXECUTOR_PRIVATE_KEYS: init.executorKey,
        ALTO_UTILITY_PRIVATE_KEY: init.executorKey,
      },
    },
  );
}

async function supportedEntryPoints(url: string): Promise<readonly Address[]> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_supportedEntryPoints', params: [] }),
    signal: AbortSignal.timeout(5_000),
  });
  return ((await response.json()) as { result: readonly Address[] }).result;
}

/**
 * Runs the bundler as a program of its own, on one loopback address, and resolves when it answers for our entry point.
 *
 * @throws LichenError `not-found` without the package, `internal` when it ends at once, `timeout`
 */
export async function startBundler(init: BundlerInit): Promise<Bundler> {
  const url = `http://${init.host}:${init.port}`;
  const child = spawnAlto(init);
  let phase: 'starting' | 'running' | 'stopping' = 'starting';
  let ended: string | undefined;
  const exited = new Promise<void>((resolve) => {
    const end = (how: string) => {
      ended ??= how;
      resolve();
      if (phase === 'running') init.onFatal(failed(`it ended with ${how}`));
    };
    child.once('error', (error) => end(error.message));
    child.once('exit', (code, signal) => end(signal ?? `code ${code}`));
  });
  async function stop(): Promise<void> {
    phase = 'stopping';
    if (ended !== undefined) return;
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
    await exited;
    clearTimeout(timer);
  }

  const deadline = Date.now() + startTimeoutMs;
  for (;;) {
    if (ended !== undefined) throw failed(`it ended with ${ended}`);
    const supported = await supportedEntryPoints(url).catch(() => undefined);
    if (supported?.includes(entryPoint08Address)) break;
    if (supported !== undefined || Date.now() > deadline) {
      await stop();
      if (supported !== undefined) throw failed(`another program answers at ${url}`);
      throw new LichenError('timeout', 'The bundler did not become ready.', {
        got: `no answer at ${url} for ${startTimeoutMs / 1000} s`,
        next: 'Read the log of the process for the reason.',
        retry: 'later',
      });
    }
    await sleep(100);
  }
  phase = 'running';
  return { url, pid: child.pid!, stop };
}

function failed(got: string): LichenError {
  return new LichenError('internal', 'The bundler does not run.', {
    got,
    next: 'It is started again; until then, accounts can pay for their operations themselves.',
    retry: 'later',
  });
}
