import { LichenError } from '@lichen/protocol';

/** Methods that a page may call: reading, and sending what is already signed. */
const allowed = /^(eth_|net_|web3_)/;
const refused = new Set(['eth_sendTransaction', 'eth_sign', 'eth_signTransaction', 'eth_signTypedData']);

function isAllowed(request: unknown): boolean {
  const method = (request as { method?: unknown } | null)?.method;
  return typeof method === 'string' && allowed.test(method) && !refused.has(method);
}

/**
 * Forwards a JSON-RPC request or batch to the chain. The node's own administration (`anvil_…`, `evm_…`, `debug_…`) and
 * keys kept by the node stay out of reach.
 * @throws LichenError `bad-input` for another body or method, `chain-unreachable`
 */
export async function rpcForward(rpcUrl: string, text: string): Promise<Response> {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = undefined;
  }
  const requests = Array.isArray(body) ? body : [body];
  if (requests.length === 0 || requests.length > 100 || !requests.every(isAllowed)) {
    throw new LichenError('bad-input', 'The gateway does not forward that call.', {
      got: String(
        (requests.find((request) => !isAllowed(request)) as { method?: unknown } | undefined)?.method,
      ).slice(0, 60),
      expected: 'eth_, net_ and web3_ methods, up to 100 in a batch; transactions signed by the sender',
      retry: 'after-fix',
    });
  }
  try {
    const response = await fetch(rpcUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: text,
      signal: AbortSignal.timeout(20_000),
    });
    return new Response(response.body, {
      status: response.status,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    });
  } catch (error) {
    throw new LichenError('chain-unreachable', 'The chain does not answer.', {
      next: 'Wait a moment: a chain process that ended is started again.',
      retry: 'later',
      cause: error,
    });
  }
}
