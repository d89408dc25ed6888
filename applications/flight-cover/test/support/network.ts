import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLichenClient, getNetwork, type LichenClient } from '@lichen/sdk';
import { privateKeyToAccount } from 'viem/accounts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../../..');
const command = join(root, 'apps/cli/src/main.ts');

export interface RunningNetwork {
  readonly gatewayUrl: string;
  readonly stateDir: string;
  /** Signs with the network's development account. */
  readonly client: LichenClient;
  /** Runs `lichen ARGS --json` against this network. */
  lichen(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }>;
  /** Process ids by name, as the supervisor knows them now. */
  processIds(): Promise<Map<string, number>>;
  /** Ends all as Ctrl-C would; the state stays. */
  stop(): Promise<void>;
  /** kill -9 of the supervisor and of every process at once. */
  killAll(): Promise<void>;
}

export interface NetworkOptions {
  readonly stateDir?: string;
  readonly speed?: number;
  /** Recorded date at which the world starts, `2013-12-05T12:00`. */
  readonly from?: string;
  /** Reporters (1 to 5) that are told to break the rules, and how. */
  readonly misbehave?: Readonly<Record<number, 'equivocate' | 'wrong-model'>>;
  /** Runs the market and the trading agent too, which most tests do not need. */
  readonly trading?: { readonly daySeconds: number; readonly misbehave?: string };
}

/** A directory that disappears with the test process. */
export function temporaryState(): string {
  const directory = mkdtempSync(join(tmpdir(), 'lichen-'));
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

function lichenProcess(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', command, ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Polls until `probe` gives something other than undefined. */
export async function until<T>(
  what: string,
  timeoutMs: number,
  probe: () => Promise<T | undefined>,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown;
  while (Date.now() < deadline) {
    try {
      const found = await probe();
      if (found !== undefined) return found;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(
    `Gave up waiting for ${what} after ${timeoutMs} ms${last === undefined ? '' : `: ${last}`}`,
  );
}

/** A port that is free now, of those that the system gives out: the usual one may be wanted by another network here. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** Starts `lichen up` as a user would, on free ports, and waits until it says that it is ready. */
export async function startNetwork(options: NetworkOptions = {}): Promise<RunningNetwork> {
  const stateDir = options.stateDir ?? temporaryState();
  const args = ['up', '--json', '--state', stateDir, '--speed', String(options.speed ?? 240)];
  args.push('--port', String(await freePort()));
  if (options.from !== undefined) args.push('--from', options.from);
  const { trading } = options;
  if (trading === undefined) args.push('--no-agents');
  else args.push('--trading-day', String(trading.daySeconds));
  if (trading?.misbehave !== undefined) args.push('--misbehave-agent', trading.misbehave);
  for (const [reporter, manner] of Object.entries(options.misbehave ?? {})) {
    args.push('--misbehave', `${reporter}=${manner}`);
  }
  const child = lichenProcess(args);
  let stdout = '';
  let stderr = '';
  child.stdout!.on('data', (chunk) => (stdout += chunk));
  child.stderr!.on('data', (chunk) => (stderr += chunk));
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));

  const ready = until('the network', 180_000, async () => {
    for (const line of stdout.split('\n')) {
      if (!line.startsWith('{')) continue;
      const value = JSON.parse(line) as { ready?: boolean; gatewayUrl?: string };
      if (value.ready === true && value.gatewayUrl !== undefined) return value.gatewayUrl;
    }
    return undefined;
  });
  // A start that failed is known at once: nothing is waited for then.
  const gatewayUrl = await Promise.race([ready.catch(() => undefined), exited.then(() => undefined)]);
  if (gatewayUrl === undefined) {
    child.kill('SIGKILL');
    throw new Error(`lichen up did not start (exit code ${child.exitCode}):\n${stderr}`);
  }

  const config = (await (await fetch(`${gatewayUrl}/config.json`)).json()) as {
    developmentAccount: { privateKey: `0x${string}` };
  };
  const client = await createLichenClient({
    gatewayUrl,
    account: privateKeyToAccount(config.developmentAccount.privateKey),
  });

  const processIds = async (): Promise<Map<string, number>> => {
    const network = await getNetwork(client);
    return new Map(
      network.processes.flatMap((process) =>
        process.pid === undefined || process.pid === null ? [] : [[process.name, process.pid] as const],
      ),
    );
  };

  return {
    gatewayUrl,
    stateDir,
    client,
    processIds,
    lichen(...words) {
      const run = lichenProcess([...words, '--state', stateDir, '--json']);
      const result = { code: 0, stdout: '', stderr: '' };
      run.stdout!.on('data', (chunk) => (result.stdout += chunk));
      run.stderr!.on('data', (chunk) => (result.stderr += chunk));
      return new Promise((resolve) => run.once('close', (code) => resolve({ ...result, code: code ?? 1 })));
    },
    async stop() {
      if (child.exitCode === null) child.kill('SIGINT');
      await exited;
    },
    async killAll() {
      const run = JSON.parse(readFileSync(join(stateDir, 'run.json'), 'utf8')) as {
        processes?: { pid?: number }[];
      };
      child.kill('SIGKILL');
      for (const { pid } of run.processes ?? []) {
        if (pid !== undefined) {
          try {
            process.kill(pid, 'SIGKILL');
          } catch {
            // It has gone already: that is what we want.
          }
        }
      }
      await exited;
    },
  };
}

/** Chromium's path where one is installed, else undefined. */
export function chromiumPath(): string | undefined {
  return ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
    existsSync(path),
  );
}
