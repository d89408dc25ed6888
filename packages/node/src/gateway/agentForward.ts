import { LichenError } from '@lichen/protocol';
import { readBounded } from '../sources/fetchEvidence.ts';

/** An agent's own server, and the word that lets it be paused. */
export interface AgentEndpoint {
  readonly name: string;
  readonly url: string;
  readonly controlToken: string;
}

/** What an agent shows to everybody. */
const shown = new Set(['status', 'equity', 'metrics']);
const orders = new Set(['pause', 'resume']);
/** The equity of some ten thousand days. */
const longestAnswer = 4_000_000;

export interface AgentRequest {
  readonly method: 'GET' | 'POST';
  /** Behind `/v1/agents/<name>/`. */
  readonly path: string;
  /** Body of an order, JSON text. */
  readonly body?: string;
}

/**
 * Passes a question or an order on to an agent. Whoever calls this has made sure that an order comes from the console or
 * from a program of this machine: `isOrderFromHere`.
 * @throws LichenError `not-found`, `source-unavailable`
 */
export async function agentForward(
  agent: AgentEndpoint | undefined,
  { method, path, body }: AgentRequest,
): Promise<Response> {
  if (agent === undefined || !(method === 'GET' ? shown : orders).has(path)) {
    throw new LichenError('not-found', 'No agent of this network answers that.', {
      got: `${method} ${path.slice(0, 80)}`,
      expected: `GET ${[...shown].join(', ')}; POST ${[...orders].join(', ')}`,
      next: 'See `lichen agent list`.',
      retry: 'never',
    });
  }
  let answer: Response;
  try {
    answer = await fetch(`${agent.url}/${path}`, {
      method,
      redirect: 'error',
      // An order answers when no act is under way any more.
      signal: AbortSignal.timeout(method === 'GET' ? 5_000 : 60_000),
      ...(method === 'GET'
        ? {}
        : {
            body: body ?? '{}',
            headers: { 'content-type': 'application/json', 'lichen-control': agent.controlToken },
          }),
    });
  } catch (error) {
    throw new LichenError('source-unavailable', 'The agent does not answer.', {
      got: error instanceof Error ? error.message : String(error),
      next: 'Wait a moment: an agent that ended is started again. See `lichen status`. Its mandates can be paused on the chain in any case.',
      retry: 'later',
      cause: error,
    });
  }
  const bytes = (await readBounded(answer, longestAnswer)) ?? new Uint8Array();
  return new Response(Buffer.from(bytes), {
    status: answer.status,
    headers: { 'content-type': 'application/json', 'x-content-type-options': 'nosniff' },
  });
}

/**
 * True for an order given by the console that this gateway serves, or by a program of this machine that is no browser.
 * Another page of this machine, on another port, is refused: a browser names it in `Origin`, and lets no page send
 * `lichen-console` across origins, since the gateway answers no preflight.
 */
export function isOrderFromHere(headers: {
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly console: string | undefined;
  readonly contentType: string | undefined;
}): boolean {
  const { host, origin, contentType } = headers;
  if (headers.console !== '1' || contentType?.split(';')[0]?.trim() !== 'application/json') return false;
  return (
    origin === undefined || (host !== undefined && origin.toLowerCase() === `http://${host.toLowerCase()}`)
  );
}
