import { isLichenError, LichenError } from '@lichen/protocol';
import { z } from 'zod';
import { readBounded } from './fetchEvidence.ts';

/**
 * OpenSky's OAuth 2 client credentials flow: https://openskynetwork.github.io/opensky-api/rest.html#authentication
 * (the only one since March 2026; tokens hold for 30 minutes).
 */
const usualTokenUrl =
  'https://auth.opensky-network.org/auth/realms/opensky-network/protocol/openid-connect/token';

const answerSchema = z.object({
  access_token: z
    .string()
    .min(1)
    .max(8_000)
    // What may stand in a header: RFC 6750, section 2.1.
    .regex(/^[A-Za-z0-9\-._~+/]+=*$/),
  expires_in: z.number().int().min(1).max(31_536_000),
});

export interface OpenSkyCredential {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly tokenUrl?: string;
}

/** A bearer token that renews itself. */
export interface BearerToken {
  /** The token in force; asked for when there is none or it is about to run out. @throws LichenError `source-unavailable` */
  current(): Promise<string>;
  /** Drops a token that was refused, unless another is in force by now. */
  refuse(token: string): void;
}

/** Seconds before its end at which a token is no longer used: a request may be on its way for so long. */
const margin = 30;

/** The token of an OpenSky account. The answer holds a secret and is never kept as evidence. */
export function openSkyToken(
  credential: OpenSkyCredential,
  init: { readonly timeoutMs: number; readonly clock: () => number },
): BearerToken {
  const url = credential.tokenUrl ?? usualTokenUrl;
  let held: { readonly token: string; readonly until: number } | undefined;
  let asking: Promise<string> | undefined;

  function failed(got: string, isRefused: boolean, cause?: unknown): LichenError {
    return new LichenError('source-unavailable', 'OpenSky gave no token for our account.', {
      got: `${new URL(url).origin}: ${got}`,
      next: isRefused
        ? 'Correct the environment variable that the sources file names, and start again.'
        : 'Nothing to do: the other sources are asked, and this one again later.',
      retry: isRefused ? 'after-fix' : 'later',
      ...(cause === undefined ? {} : { cause }),
    });
  }

  async function ask(): Promise<string> {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: credential.clientId,
          client_secret: credential.clientSecret,
        }),
        redirect: 'error',
        signal: AbortSignal.timeout(init.timeoutMs),
      });
      const body = await readBounded(response, 32_000);
      const isRefused = [400, 401, 403].includes(response.status);
      if (!response.ok) throw failed(`status ${response.status}`, isRefused);
      const { access_token, expires_in } = answerSchema.parse(JSON.parse(new TextDecoder().decode(body)));
      held = { token: access_token, until: init.clock() + Math.max(1, expires_in - margin) };
      return access_token;
    } catch (error) {
      if (isLichenError(error)) throw error;
      const isLate = error instanceof Error && error.name === 'TimeoutError';
      // The cause is left out: the text of a parser's error quotes what it could not read, and that may be a token.
      throw failed(isLate ? `nothing within ${init.timeoutMs} ms` : 'no usable answer', false);
    }
  }

  return {
    current: async () => {
      if (held !== undefined && init.clock() < held.until) return held.token;
      // Many questions, one token.
      asking ??= ask().finally(() => {
        asking = undefined;
      });
      return asking;
    },
    refuse: (token) => {
      if (held?.token === token) held = undefined;
    },
  };
}
