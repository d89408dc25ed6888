import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import type { Flight } from '@lichen/protocol';
import { icaoAirport, icaoCarriers } from './airlineCodes.ts';
import { startTestServer } from './server.fixture.ts';

/** Support for tests: providers on this machine that speak the documented formats, about one flight, now. */
async function fixture<T>(name: string): Promise<T> {
  return JSON.parse(await readFile(new URL(`./fixtures/${name}.json`, import.meta.url), 'utf8')) as T;
}

export type Behaviour =
  | 'honest'
  | 'lies'
  | 'down'
  | 'busy'
  | 'slow'
  | 'malformed'
  | 'too-large'
  | 'repeats-credential'
  | 'refuses';

/** Answers in a manner other than honest; true when it did. */
function misbehave(behaviour: Behaviour, response: ServerResponse, credential: string): boolean {
  const send = (status: number, body: string, headers: Record<string, string> = {}) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(body);
    return true;
  };
  switch (behaviour) {
    case 'honest':
    case 'lies':
      return false;
    case 'down':
      response.destroy();
      return true;
    case 'busy':
      return send(429, '{"title":"Too many requests"}', { 'retry-after': '3' });
    case 'slow':
      // Headers at once, a byte at a time after: only a limit on the whole exchange ends it.
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('[');
      return true;
    case 'malformed':
      return send(200, '{"flights": "none, and <script>alert(1)</script>"}');
    case 'too-large':
      return send(200, ' '.repeat(9_000_000));
    case 'repeats-credential':
      return send(200, JSON.stringify({ flights: [], echo: credential }));
    case 'refuses':
      return send(401, '{"title":"Unauthorized"}');
  }
}

const iso = (at: number) => new Date(at * 1000).toISOString().replace('.000Z', 'Z');

export interface Provider {
  readonly url: string;
  readonly seen: Awaited<ReturnType<typeof startTestServer>>['seen'];
  behaviour: Behaviour;
  stop(): Promise<void>;
}

/** Minutes late that an honest provider says. */
export const honestDelay = 70;

/** AeroAPI 4 about one flight: landed 70 minutes late; a lying one says that it was cancelled. */
export async function startAeroApi(flight: Flight, apiKey: string): Promise<Provider> {
  const body = await fixture<{ flights: Record<string, unknown>[] }>('aeroApiFlights');
  const leg = {
    ...body.flights[0],
    ident: `${icaoCarriers[flight.carrier]}${flight.number}`,
    origin: { code_iata: flight.origin },
    destination: { code_iata: flight.destination },
    scheduled_out: iso(flight.departsAt),
    actual_out: iso(flight.departsAt + 600),
    scheduled_in: iso(flight.arrivesAt),
    actual_in: iso(flight.arrivesAt + honestDelay * 60),
  };
  const lie = { ...leg, cancelled: true, actual_out: null, actual_in: null };
  const provider = { behaviour: 'honest' as Behaviour };
  const server = await startTestServer((request, response) => {
    if (request.headers['x-apikey'] !== apiKey) {
      response.writeHead(401).end('{"title":"Unauthorized"}');
      return;
    }
    if (misbehave(provider.behaviour, response, apiKey)) return;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ ...body, flights: [provider.behaviour === 'lies' ? lie : leg] }));
  });
  return Object.assign(provider, server);
}

/**
 * OpenSky about one flight, with its OAuth 2 token endpoint at `/token`. `expire()` makes the tokens given so far worthless
 * before their time.
 */
export async function startOpenSky(
  flight: Flight,
  account: { readonly clientId: string; readonly clientSecret: string },
): Promise<Provider & { expire(): void; tokensGiven(): number }> {
  const arrivals = await fixture<Record<string, unknown>[]>('openSkyArrivals');
  const seen = {
    ...arrivals[0],
    callsign: `${icaoCarriers[flight.carrier]}${flight.number}`.padEnd(8),
    estDepartureAirport: icaoAirport(flight.origin),
    estArrivalAirport: icaoAirport(flight.destination),
    firstSeen: flight.departsAt + 600,
    lastSeen: flight.arrivesAt + honestDelay * 60,
  };
  const provider = { behaviour: 'honest' as Behaviour };
  let given = 0;
  let valid = '';
  const server = await startTestServer((request, response) => {
    if (request.url === '/token') {
      let text = '';
      request.on('data', (part) => {
        text += part;
      });
      request.on('end', () => {
        const form = new URLSearchParams(text);
        const isRight =
          request.method === 'POST' &&
          form.get('grant_type') === 'client_credentials' &&
          form.get('client_id') === account.clientId &&
          form.get('client_secret') === account.clientSecret;
        if (!isRight) {
          response.writeHead(401).end('{"error":"invalid_client"}');
          return;
        }
        given += 1;
        valid = `token-${given}.${'a'.repeat(40)}`;
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ access_token: valid, expires_in: 1_800, token_type: 'Bearer' }));
      });
      return;
    }
    if (valid === '' || request.headers.authorization !== `Bearer ${valid}`) {
      response.writeHead(401).end('{"status":401}');
      return;
    }
    if (misbehave(provider.behaviour, response, valid)) return;
    const landed = provider.behaviour === 'lies' ? { ...seen, lastSeen: flight.arrivesAt } : seen;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify([landed, arrivals[1]]));
  });
  return Object.assign(provider, server, {
    expire: () => {
      valid = '';
    },
    tokensGiven: () => given,
  });
}
