import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Address, createPublicClient, createTestClient, type Hex, http, parseEther } from 'viem';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../../..');

/** A chain that is not ours: a plain anvil with blocks of a second, behind a line that can be cut. */
export interface PlainChain {
  readonly chainId: number;
  /** Through the line. */
  readonly url: string;
  /** Ends all connections and refuses new ones, as a server that is down does. */
  cut(): Promise<void>;
  mend(): Promise<void>;
  give(address: Address, ether: string): Promise<void>;
  /** Transactions that an account has sent, seen past the line. */
  sentBy(address: Address): Promise<number>;
  codeAt(address: Address): Promise<Hex>;
  stop(): Promise<void>;
}

function startAnvil(chainId: number): Promise<{ process: ChildProcess; port: number }> {
  const folder = join(root, 'node_modules/@foundry-rs');
  const binary = ['linux-amd64', 'linux-arm64', 'darwin-arm64']
    .map((platform) => join(folder, `anvil-${platform}/bin/anvil`))
    .find(existsSync)!;
  const args = ['--hardfork', 'osaka', '--block-time', '1', '--chain-id', String(chainId), '--accounts', '0'];
  const child = spawn(binary, [...args, '--port', '0', '--prune-history', '64'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  process.on('exit', () => child.kill('SIGKILL'));
  return new Promise((resolve, reject) => {
    let said = '';
    child.once('exit', (code) => reject(new Error(`anvil ended with ${code}: ${said}`)));
    const listen = (part: Buffer) => {
      said = (said + part).slice(-4_000);
      const port = /Listening on [\d.]+:(\d+)/.exec(said);
      if (port !== null) resolve({ process: child, port: Number(port[1]) });
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
  });
}

/** Starts the chain. No account of it has money before somebody is given some. */
export async function startPlainChain(chainId: number): Promise<PlainChain> {
  const anvil = await startAnvil(chainId);
  const transport = http(`http://127.0.0.1:${anvil.port}`);
  const direct = createPublicClient({ transport });
  const owner = createTestClient({ mode: 'anvil', transport });

  const open = new Set<Socket>();
  let line: Server | undefined;
  function listen(port: number): Promise<number> {
    const server = createServer((near) => {
      const far = connect(anvil.port, '127.0.0.1');
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        open.add(from);
        from.pipe(to);
        from.on('error', () => to.destroy());
        from.on('close', () => {
          open.delete(from);
          to.destroy();
        });
      }
    });
    line = server;
    return new Promise((resolve) =>
      server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
    );
  }
  const port = await listen(0);
  async function cut(): Promise<void> {
    const server = line;
    line = undefined;
    const closed = new Promise<void>((resolve) =>
      server === undefined ? resolve() : server.close(() => resolve()),
    );
    for (const socket of open) socket.destroy();
    await closed;
  }
  return {
    chainId,
    url: `http://127.0.0.1:${port}`,
    cut,
    mend: async () => {
      await listen(port);
    },
    give: (address, ether) => owner.setBalance({ address, value: parseEther(ether) }),
    sentBy: (address) => direct.getTransactionCount({ address }),
    codeAt: async (address) => (await direct.getCode({ address })) ?? '0x',
    stop: async () => {
      await cut();
      const ended = new Promise((resolve) => anvil.process.once('exit', resolve));
      anvil.process.kill('SIGKILL');
      await ended;
    },
  };
}
