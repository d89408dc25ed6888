import { isLichenError, LichenError } from '@lichen/protocol';
import { createClient, http, isHex } from 'viem';
import { contractErrorOf, decodeRevert } from '../client/contractErrors.ts';
import type { LichenClient } from '../client/createLichenClient.ts';
import { toLichenError } from '../client/toLichenError.ts';
import { carriedErrorOf } from '../network/requestGateway.ts';
import { accountsOf } from './accountClient.ts';
import { operationErrorOf } from './operationErrorOf.ts';

/** A JSON-RPC service behind the gateway. */
export type Request = (method: string, params: readonly unknown[]) => Promise<unknown>;

export interface AccountServices {
  readonly bundler: Request;
  readonly sponsor: Request;
}

/** One transport per client: a connection that is kept open saves a round trip on every request. */
const known = new WeakMap<LichenClient, AccountServices>();

function namesOf(error: unknown): string[] {
  const names: string[] = [];
  for (let at = error; at instanceof Error && names.length < 12; at = at.cause as unknown)
    names.push(at.name);
  return names;
}

/** The LichenError that a service of ours put into the `data` of its JSON-RPC error. */
function carriedError(error: unknown): LichenError | undefined {
  for (let at = error; at instanceof Error; at = at.cause as unknown) {
    const { data } = at as { data?: unknown };
    const bytes = (data as { revert?: unknown } | null | undefined)?.revert;
    // The sponsor adds the bytes that a contract reverted with: they say more than any sentence about them.
    const revert = isHex(bytes) && bytes.length >= 10 ? decodeRevert(bytes) : undefined;
    if (revert !== undefined) return contractErrorOf(revert, error);
    const carried = carriedErrorOf(data, error);
    if (carried !== undefined) return carried;
  }
  return undefined;
}

function serviceError(service: 'bundler' | 'sponsor', error: unknown): LichenError {
  if (isLichenError(error)) return error;
  const carried = carriedError(error);
  if (carried !== undefined) return carried;
  const names = namesOf(error);
  if (names.includes('HttpRequestError') || names.includes('TimeoutError')) {
    return new LichenError('bundler-unreachable', `The ${service} of this network cannot be reached.`, {
      got: names.includes('TimeoutError') ? 'no answer in time' : 'no usable answer',
      next: 'Try again in a moment, or pay for the operation yourself.',
      retry: 'later',
      cause: error,
    });
  }
  return operationErrorOf(error) ?? toLichenError(error);
}

function requestOf(service: 'bundler' | 'sponsor', url: string): Request {
  const client = createClient({ transport: http(url, { retryCount: 0, timeout: 15_000 }) });
  const request = client.request as (args: {
    method: string;
    params: readonly unknown[];
  }) => Promise<unknown>;
  return async (method, params) => {
    try {
      return await request({ method, params });
    } catch (error) {
      throw serviceError(service, error);
    }
  };
}

/**
 * The bundler and the sponsor of the client's network.
 * @throws LichenError `not-found` when the network has no accounts. Requests throw `bundler-unreachable`,
 * `sponsor-exhausted`, or the reason for which an operation is refused.
 */
export function servicesOf(client: LichenClient): AccountServices {
  const existing = known.get(client);
  if (existing !== undefined) return existing;
  const { bundlerPath, paymasterPath } = accountsOf(client);
  const services = {
    bundler: requestOf('bundler', new URL(bundlerPath, client.gatewayUrl).href),
    sponsor: requestOf('sponsor', new URL(paymasterPath, client.gatewayUrl).href),
  };
  known.set(client, services);
  return services;
}
