import { z } from 'zod';
import { LichenError } from '../errors.ts';
import { type Decision, decisionKinds } from './decision.ts';
import { encodeDecision } from './encodeDecision.ts';
import { sameHash } from './merkleTree.ts';

const text = z.string().max(4_096);
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const hex = z.string().regex(/^0x([0-9a-f]{2})*$/) as unknown as z.ZodType<`0x${string}`>;
const integer = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
/** A decimal integer without leading zeros: base units of something. */
const decimal = z.string().regex(/^(0|-?[1-9]\d{0,77})$/);
const list = <Item extends z.ZodType>(item: Item) => z.array(item).max(256);

const provenance = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('chain'), block: integer, chainId: integer, logIndex: integer.nullable() }),
  z.strictObject({ by: z.literal('signature'), signature: text, signer: text }),
  z.strictObject({ by: z.literal('receipt'), receipt: text }),
  z.strictObject({ by: z.literal('transport') }),
  z.strictObject({ by: z.literal('operator') }),
]);

const schema = z.strictObject({
  act: z
    .strictObject({
      account: text,
      calls: list(z.strictObject({ dataSha256: hash, selector: hex, to: text })),
      chainId: integer,
      mandate: hex.nullable(),
      nonce: integer.nullable(),
    })
    .nullable(),
  agent: z.string().regex(/^[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}:[-.%a-zA-Z0-9]{1,128}$/),
  amounts: list(z.strictObject({ amount: decimal, asset: text })),
  checks: list(z.strictObject({ got: text, limit: text, passed: z.boolean(), rule: text })),
  choice: text,
  inputs: list(
    z.strictObject({
      at: integer,
      isPrivate: z.boolean(),
      mediaType: text,
      name: text,
      provenance,
      sha256: hash,
      uri: text,
    }),
  ),
  kind: z.enum(decisionKinds),
  model: z
    .strictObject({
      id: text,
      input: hash,
      kind: z.enum(['integer', 'language']),
      output: hash,
      settings: text,
    })
    .nullable(),
  previous: hash.nullable(),
  refersTo: hash.nullable(),
  rejected: list(z.strictObject({ option: text, reason: text })),
  result: z
    .strictObject({
      block: integer.nullable(),
      reason: text,
      status: z.enum(['pending', 'settled', 'failed', 'unknown']),
      transaction: hex.nullable(),
    })
    .nullable(),
  rules: z.strictObject({ sha256: hash, version: text }),
  seq: integer,
  task: text,
  time: integer,
  v: z.literal(1),
  zone: text,
});

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads a decision from a journal's bytes. Doubled keys, other spellings of the same value and unknown fields are
 * refused, so that no two readers see two decisions in the same bytes.
 * @throws LichenError `bad-input`
 */
export function decodeDecision(bytes: Uint8Array): Decision {
  let decision: Decision;
  try {
    decision = schema.parse(JSON.parse(utf8.decode(bytes)));
  } catch (error) {
    const issue = error instanceof z.ZodError ? error.issues[0] : undefined;
    throw new LichenError('bad-input', 'That entry of the journal is no decision.', {
      got:
        issue === undefined
          ? String(error instanceof Error ? error.message : error).slice(0, 120)
          : `${issue.path.join('.') || 'the record'}: ${issue.message}`,
      expected: 'version 1 of docs/spec/decision.md',
      retry: 'never',
      cause: error,
    });
  }
  const again = encodeDecision(decision);
  if (!sameHash(again, bytes)) {
    throw new LichenError('bad-input', 'That decision is not in its one spelling.', {
      got: `${bytes.length} bytes`,
      expected: `the ${again.length} bytes of its encoding`,
      retry: 'never',
    });
  }
  return decision;
}
