import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { concat, createPublicClient, type Hex, hexToBytes, http, sha256, slice, stringToBytes } from 'viem';
import { afterAll, describe, expect, test } from 'vitest';
import type { LichenClient } from '../client/createLichenClient.ts';
import { hasPasskeyPrecompile } from './hasPasskeyPrecompile.ts';

const servers: (() => void)[] = [];
afterAll(() => {
  for (const close of servers) close();
});

/** A chain that answers each call as `answer` does with its bytes; undefined closes the connection. */
async function chainThat(
  answer: (data: Hex) => Promise<Hex | undefined>,
): Promise<{ client: LichenClient; asked: Hex[] }> {
  const asked: Hex[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', async () => {
      const { id, params } = JSON.parse(body) as { id: unknown; params: [{ to: Hex; data: Hex }] };
      expect(params[0].to).toBe('0x0000000000000000000000000000000000000100');
      asked.push(params[0].data);
      const result = await answer(params[0].data);
      if (result === undefined) return request.socket.destroy();
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const chain = createPublicClient({ transport: http(url, { retryCount: 0 }) });
  return { client: { chain } as unknown as LichenClient, asked };
}

/** P256VERIFY of EIP-7951 for the hash of "lichen", by an independent implementation. */
async function verifies(data: Hex): Promise<Hex> {
  const message = stringToBytes('lichen');
  const key = await crypto.subtle.importKey(
    'raw',
    hexToBytes(concat(['0x04', slice(data, 96, 160)])) as BufferSource,
    { name: 'ECDSA', namedCurve: 'P-256' },
    false,
    ['verify'],
  );
  const holds = await crypto.subtle.verify(
    { name: 'ECDSA', hash: 'SHA-256' },
    key,
    hexToBytes(slice(data, 32, 96)) as BufferSource,
    message as BufferSource,
  );
  return holds && slice(data, 0, 32) === sha256(message) ? `0x${'00'.repeat(31)}01` : '0x';
}

describe('hasPasskeyPrecompile', () => {
  test('a chain with the precompile is known by a signature that holds, and asked once', async () => {
    const { client, asked } = await chainThat(verifies);
    expect(await hasPasskeyPrecompile(client)).toBe(true);
    expect(await hasPasskeyPrecompile(client)).toBe(true);
    expect(asked.length).toBe(1);
  });

  test('an address without code answers nothing', async () => {
    const { client } = await chainThat(async () => '0x');
    expect(await hasPasskeyPrecompile(client)).toBe(false);
  });

  test('a chain that could not be reached is asked again', async () => {
    let up = false;
    const { client } = await chainThat(async (data) => (up ? verifies(data) : undefined));
    await expect(hasPasskeyPrecompile(client)).rejects.toMatchObject({ code: 'chain-unreachable' });
    up = true;
    expect(await hasPasskeyPrecompile(client)).toBe(true);
  });
});
