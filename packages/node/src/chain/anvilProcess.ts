import { spawn } from 'node:child_process';
import { LichenError } from '@lichen/protocol';
import { hiddenLoopback } from '../http/hiddenLoopback.ts';
import { createUpstream, type Upstream } from './upstream.ts';

export interface AnvilInit {
  /** Path of the anvil program. */
  readonly binary: string;
  readonly chainId: number;
  /** Unix seconds of block 0. */
  readonly genesisTimestamp: number;
  /** Rules of the chain: `osaka`, or, for tests of a chain without P-256 verification (EIP-7951), `prague`. */
  readonly hardfork?: 'osaka' | 'prague';
}

export interface AnvilProcess {
  /** The process id of anvil itself. */
  readonly pid: number;
  readonly host: string;
  readonly port: number;
  readonly upstream: Upstream;
  /** Resolves, with a sentence, when anvil has ended for whatever reason. */
  readonly exited: Promise<string>;
  kill(): Promise<void>;
}

// Anvil must not outlive us, not even when we are killed with SIGKILL and can do nothing: the shell's watcher reads
// our end of a pipe, and the kernel closes that when we die.
const guardScript = `
exec 3<&0
"$@" </dev/null 3<&- &
child=$!
echo "pid $child"
( exec >/dev/null 2>&1; read _ <&3; kill -9 $child ) &
watcher=$!
wait $child
code=$?
kill -9 $watcher 2>/dev/null
exit $code
`;

/**
 * Starts anvil without accounts and without mining of its own, on a port of its own choice that it tells us itself,
 * so that we never talk to somebody else's anvil.
 *
 * @throws LichenError `internal` when it does not start within 20 s.
 */
export async function startAnvil(init: AnvilInit): Promise<AnvilProcess> {
  const host = hiddenLoopback();
  const args = [
    '--hardfork',
    init.hardfork ?? 'osaka',
    '--no-mining',
    '--order',
    'fifo',
    '--host',
    host,
    '--port',
    '0',
  ];
  args.push('--chain-id', String(init.chainId), '--timestamp', String(init.genesisTimestamp));
  // Without pruning anvil writes every block's whole state below the home folder (4.8 GB after 12,000 empty blocks, and
  // left behind when it is killed). Blocks, receipts and logs are kept all the same; only old states are not.
  args.push('--accounts', '0', '--no-cors', '--no-request-size-limit', '--prune-history', '64');
  const child = spawn('/bin/sh', ['-c', guardScript, 'anvil-guard', init.binary, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const stdin = child.stdin!;
  stdin.on('error', () => {});
  let said = '';
  let ended = false;
  const exited = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('exit', (code, signal) => resolve(`anvil ended with ${signal ?? `code ${code}`}`));
  });
  void exited.then(() => {
    ended = true;
  });

  const found = await new Promise<{ pid: number; port: number }>((resolve, reject) => {
    const refuse = (what: string) => {
      stdin.end();
      reject(
        new LichenError('internal', 'anvil did not start.', {
          got: `${what}${said ? `: ${said.trim().slice(-300)}` : ''}`,
          expected: `${init.binary} listening on ${host}`,
          next: 'Run that program by hand with --version; reinstall the packages if it is missing.',
          retry: 'after-fix',
        }),
      );
    };
    const timer = setTimeout(() => refuse('silence for 20 s'), 20_000);
    void exited.then((what) => {
      clearTimeout(timer);
      refuse(what);
    });
    const listen = (part: Buffer) => {
      // Once it serves, its chatter (one line a request) is of no use and is let go.
      if (said === 'serving') return;
      said += part.toString();
      const pid = /^pid (\d+)$/m.exec(said);
      const port = /Listening on [\d.]+:(\d+)/.exec(said);
      if (pid === null || port === null) return;
      said = 'serving';
      clearTimeout(timer);
      resolve({ pid: Number(pid[1]), port: Number(port[1]) });
    };
    child.stdout!.on('data', listen);
    child.stderr!.on('data', listen);
  });
  const upstream = createUpstream(host, found.port);
  await upstream.demand('anvil_setLoggingEnabled', false);
  return {
    ...found,
    host,
    upstream,
    exited,
    async kill() {
      upstream.close();
      stdin.end();
      if (!ended) await exited;
    },
  };
}
