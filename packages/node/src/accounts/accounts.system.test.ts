import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { type Address, type Hex, parseEther } from 'viem';
import { entryPoint08Abi, entryPoint08Address } from 'viem/account-abstraction';
import { generatePrivateKey } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rpc, until } from '../chain/testSupport.fixture.ts';
import { deployAccounts } from '../deploy/deployAccounts.ts';
import { deployEntryPoint } from '../deploy/deployEntryPoint.ts';
import { bundlerTarget, jsonRpcForward } from '../gateway/jsonRpcForward.ts';
import { freePorts } from '../network/freePorts.ts';
import { type Supervisor, startSupervisor } from '../supervisor/startSupervisor.ts';
import {
  addressOf,
  artifactsDir,
  sendFrom,
  startTestChain,
  type TestChain,
} from './accountsNetwork.fixture.ts';
import {
  act,
  bundled,
  clientOf,
  dollars,
  executeSingle,
  handleOps,
  hashOf,
  newAccount,
  type Place,
  prepare,
  signed,
  sponsored,
  type TestAccount,
  useMandate,
} from './operations.fixture.ts';
import { type AccountsInit, embeddedTerms, startAccounts } from './startAccounts.ts';

const program = join(import.meta.dirname, '../../../../apps/cli/src/main.ts');
const receiver: Address = '0x00000000000000000000000000000000000000aa';
const [bundlerKey, sponsorKey] = [generatePrivateKey(), generatePrivateKey()];
let chain: TestChain;
let supervisor: Supervisor;
let place: Place;
let account: TestAccount;
const events: string[] = [];

beforeAll(async () => {
  chain = await startTestChain(31_342);
  mkdirSync(join(chain.folder, 'logs'));
  supervisor = startSupervisor({
    runFile: join(chain.folder, 'run.json'),
    logsFolder: join(chain.folder, 'logs'),
    facts: {
      stateFolder: chain.folder,
      chainId: chain.chainId,
      consoleUrl: null,
      rpcUrl: null,
      controlToken: '',
    },
    firstPauseMs: 20,
    onEvent: (text) => events.push(text),
  });
  const [bundlerPort, sponsorPort] = await freePorts(2);
  await sendFrom(chain.rpcUrl, chain.deployerKey, { to: addressOf(bundlerKey), value: parseEther('100') });
  const init: AccountsInit = {
    stateFolder: chain.folder,
    rpcUrl: chain.rpcUrl,
    chainId: chain.chainId,
    artifactsDir,
    terms: { ...embeddedTerms, quota: { perAccount: 6, perDay: 1_000 } },
    deployerKey: chain.deployerKey,
    payerKey: chain.payerKey,
    bundlerKey,
    sponsorKey,
    bundlerPort: bundlerPort!,
    sponsorPort: sponsorPort!,
    launch: (name, role, message) =>
      supervisor.launch({
        name,
        argv: [process.execPath, '--disable-warning=ExperimentalWarning', program, 'process', role],
        // A stranger's collector and a stranger's settings, as they may lie about in somebody's shell.
        env: {
          ...process.env,
          SENTRY_DSN: 'https://key@sentry.invalid/1',
          OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector.invalid',
          ALTO_REDIS_ENDPOINT: 'redis://redis.invalid',
          ALTO_ENABLE_DEBUG_ENDPOINTS: 'true',
        },
        message,
        readyTimeoutMs: 120_000,
      }),
  };
  const { addresses, bundlerUrl, sponsorUrl, ready } = await startAccounts(init);
  await ready;
  place = {
    rpcUrl: chain.rpcUrl,
    chainId: chain.chainId,
    addresses: { ...addresses, playDollar: chain.playDollar },
    bundlerUrl,
    sponsorUrl,
  };
  account = await newAccount(place);
});
afterAll(async () => {
  await supervisor?.stop();
  await chain?.chain.stop();
});

const roleOf = (name: string) => supervisor.processes().find((process) => process.name === name)!;

/** Process id of the bundler itself, the only child of its role. */
function altoPid(): number {
  const { pid } = roleOf('bundler');
  const listed = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const child = listed
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .find(([, parent]) => parent === pid);
  return child![0]!;
}

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** Waits until the bundler has come back `restarts` times and answers. */
const bundlerIsBack = (restarts: number) =>
  until(`restart ${restarts} of the bundler`, async () => {
    const { state, restarts: done } = roleOf('bundler');
    if (state !== 'running' || done < restarts) return undefined;
    return rpc(place.bundlerUrl, 'eth_supportedEntryPoints');
  });

const transfer = (amount: bigint) => executeSingle(dollars(place, 'transfer', receiver, amount));

function connects(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2_000 }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
    socket.once('timeout', () => resolve(false));
  });
}

/** Local addresses, as the kernel writes them, of the sockets on which a process listens; Linux only. */
function listeningSockets(pid: number): string[] {
  const inodes = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((descriptor) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${descriptor}`))?.[1] ?? [];
      } catch {
        return [];
      }
    }),
  );
  return ['tcp', 'tcp6'].flatMap((family) =>
    readFileSync(`/proc/${pid}/net/${family}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === '0A' && inodes.has(fields[9]!))
      .map((fields) => fields[1]!),
  );
}

test('the EntryPoint is the one that everybody knows', async () => {
  const code = await clientOf(place).getCode({ address: entryPoint08Address });
  expect(code?.length).toBeGreaterThan(40_000);
  expect(await rpc(place.bundlerUrl, 'eth_supportedEntryPoints')).toEqual([entryPoint08Address]);
});

describe('the bundler’s process', () => {
  test('listens on one loopback address and nowhere else', async () => {
    const { hostname, port } = new URL(place.bundlerUrl);
    expect(hostname).toMatch(/^127\./);
    const outer = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal, family }) => !internal && family === 'IPv4');
    for (const { address } of outer) expect(await connects(address, Number(port)), address).toBe(false);
    if (!existsSync('/proc/self/net/tcp')) return;
    const hexPort = Number(port).toString(16).toUpperCase().padStart(4, '0');
    // The kernel writes an IPv4 address as a little-endian number.
    const hexHost = hostname
      .split('.')
      .map((part) => Number(part).toString(16).toUpperCase().padStart(2, '0'))
      .reverse()
      .join('');
    expect(listeningSockets(altoPid())).toEqual([`${hexHost}:${hexPort}`]);
  });

  test('knows its key, and neither shows it nor knows anything of our environment', () => {
    if (!existsSync('/proc/self/environ')) return;
    const pid = altoPid();
    for (const process of [pid, roleOf('bundler').pid!])
      expect(readFileSync(`/proc/${process}/cmdline`, 'utf8')).not.toContain(bundlerKey.slice(2));
    const names = readFileSync(`/proc/${pid}/environ`, 'utf8')
      .split('\0')
      .map((entry) => entry.split('=')[0]!)
      .filter((name) => name !== '' && !name.startsWith('NODE_CHANNEL'));
    expect(names.sort()).toEqual([
      'ALTO_EXECUTOR_PRIVATE_KEYS',
      'ALTO_RPC_URL',
      'ALTO_UTILITY_PRIVATE_KEY',
      'DOTENV_CONFIG_PATH',
      'NODE_ENV',
    ]);
  });

  test('has no administration', async () => {
    for (const method of [
      'debug_bundler_clearState',
      'debug_bundler_dumpMempool',
      'pimlico_sendUserOperationNow',
    ])
      await expect(rpc(place.bundlerUrl, method, entryPoint08Address)).rejects.toThrow();
  });
});

describe('sponsored operations', () => {
  test('one touch: the first act of an account that is not there yet', async () => {
    const callData = useMandate(place, account.terms, [dollars(place, 'transfer', receiver, 1_000n)]);
    expect(await act(place, account, { isBirth: true, byAgent: true, callData })).toMatchObject({
      success: true,
    });
  });

  test('by passkey, and by an agent', async () => {
    expect(await act(place, account, { callData: transfer(2_000n) })).toMatchObject({ success: true });
    const callData = useMandate(place, account.terms, [dollars(place, 'transfer', receiver, 3_000n)]);
    expect(await act(place, account, { byAgent: true, callData })).toMatchObject({ success: true });
  });

  test('gas can be estimated with the stub and a signature of the right shape', async () => {
    const operation = await sponsored(place, await prepare(place, account, { callData: transfer(1n) }));
    const stub = await signed(place, account, operation);
    const estimate = await rpc<Record<string, Hex>>(
      place.bundlerUrl,
      'eth_estimateUserOperationGas',
      Object.fromEntries(
        Object.entries(stub).map(([name, value]) => [
          name,
          typeof value === 'bigint' ? `0x${value.toString(16)}` : value,
        ]),
      ),
      entryPoint08Address,
    );
    const gas = {
      callGasLimit: BigInt(estimate.callGasLimit!),
      verificationGasLimit: BigInt(estimate.verificationGasLimit!),
      preVerificationGas: BigInt(estimate.preVerificationGas!),
    };
    expect(gas.verificationGasLimit).toBeLessThan(200_000n);
    const { paymaster: _, paymasterData: __, ...bare } = operation;
    const priced = await sponsored(place, { ...bare, ...gas });
    expect(await bundled(place, await signed(place, account, priced))).toMatchObject({ success: true });
  });
});

describe('when a process is killed with SIGKILL', () => {
  test('the bundler: its role ends with it, and operations go on', async () => {
    const [role, alto] = [roleOf('bundler').pid!, altoPid()];
    process.kill(alto, 'SIGKILL');
    await until('the end of the role', async () => (isAlive(role) ? undefined : true));
    await bundlerIsBack(1);
    expect(altoPid()).not.toBe(alto);
    expect(await act(place, account, { callData: transfer(1n) })).toMatchObject({ success: true });
    expect(events.some((text) => text.startsWith('bundler is back'))).toBe(true);
  });

  test('the role: the bundler ends with it, and operations go on', async () => {
    const [role, alto] = [roleOf('bundler').pid!, altoPid()];
    process.kill(role, 'SIGKILL');
    await until('the end of the bundler', async () => (isAlive(alto) ? undefined : true));
    await bundlerIsBack(2);
    expect(await act(place, account, { callData: transfer(1n) })).toMatchObject({ success: true });
  });

  test('the sponsor: it comes back and has forgotten nothing', async () => {
    const { pid } = roleOf('sponsor');
    process.kill(pid!, 'SIGKILL');
    await until('the sponsor’s return', async () => {
      const { state, restarts } = roleOf('sponsor');
      return state === 'running' && restarts === 1 ? true : undefined;
    });
    // Six operations of this account were sponsored by now; the seventh is not.
    await expect(act(place, account, { callData: transfer(1n) })).rejects.toMatchObject({
      data: { error: 'sponsor-exhausted', quota: 'account', refillsAt: expect.any(Number) },
    });
  });
});

describe('without sponsor and bundler', () => {
  /** The account's wei: in its hands, and with the EntryPoint, which keeps what an operation did not use. */
  async function wealth(): Promise<bigint> {
    const { address } = account;
    const args = [address] as const;
    const client = clientOf(place);
    const kept = await client.readContract({
      address: entryPoint08Address,
      abi: entryPoint08Abi,
      functionName: 'balanceOf',
      args,
    });
    return kept + (await client.getBalance({ address }));
  }

  /** The account pays the EntryPoint from its own ether. */
  async function selfPaid(amount: bigint) {
    const operation = await prepare(place, account, { callData: transfer(amount) });
    return signed(place, account, operation);
  }

  test('an account whose quota is spent pays for itself, through the bundler', async () => {
    await sendFrom(chain.rpcUrl, chain.deployerKey, { to: account.address, value: parseEther('1') });
    expect(await bundled(place, await selfPaid(1n))).toMatchObject({ success: true });
  });

  test('anybody can bring an operation to the EntryPoint while the bundler is dead', async () => {
    const { restarts } = roleOf('bundler');
    // Stopped, not killed: a dead one would be back too soon to look at.
    const [role, alto] = [roleOf('bundler').pid!, altoPid()];
    process.kill(role, 'SIGSTOP');
    process.kill(alto, 'SIGKILL');
    try {
      await until('silence', async () =>
        rpc(place.bundlerUrl, 'eth_chainId').then(
          () => undefined,
          () => true,
        ),
      );
      const call = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] });
      const told = await jsonRpcForward(bundlerTarget(place.bundlerUrl), call);
      expect(await told.json()).toMatchObject({ error: { data: { error: 'bundler-unreachable' } } });

      const operation = await selfPaid(7n);
      const helper = chain.payerKey;
      const data = handleOps(operation, addressOf(helper));
      const before = await wealth();
      expect(await sendFrom(chain.rpcUrl, helper, { to: entryPoint08Address, data })).toMatchObject({
        status: 'success',
      });
      expect(await wealth()).toBeLessThan(before);
      const [log] = await clientOf(place).getContractEvents({
        address: entryPoint08Address,
        abi: entryPoint08Abi,
        eventName: 'UserOperationEvent',
        args: { userOpHash: hashOf(place, operation) },
        fromBlock: 0n,
      });
      expect(log).toMatchObject({ args: { success: true } });
    } finally {
      process.kill(role, 'SIGCONT');
      await bundlerIsBack(restarts + 1);
    }
  });

  test('an agent cannot make the account pay: its operations need the sponsor', async () => {
    const callData = useMandate(place, account.terms, [dollars(place, 'transfer', receiver, 1n)]);
    const operation = await prepare(place, account, { byAgent: true, callData });
    await expect(bundled(place, await signed(place, account, operation, true))).rejects.toThrow(/AA23/);
    const data = handleOps(await signed(place, account, operation, true), receiver);
    expect(await sendFrom(chain.rpcUrl, chain.payerKey, { to: entryPoint08Address, data })).toMatchObject({
      status: 'reverted',
    });
  });

  test('the factory has its stake and the sponsor its deposit, and a second start changes neither', async () => {
    const info = (address: Address) =>
      clientOf(place).readContract({
        address: entryPoint08Address,
        abi: entryPoint08Abi,
        functionName: 'getDepositInfo',
        args: [address],
      });
    expect(await info(place.addresses.accountFactory)).toMatchObject({
      staked: true,
      stake: parseEther('1'),
      unstakeDelaySec: 86_400,
    });
    expect((await info(place.addresses.sponsor)).deposit).toBeGreaterThan(parseEther('90'));
    const count = () => clientOf(place).getTransactionCount({ address: addressOf(chain.payerKey) });
    const before = await count();
    await deployEntryPoint(chain.rpcUrl, chain.payerKey);
    const again = await deployAccounts({
      rpcUrl: chain.rpcUrl,
      artifactsDir,
      payerKey: chain.payerKey,
      owner: addressOf(chain.deployerKey),
      signer: addressOf(sponsorKey),
      minRecoveryDelay: embeddedTerms.minRecoveryDelay,
      sponsorDeposit: embeddedTerms.sponsorDeposit,
      factoryStake: embeddedTerms.stake,
    });
    expect({ ...again, playDollar: chain.playDollar }).toEqual(place.addresses);
    expect(await count()).toBe(before);
  });
});
