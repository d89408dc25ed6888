import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mandateExecutorAbi } from '@lichen/contracts';
import { isLichenError, LichenError } from '@lichen/protocol';
import { encodeAbiParameters, encodeErrorResult, type Hex, parseAbi } from 'viem';
import { afterAll, describe, expect, test } from 'vitest';
import type { LichenConfig } from '../client/config.ts';
import { connectLichen, type LichenClient } from '../client/createLichenClient.ts';
import { servicesOf } from './jsonRpc.ts';
import { operationErrorOf } from './operationErrorOf.ts';

const nobody = '0x00000000000000000000000000000000000000AA' as const;
const servers: (() => void)[] = [];
afterAll(() => {
  for (const close of servers) close();
});

function clientOf(gatewayUrl: string): LichenClient {
  const accounts = {
    entryPoint: nobody,
    factory: nobody,
    implementation: nobody,
    mandateExecutor: nobody,
    mandateValidator: nobody,
    guardianRecovery: nobody,
    sponsor: nobody,
    bundlerPath: '/bundler',
    paymasterPath: '/paymaster',
  };
  const config = { name: 'test', chainId: 31_338, rpcPath: '/rpc', accounts } as unknown as LichenConfig;
  return connectLichen({ gatewayUrl, config });
}

/** A real HTTP server that answers every JSON-RPC request in one way. */
async function serve(answer: Record<string, unknown> | undefined, status = 200): Promise<LichenClient> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const { id } = JSON.parse(body) as { id: unknown };
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(answer === undefined ? '<html>' : JSON.stringify({ jsonrpc: '2.0', id, ...answer }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return clientOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

async function refusalOf(client: LichenClient, service: 'bundler' | 'sponsor'): Promise<LichenError> {
  const error = await servicesOf(client)
    [service]('any_method', [])
    .then(
      () => undefined,
      (reason: unknown) => reason,
    );
  if (!isLichenError(error)) throw new Error(`was not refused by a LichenError: ${String(error)}`);
  return error;
}

const tooLarge: Hex = encodeErrorResult({
  abi: mandateExecutorAbi,
  errorName: 'MandateAmountTooLarge',
  args: [41n, 40n],
});
const failedOps = parseAbi([
  'error FailedOp(uint256 opIndex, string reason)',
  'error FailedOpWithRevert(uint256 opIndex, string reason, bytes inner)',
]);

describe('what the bundler and the sponsor say', () => {
  test('a result arrives', async () => {
    const client = await serve({ result: { paymaster: nobody } });
    expect(await servicesOf(client).sponsor('pm_getPaymasterData', [])).toEqual({ paymaster: nobody });
  });

  test('a spent quota arrives as the error that the sponsor made, with when it refills', async () => {
    const told = new LichenError('sponsor-exhausted', 'The sponsor has paid enough for today.', {
      got: '200 operations of this account.',
      next: 'Pay for the gas from the account itself, or wait until midnight.',
      retry: 'later',
    });
    const client = await serve({
      error: { code: -32504, message: 'enough', data: { ...told.toJSON(), quota: 'day' } },
    });
    const error = await refusalOf(client, 'sponsor');
    expect(error.toJSON()).toEqual(told.toJSON());
  });

  test('the bytes that a contract reverted with say more than the sentence about them', async () => {
    const data = { error: 'transaction-failed', message: 'The operation would fail.', revert: tooLarge };
    const error = await refusalOf(
      await serve({ error: { code: -32521, message: 'fails', data } }),
      'sponsor',
    );
    expect(error.code).toBe('mandate-denied');
    expect(error.message).toMatchInlineSnapshot(`
      "The amount is more than the mandate allows in one call.
        got:      41 base units (MandateAmountTooLarge)
        expected: at most 40 base units
        next:     Take a smaller amount, or ask the account for a larger mandate."
    `);
  });

  test('a code outside the closed list is not passed on', async () => {
    const data = { error: 'toString', message: 'boo' };
    const error = await refusalOf(await serve({ error: { code: -32000, message: 'boo', data } }), 'sponsor');
    expect(error.code).toBe('transaction-failed');
  });

  test('nobody there, or something that is no JSON-RPC', async () => {
    const dead = createServer();
    await new Promise<void>((resolve) => dead.listen(0, '127.0.0.1', resolve));
    const { port } = dead.address() as AddressInfo;
    await new Promise((resolve) => dead.close(resolve));
    for (const client of [
      clientOf(`http://127.0.0.1:${port}`),
      await serve({}, 502),
      await serve(undefined, 502),
    ]) {
      const error = await refusalOf(client, 'bundler');
      expect([error.code, error.retry]).toEqual(['bundler-unreachable', 'later']);
    }
    expect((await refusalOf(clientOf(`http://127.0.0.1:${port}`), 'sponsor')).message).toMatchInlineSnapshot(`
      "The sponsor of this network cannot be reached.
        got:      no usable answer
        next:     Try again in a moment, or pay for the operation yourself."
    `);
  });

  test('a network without accounts says so', () => {
    const { accounts: _, ...config } = clientOf('http://127.0.0.1:1').config;
    expect(() => servicesOf(connectLichen({ gatewayUrl: 'http://127.0.0.1:1', config }))).toThrow(
      'This network has no accounts.',
    );
  });
});

describe('operationErrorOf', () => {
  const cases: readonly [string, unknown, string][] = [
    ['signature', { details: 'UserOperation reverted with reason: AA24 signature error' }, 'wrong-passkey'],
    ["the bundler's own words for it", { details: 'Invalid UserOp signature' }, 'wrong-passkey'],
    ['time', { details: 'AA22 expired or not due' }, 'mandate-expired'],
    [
      "time in the bundler's words",
      { details: 'UserOperation expires too soon, validUntil=1' },
      'mandate-expired',
    ],
    ['sponsor signature', { details: 'Invalid UserOp paymasterData' }, 'sponsor-exhausted'],
    ['sponsor deposit', { details: 'AA31 paymaster deposit too low' }, 'sponsor-exhausted'],
    ['prefund', { details: "AA21 didn't pay prefund" }, 'too-little-money'],
    ['nonce', { details: 'AA25 invalid account nonce' }, 'transaction-failed'],
    ['a reason without an entry', { details: 'AA96 invalid aggregator' }, 'transaction-failed'],
    [
      'the module, in words',
      { details: `reverted with reason: AA23 reverted ${tooLarge}` },
      'mandate-denied',
    ],
    ['the contract, in bytes', { data: tooLarge }, 'mandate-denied'],
    [
      'the EntryPoint around the module',
      {
        data: encodeErrorResult({
          abi: failedOps,
          errorName: 'FailedOpWithRevert',
          args: [0n, 'AA23 reverted', tooLarge],
        }),
      },
      'mandate-denied',
    ],
    [
      'the EntryPoint around nothing that we know',
      {
        data: encodeErrorResult({
          abi: failedOps,
          errorName: 'FailedOpWithRevert',
          args: [0n, 'AA23 reverted', '0xdeadbeef'],
        }),
      },
      'transaction-failed',
    ],
    [
      'the EntryPoint alone',
      {
        data: encodeErrorResult({
          abi: failedOps,
          errorName: 'FailedOp',
          args: [0n, 'AA24 signature error'],
        }),
      },
      'wrong-passkey',
    ],
    [
      'deep in the causes',
      { message: 'x', cause: { cause: { details: 'AA24 signature error' } } },
      'wrong-passkey',
    ],
  ];
  test.each(cases)('%s', (_, error, code) => {
    const found = operationErrorOf(Object.assign(new Error('failed'), error));
    expect(found?.code).toBe(code);
  });

  test('the request that viem appends to its message is not taken for an answer', () => {
    const request = `Request body: {"callData":"${encodeAbiParameters([{ type: 'string' }], ['AA24'])}${tooLarge.slice(2)}"}`;
    expect(operationErrorOf(new Error(`HTTP request failed.\n${request} AA24`))).toBeUndefined();
    expect(operationErrorOf(undefined)).toBeUndefined();
    expect(operationErrorOf('AA24')).toBeUndefined();
  });
});
