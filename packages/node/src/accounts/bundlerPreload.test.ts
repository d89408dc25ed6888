import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'lichen-preload-'));
const started: ChildProcess[] = [];
afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});
const preload = `${pathToFileURL(join(import.meta.dirname, 'bundlerPreload.ts'))}?host=127.0.0.1`;
let count = 0;

function runWith(script: string, parent = false): ChildProcess {
  const path = join(folder, `script-${count++}.mjs`);
  writeFileSync(path, script);
  const args = parent ? [path] : ['--disable-warning=ExperimentalWarning', `--import=${preload}`, path];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: {},
  });
  started.push(child);
  return child;
}

const firstLine = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => child.stdout!.once('data', (data) => resolve(String(data).trim())));

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

/** Addresses of this machine that others can reach; none inside some sandboxes. */
const outerAddresses = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .filter(({ internal, family }) => !internal && family === 'IPv4')
  .map(({ address }) => address);

describe('bundlerPreload', () => {
  test.each([
    ['the options of a framework', `{ port: 0, host: '0.0.0.0' }, say`],
    ['a bare port', '0, say'],
    ['a port and a host', `0, '0.0.0.0', say`],
    ['a port as text and a backlog', `'0', '::', 16, say`],
  ])('a server that asks for every address by %s gets one', async (_, args) => {
    const child = runWith(`
      import { createServer } from 'node:http';
      const say = () => console.log(JSON.stringify(server.address()));
      const server = createServer().listen(${args});`);
    const { address, port } = JSON.parse(await firstLine(child)) as { address: string; port: number };
    expect(address).toBe('127.0.0.1');
    expect(await connects('127.0.0.1', port)).toBe(true);
    for (const outer of outerAddresses) expect(await connects(outer, port), outer).toBe(false);
  });

  test('a socket file is refused', async () => {
    const child = runWith(`
      import { createServer } from 'node:net';
      try { createServer().listen({ path: ${JSON.stringify(join(folder, 'socket'))} }); console.log('listening'); }
      catch (error) { console.log(error.message); }`);
    expect(await firstLine(child)).toBe('Only a TCP port may be listened on here.');
  });

  test('ends with its parent, also when that one is killed with SIGKILL', async () => {
    const inner = join(folder, 'inner.mjs');
    writeFileSync(inner, 'setInterval(() => {}, 1000); console.log(process.pid);');
    const parent = runWith(
      `import { spawn } from 'node:child_process';
       const child = spawn(process.execPath, ['--import=${preload}', ${JSON.stringify(inner)}], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
       setInterval(() => {}, 1000);`,
      true,
    );
    const pid = Number(await firstLine(parent));
    const isAlive = () => {
      try {
        process.kill(pid, 0);
        return true;
      } catch {
        return false;
      }
    };
    expect(isAlive()).toBe(true);
    parent.kill('SIGKILL');
    await expect.poll(isAlive, { timeout: 30_000 }).toBe(false);
  });
});
