import { isLichenError, LichenError } from '@lichen/protocol';

/** Codes of JSON-RPC and of ERC-7769, section "error codes". */
export const rpcCodes = {
  parse: -32700,
  invalidRequest: -32600,
  unknownMethod: -32601,
  invalidParams: -32602,
  /** Nobody answers behind us. Not -32603, which clients such as viem try again three times. */
  unavailable: -32000,
  /** The paymaster does not pay for this operation. */
  rejectedByPaymaster: -32501,
  /** The paymaster has paid enough for now. */
  paymasterThrottled: -32504,
  /** The operation's calls revert. */
  operationReverts: -32521,
} as const;

/** A refusal that JSON-RPC tells with `code`, and whose reason every part of Lichen can read from `data`. */
export class RpcRefusal extends Error {
  readonly code: number;
  readonly reason: LichenError;
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(code: number, reason: LichenError, facts: Readonly<Record<string, unknown>> = {}) {
    super(reason.message);
    this.code = code;
    this.reason = reason;
    this.facts = facts;
  }
}

export interface RpcErrorReply {
  readonly jsonrpc: '2.0';
  readonly id: unknown;
  readonly error: { readonly code: number; readonly message: string; readonly data: Record<string, unknown> };
}

function refusalOf(error: unknown): RpcRefusal {
  if (error instanceof RpcRefusal) return error;
  if (isLichenError(error)) return new RpcRefusal(rpcCodes.unavailable, error);
  const got = error instanceof Error ? error.message.split('\n')[0] : String(error);
  // Where viem says that a chain is silent, the place in our code tells nobody anything.
  const isOfViem = error instanceof Error && 'shortMessage' in error;
  process.stderr.write(`${error instanceof Error && !isOfViem ? error.stack : got}\n`);
  return new RpcRefusal(
    rpcCodes.unavailable,
    new LichenError('chain-unreachable', 'The operation could not be looked at.', {
      got: got ?? '',
      next: 'Try again in a moment, or pay for the gas from the account itself.',
      retry: 'later',
      cause: error,
    }),
  );
}

/** A JSON-RPC reply that tells an error: one line for people, the LichenError's fields in `data` for programs. */
export function rpcErrorReply(id: unknown, error: unknown): RpcErrorReply {
  const { code, reason, facts } = refusalOf(error);
  const told = reason.toJSON();
  const message = [told.message, told.got, told.next].filter((part) => part !== undefined).join(' ');
  return { jsonrpc: '2.0', id: id ?? null, error: { code, message, data: { ...told, ...facts } } };
}
