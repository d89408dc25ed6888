import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { readRunFile } from './runFile.ts';
import { type Supervisor, startSupervisor } from './startSupervisor.ts';

const folder = mkdtempSync(join(tmpdir(), 'lichen-supervisor-'));
const running: Supervisor[] = [];
afterEach(async () => {
  for (const supervisor of running.splice(0)) await supervisor.stop();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
function supervise(options: { stopTimeoutMs?: number } = {}) {
  const runFile = join(folder, `run-${count++}.json`);
  const events: string[] = [];
  const facts = { stateFolder: folder, chainId: 1, consoleUrl: null, rpcUrl: null, controlToken: 'secret' };
  const logsFolder = join(folder, 'logs');
  const supervisor = startSupervisor({
    runFile,
    logsFolder,
    facts,
    firstPauseMs: 20,
    onEvent: (text) => events.push(text),
    ...options,
  });
  running.push(supervisor);
  return { supervisor, runFile, events };
}

/** A real child script in a file of its own. */
function script(text: string): readonly [string, ...string[]] {
  const path = join(folder, `child-${count++}.mjs`);
  writeFileSync(path, text);
  return [process.execPath, path];
}
const serveAsChildPath = JSON.stringify(join(import.meta.dirname, 'serveAsChild.ts'));
const orderly = `
  import { serveAsChild, tellSupervisor } from ${serveAsChildPath};
  serveAsChild(async (init) => {
    tellSupervisor({ event: 'started with ' + init.word });
    const timer = setInterval(() => {}, 1000);
    return { url: 'http://127.0.0.1:' + init.port, stop: async () => clearInterval(timer) };
  });`;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let attempt = 0; !holds(); attempt += 1) {
    if (attempt > 1_000) throw new Error(`Gave up waiting for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('startSupervisor', () => {
  test('starts a child with its message, tells what runs, and ends it', async () => {
    const { supervisor, runFile, events } = supervise();
    const ready = await supervisor.launch({
      name: 'one',
      argv: script(orderly),
      message: { word: 'hello', port: 4242 },
    });
    expect(ready).toMatchObject({ ready: true, url: 'http://127.0.0.1:4242' });
    expect(events).toEqual(['one: started with hello']);
    const run = readRunFile(runFile)!;
    expect(run).toMatchObject({ pid: process.pid, controlToken: 'secret' });
    expect(run.processes).toMatchObject([
      { name: 'one', state: 'running', restarts: 0, url: 'http://127.0.0.1:4242' },
    ]);
    expect(statSync(runFile).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(folder, 'logs/one.log'), 'utf8')).toContain('started with hello');
    const { pid } = supervisor.processes()[0]!;
    await supervisor.stop();
    expect(isAlive(pid!)).toBe(false);
    expect(readRunFile(runFile)).toBeUndefined();
  });

  test('starts a killed child again with the same message, and counts', async () => {
    const { supervisor, runFile, events } = supervise();
    await supervisor.launch({ name: 'phoenix', argv: script(orderly), message: { word: 'again', port: 1 } });
    for (let round = 1; round <= 2; round += 1) {
      const { pid } = supervisor.processes()[0]!;
      process.kill(pid!, 'SIGKILL');
      await until('a restart', () => {
        const [status] = supervisor.processes();
        return status!.restarts === round && status!.state === 'running';
      });
      expect(supervisor.processes()[0]!.pid).not.toBe(pid);
    }
    await until('the news', () => events.filter((text) => text.startsWith('phoenix is back')).length === 2);
    expect(events.filter((text) => text === 'phoenix ended (SIGKILL).')).toHaveLength(2);
    expect(events.filter((text) => text === 'phoenix: started with again')).toHaveLength(3);
    expect(readRunFile(runFile)!.events.map(({ text }) => text)).toEqual(events);
  });

  test('hands on the reason of a child that cannot start', async () => {
    const { supervisor } = supervise();
    const argv = script(`
      import { serveAsChild } from ${serveAsChildPath};
      import { LichenError } from ${JSON.stringify(join(import.meta.dirname, '../../../protocol/src/index.ts'))};
      serveAsChild(async () => { throw new LichenError('port-in-use', 'Port 1 is in use.', { next: 'Choose another.' }); });`);
    await expect(supervisor.launch({ name: 'blocked', argv, message: {} })).rejects.toMatchObject({
      code: 'port-in-use',
      next: 'Choose another.',
    });
    await expect(supervisor.launch({ name: 'mute', argv: script('process.exit(3)') })).rejects.toMatchObject({
      code: 'internal',
      got: 'code 3',
    });
    await expect(supervisor.launch({ name: 'absent', argv: ['/nowhere/at/all'] })).rejects.toMatchObject({
      code: 'internal',
    });
    await expect(
      supervisor.launch({ name: 'slow', argv: script('setInterval(() => {}, 1000)'), readyTimeoutMs: 50 }),
    ).rejects.toMatchObject({ code: 'timeout' });
  });

  test('kills a child that does not end by itself', async () => {
    const { supervisor } = supervise({ stopTimeoutMs: 100 });
    const argv = script(
      `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('{"ready":true}');`,
    );
    await supervisor.launch({ name: 'stubborn', argv });
    const { pid } = supervisor.processes()[0]!;
    await supervisor.stop();
    expect(isAlive(pid!)).toBe(false);
  });

  test('children end when their supervisor is killed with SIGKILL', async () => {
    const path = JSON.stringify(join(import.meta.dirname, 'startSupervisor.ts'));
    const [, child] = script(orderly);
    const [program, parent] = script(`
      import { startSupervisor } from ${path};
      const supervisor = startSupervisor({ runFile: ${JSON.stringify(join(folder, 'orphan.json'))}, logsFolder: ${JSON.stringify(join(folder, 'logs'))},
        facts: { stateFolder: '', chainId: 1, consoleUrl: null, rpcUrl: null, controlToken: '' } });
      await supervisor.launch({ name: 'orphan', argv: [process.execPath, ${JSON.stringify(child)}], message: { word: '', port: 1 } });
      console.log(supervisor.processes()[0].pid);`);
    const dying = spawn(program, [parent!], { stdio: ['ignore', 'pipe', 'inherit'] });
    const pid = await new Promise<number>((resolve) =>
      dying.stdout.on('data', (data) => resolve(Number(data))),
    );
    expect(isAlive(pid)).toBe(true);
    dying.kill('SIGKILL');
    await until('the end of the orphan', () => !isAlive(pid));
  });
});
