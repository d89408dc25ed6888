import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isLichenError } from '@lichen/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AuditFlags, openJournalFolder, openSource, readJournalUrl } from './openSource.ts';

const folder = mkdtempSync(join(tmpdir(), 'lichen-audit-source-'));
let server: Server;
let url: string;
beforeAll(async () => {
  mkdirSync(join(folder, 'own/log'), { recursive: true });
  mkdirSync(join(folder, 'own/blobs/ab'), { recursive: true });
  writeFileSync(join(folder, 'own/log/checkpoint'), 'own');
  writeFileSync(join(folder, 'own/blobs/ab', 'ab'.repeat(32)), 'blob');
  mkdirSync(join(folder, 'copy/blob'), { recursive: true });
  writeFileSync(join(folder, 'copy/checkpoint'), 'copy');
  writeFileSync(join(folder, 'copy/blob', 'ab'.repeat(32)), 'blob');
  server = createServer((request, response) => {
    if (request.url === '/log/checkpoint') response.end('served');
    else if (request.url === '/log/broken') response.writeHead(500).end();
    else if (request.url === '/log/away') response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end();
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/log`;
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

const textOf = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString();
const codeOf = async (work: Promise<unknown>) => {
  try {
    await work;
    return 'nothing';
  } catch (error) {
    return isLichenError(error) ? error.code : String(error);
  }
};

describe('files of a journal', () => {
  test.each(['own', 'copy'])('in a folder: %s', async (name) => {
    const read = openJournalFolder(join(folder, name));
    expect(textOf(await read('checkpoint'))).toBe(name);
    expect(textOf(await read(`blob/${'ab'.repeat(32)}`))).toBe('blob');
    expect(await read(`blob/${'cd'.repeat(32)}`)).toBeUndefined();
    expect(await read('tile/0/000')).toBeUndefined();
  });

  test('behind a web server: what is not there is undefined, what fails throws, nothing is followed elsewhere', async () => {
    const read = readJournalUrl(url);
    expect(textOf(await read('checkpoint'))).toBe('served');
    expect(await read('tile/0/000')).toBeUndefined();
    expect(await codeOf(read('broken'))).toBe('source-unavailable');
    expect(await codeOf(read('away'))).toBe('source-unavailable');
  });

  test('no folder', () => {
    expect(() => openJournalFolder(join(folder, 'nothing'))).toThrow(/no folder of a journal/);
  });
});

describe('what is needed', () => {
  const nobody = async () => {
    throw new Error('no network');
  };
  const address = `0x${'aa'.repeat(20)}`;
  const all: AuditFlags = {
    journal: join(folder, 'own'),
    vkey: 'some key',
    agent: address,
    account: address,
    rpc: 'http://127.0.0.1:9',
    executor: address,
  };

  test('all of it, without a network', async () => {
    const { source } = await openSource(undefined, { ...all, fromBlock: '12' }, nobody);
    expect(source).toMatchObject({ vkey: 'some key', fromBlock: 12n });
    expect(source.anchor).toBeUndefined();
  });

  test.each(['vkey', 'agent', 'account', 'rpc', 'executor'] as const)(
    'says that --%s is missing',
    async (name) => {
      const { [name]: _, ...rest } = all;
      await expect(openSource(undefined, rest, nobody)).rejects.toThrow(`no --${name}`);
    },
  );

  test.each([
    [undefined, {}],
    [undefined, { ...all, fromBlock: '-1' }],
    [undefined, { ...all, agent: 'nobody' }],
    [undefined, { ...all, rpc: 'nowhere' }],
  ])('refuses what makes no sense (%#)', async (name, flags) => {
    expect(await codeOf(openSource(name, flags, nobody))).toBe('bad-input');
  });

  test('a trust policy that is not there', async () => {
    expect(await codeOf(openSource(undefined, { ...all, policy: join(folder, 'none') }, nobody))).toBe(
      'not-found',
    );
  });
});
