import { LichenError, type OracleVerifier } from '@lichen/protocol';
import {
  type Address,
  type Hex,
  hashTypedData,
  isAddressEqual,
  keccak256,
  recoverAddress,
  toBytes,
} from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';
import { z } from 'zod';

/** The steps of a round, and notices between reporters. */
export const messageKinds = [
  'propose',
  'commit',
  'reveal-request',
  'reveal',
  'sign-request',
  'signature',
  'result',
  'forecast-request',
  'forecast-signature',
] as const;
export type MessageKind = (typeof messageKinds)[number];

/** A signed message. The payload is JSON text, signed as bytes and never encoded again. */
export interface PeerMessage {
  readonly kind: MessageKind;
  readonly round: number;
  /** Index of the sender in the reporter set. */
  readonly from: number;
  readonly payload: string;
  readonly signature: Hex;
}

/** A reporter as its peers know it. */
export interface Peer {
  readonly index: number;
  readonly address: Address;
  readonly url: string;
}

/** Longest payload: a round of 64 answers with three statements each, revealed by 31 reporters, fits. */
export const maxPayload = 4_000_000;

const messageSchema = z
  .object({
    kind: z.enum(messageKinds),
    round: z.number().int().min(0).max(1e12),
    from: z.number().int().min(0).max(63),
    payload: z.string().max(maxPayload),
    signature: z.string().regex(/^0x[0-9a-f]{130}$/) as unknown as z.ZodType<Hex>,
  })
  .strict();

const types = {
  PeerMessage: [
    { name: 'kind', type: 'string' },
    { name: 'round', type: 'uint40' },
    { name: 'from', type: 'uint8' },
    { name: 'payloadHash', type: 'bytes32' },
  ],
} as const;

function digestOf(verifier: OracleVerifier, message: Omit<PeerMessage, 'signature'>): Hex {
  return hashTypedData({
    domain: {
      name: 'Lichen Reporters',
      version: '1',
      chainId: verifier.chainId,
      verifyingContract: verifier.address,
    },
    types,
    primaryType: 'PeerMessage',
    message: {
      kind: message.kind,
      round: message.round,
      from: message.from,
      payloadHash: keccak256(toBytes(message.payload)),
    },
  });
}

/** Signs a message over (chain, oracle, kind, round, sender, payload). */
export async function signMessage(
  verifier: OracleVerifier,
  account: PrivateKeyAccount,
  message: Omit<PeerMessage, 'signature'>,
): Promise<PeerMessage> {
  return { ...message, signature: await account.sign({ hash: digestOf(verifier, message) }) };
}

function refused(got: string, expected: string): LichenError {
  return new LichenError('bad-input', 'A message between reporters is refused.', {
    got,
    expected,
    retry: 'never',
  });
}

/**
 * Checks a message's form, kind, round and signature.
 * @throws LichenError `bad-input` when anything differs, or when its sender is no member of the set
 */
export async function openMessage(
  verifier: OracleVerifier,
  peers: readonly Peer[],
  value: unknown,
  wanted: { readonly kind: MessageKind; readonly round?: number; readonly from?: number },
): Promise<PeerMessage> {
  const parsed = messageSchema.safeParse(value);
  if (!parsed.success) throw refused('a malformed message', 'kind, round, from, payload, signature');
  const message = parsed.data;
  if (message.kind !== wanted.kind) throw refused(`a ${message.kind}`, `a ${wanted.kind}`);
  if (wanted.round !== undefined && message.round !== wanted.round) {
    throw refused(`round ${message.round}`, `round ${wanted.round}`);
  }
  if (wanted.from !== undefined && message.from !== wanted.from) {
    throw refused(`reporter ${message.from}`, `reporter ${wanted.from}`);
  }
  const sender = peers[message.from];
  const signer = await recoverAddress({
    hash: digestOf(verifier, message),
    signature: message.signature,
  }).catch(() => undefined);
  if (sender === undefined || signer === undefined || !isAddressEqual(signer, sender.address)) {
    throw refused(`a message in the name of reporter ${message.from}`, 'its own signature');
  }
  return message;
}

/** Reads a payload by its schema. @throws LichenError `bad-input` */
export function readPayload<T>(message: PeerMessage, schema: z.ZodType<T>): T {
  let parsed: unknown;
  try {
    parsed = JSON.parse(message.payload);
  } catch {
    throw refused('a payload that is not JSON', `the payload of a ${message.kind}`);
  }
  const result = schema.safeParse(parsed);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw refused(
    `${issue?.path.join('.') || 'payload'}: ${issue?.message ?? 'invalid'}`,
    `the payload of a ${message.kind}`,
  );
}
