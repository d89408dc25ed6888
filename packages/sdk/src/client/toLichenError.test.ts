import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LichenError } from '@lichen/protocol';
import {
  type AbiParameter,
  createPublicClient,
  encodeAbiParameters,
  type Hex,
  http,
  toFunctionSelector,
} from 'viem';
import { afterAll, describe, expect, test } from 'vitest';
import { contractErrorItems } from './contractErrors.ts';
import { revertMeanings } from './revertMeanings.ts';
import { toLichenError } from './toLichenError.ts';

/** A plausible value of each type that custom errors use; 12.5 pUSD where it is an amount. */
function sampleOf(parameter: AbiParameter): unknown {
  if (parameter.type === 'address') return '0x00000000000000000000000000000000000000AA';
  if (parameter.type === 'bool') return true;
  if (parameter.type === 'string') return 'text';
  if (parameter.type === 'bytes') return '0x';
  const bytes = /^bytes(\d+)$/.exec(parameter.type);
  if (bytes !== null) return `0x${'11'.repeat(Number(bytes[1]))}`;
  const bits = Number(/^u?int(\d+)$/.exec(parameter.type)?.[1] ?? 0);
  if (bits === 0) throw new Error(`no sample for ${parameter.type}`);
  if (bits <= 16) return 7;
  return bits <= 48 ? 12_500_000 : 12_500_000n;
}

function revertDataOf(name: string, inputs: readonly AbiParameter[]): Hex {
  const selector = toFunctionSelector({
    type: 'function',
    name,
    inputs,
    outputs: [],
    stateMutability: 'view',
  });
  return `${selector}${encodeAbiParameters(inputs, inputs.map(sampleOf)).slice(2)}`;
}

const servers: (() => void)[] = [];
afterAll(() => {
  for (const close of servers) close();
});

/** A real HTTP server that answers every JSON-RPC request in one way. */
async function serve(answer: (id: unknown) => string | undefined, status = 200): Promise<string> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const text = answer((JSON.parse(body) as { id: unknown }).id);
      if (text === undefined) return;
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function callFailure(url: string, timeout = 5_000): Promise<LichenError> {
  const client = createPublicClient({ transport: http(url, { timeout, retryCount: 0 }) });
  const error = await client
    .call({ to: '0x00000000000000000000000000000000000000AA', data: '0x12345678' })
    .then(
      () => undefined,
      (reason: unknown) => reason,
    );
  if (error === undefined) throw new Error('the call did not fail');
  return toLichenError(error);
}

function revertAnswer(id: unknown, data: Hex): string {
  return JSON.stringify({ jsonrpc: '2.0', id, error: { code: 3, message: 'execution reverted', data } });
}

describe('toLichenError', () => {
  test('the contracts declare errors, and every one of them has a meaning', () => {
    expect(contractErrorItems.length).toBeGreaterThan(20);
    const missing = contractErrorItems
      .map((item) => item.name)
      .filter((name) => revertMeanings[name] === undefined);
    expect(missing).toEqual([]);
  });

  test('no meaning is left over from an error that no contract declares', () => {
    const declared = new Set(contractErrorItems.map((item) => item.name));
    expect(
      Object.keys(revertMeanings).filter((name) => !declared.has(name) && !['Error', 'Panic'].includes(name)),
    ).toEqual([]);
  });

  test('the text of every custom error', () => {
    for (const { name, inputs } of contractErrorItems.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const error = toLichenError(Object.assign(new Error('reverted'), { data: revertDataOf(name, inputs) }));
      expect(`[${error.code}, retry ${error.retry}] ${error.message}`).toMatchSnapshot(name);
    }
  });

  test('a revert decoded from a real JSON-RPC answer', async () => {
    const { name, inputs } = contractErrorItems.find((item) => item.name === 'CoverPriceMoved')!;
    const data = revertDataOf(name, inputs);
    const url = await serve((id) => revertAnswer(id, data));
    const error = await callFailure(url);
    expect(error.code).toBe('price-moved');
    expect(error.cause).toBeDefined();
  });

  test('revert data that no contract of ours declares is shown, not guessed', async () => {
    const url = await serve((id) => revertAnswer(id, '0xdeadbeef'));
    const error = await callFailure(url);
    expect(error.code).toBe('transaction-failed');
    expect(error.message).toContain('0xdeadbeef');
  });

  test('a chain that nobody runs', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const error = await callFailure(`http://127.0.0.1:${port}`);
    expect(error.message.replaceAll(String(port), 'PORT')).toMatchSnapshot();
    expect([error.code, error.retry]).toEqual(['chain-unreachable', 'later']);
  });

  test('a chain that does not answer', async () => {
    const error = await callFailure(await serve(() => undefined), 50);
    expect(error.message).toMatchSnapshot();
    expect([error.code, error.retry]).toEqual(['timeout', 'later']);
  });

  test('a proxy that refuses', async () => {
    const error = await callFailure(await serve(() => '{}', 502));
    expect(error.code).toBe('chain-unreachable');
  });

  test('a LichenError comes back unchanged', () => {
    const error = new LichenError('not-found', 'Nothing.');
    expect(toLichenError(error)).toBe(error);
  });
});
