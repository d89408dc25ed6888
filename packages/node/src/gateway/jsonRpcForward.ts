import { LichenError } from '@lichen/protocol';
import { bundlerMethods } from '../accounts/bundlerMethods.ts';
import { RpcRefusal, rpcCodes, rpcErrorReply } from '../accounts/rpcRefusal.ts';

export interface ForwardTarget {
  readonly url: string;
  /** Methods that are passed on; all others are refused here. */
  readonly methods: readonly string[];
  /** What is said when nobody answers. */
  readonly unreachable: () => LichenError;
}

export function bundlerTarget(url: string): ForwardTarget {
  return {
    url,
    methods: bundlerMethods,
    unreachable: () =>
      new LichenError('bundler-unreachable', 'The bundler does not answer.', {
        next: 'Send the operation to the EntryPoint directly and pay for its gas, or wait: a bundler that ended is started again.',
        retry: 'later',
      }),
  };
}

export function sponsorTarget(url: string): ForwardTarget {
  return {
    url,
    methods: ['pm_getPaymasterStubData', 'pm_getPaymasterData'],
    unreachable: () =>
      new LichenError('bundler-unreachable', 'The sponsor does not answer.', {
        next: 'Pay for the gas from the account itself, or wait: a sponsor that ended is started again.',
        retry: 'later',
      }),
  };
}

/**
 * Passes one JSON-RPC request on to a part behind the gateway, and its answer back. Always answers in JSON-RPC with
 * status 200: clients read a reason only from there, and try other statuses again and again.
 */
export async function jsonRpcForward(target: ForwardTarget, text: string): Promise<Response> {
  let id: unknown = null;
  try {
    const call = read(text);
    id = call.id ?? null;
    const { method } = call;
    if (typeof method !== 'string' || !target.methods.includes(method)) {
      const got = typeof method === 'string' ? method.slice(0, 60) : 'no method';
      throw refusal(rpcCodes.unknownMethod, got, target.methods.join(', '));
    }
    const response = await fetch(target.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: text,
      signal: AbortSignal.timeout(30_000),
    }).catch((error: unknown) => {
      throw new RpcRefusal(rpcCodes.unavailable, target.unreachable(), { cause: String(error) });
    });
    return reply(await response.text());
  } catch (error) {
    return reply(JSON.stringify(rpcErrorReply(id, error)));
  }
}

function read(text: string): Record<string, unknown> {
  let call: unknown;
  try {
    call = JSON.parse(text);
  } catch {
    throw refusal(rpcCodes.parse, 'no JSON', 'one JSON-RPC request');
  }
  if (typeof call !== 'object' || call === null || Array.isArray(call))
    throw refusal(rpcCodes.invalidRequest, 'something else', 'one JSON-RPC request, no batch');
  return call as Record<string, unknown>;
}

function refusal(code: number, got: string, expected: string): RpcRefusal {
  return new RpcRefusal(
    code,
    new LichenError('bad-input', 'The gateway does not forward that call.', {
      got,
      expected,
      retry: 'after-fix',
    }),
  );
}

function reply(text: string): Response {
  return new Response(text, {
    status: 200,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  });
}
