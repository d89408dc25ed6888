import type { QuestionSpec, SignedStatement } from '@lichen/protocol';
import { type Address, concat, type Hex, keccak256, toBytes } from 'viem';
import { z } from 'zod';

const hexOf = (bytes: number) =>
  z.string().regex(new RegExp(`^0x[0-9a-f]{${bytes * 2}}$`)) as unknown as z.ZodType<Hex>;
export const hex32 = hexOf(32);
export const hex65 = hexOf(65);
const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/)
  .transform((text) => text.toLowerCase() as Address);
const seconds = z
  .number()
  .int()
  .min(0)
  .max(2 ** 40 - 1);
const integerText = z.string().regex(/^-?\d{1,20}$/);

/** A source's signed word inside an observation; 64-bit integers travel as text. */
export const statementSchema = z
  .object({
    name: z.string().max(64),
    source: address,
    topic: hex32,
    subject: hex32,
    value: integerText,
    detail: integerText,
    observedAt: seconds,
    signature: hex65,
  })
  .strict();
export type WireStatement = z.infer<typeof statementSchema>;

export const observationSchema = z
  .object({
    questionId: hex32,
    /** 0 answered, 1 unresolved, 2 too early. */
    outcome: z.number().int().min(0).max(2),
    answer: hex32,
    statements: z.array(statementSchema).max(16),
    /** Content hashes of what was fetched. */
    evidence: z.array(hex32).max(16),
  })
  .strict();
/** What one reporter found out about one question. */
export type Observation = z.infer<typeof observationSchema>;

/** All observations of one reporter in one round: the text that is committed to. It names round and reporter, so that a copied commitment opens for nobody else. */
export const observationsSchema = z
  .object({
    round: z.number().int(),
    reporter: z.number().int(),
    observations: z.array(observationSchema).max(64),
  })
  .strict();
export type Observations = z.infer<typeof observationsSchema>;

/** keccak256(salt ‖ text): hides the observations until every commitment is in. */
export function commitmentOf(text: string, salt: Hex): Hex {
  return keccak256(concat([salt, keccak256(toBytes(text))]));
}

/** A question on the wire. */
export const wireSpecSchema = z
  .object({
    asker: address,
    kind: z.number().int().min(0).max(255),
    low: integerText,
    high: integerText,
    topic: hex32,
    subject: hex32,
    modelId: hex32,
    inputHash: hex32,
    opensAt: seconds,
    answerBy: seconds,
    liveness: z
      .number()
      .int()
      .min(0)
      .max(2 ** 32 - 1),
    callbackGas: z
      .number()
      .int()
      .min(0)
      .max(2 ** 32 - 1),
    salt: integerText,
  })
  .strict();

export function specToWire(spec: QuestionSpec): z.input<typeof wireSpecSchema> {
  return { ...spec, low: `${spec.low}`, high: `${spec.high}`, salt: `${spec.salt}` };
}

export function specFromWire(wire: z.output<typeof wireSpecSchema>): QuestionSpec {
  return { ...wire, low: BigInt(wire.low), high: BigInt(wire.high), salt: BigInt(wire.salt) };
}

export function statementToWire(name: string, signed: SignedStatement): WireStatement {
  const { statement, source, signature } = signed;
  return {
    name,
    source: source.toLowerCase() as Address,
    topic: statement.topic,
    subject: statement.subject,
    value: `${statement.value}`,
    detail: `${statement.detail}`,
    observedAt: statement.observedAt,
    signature,
  };
}

export function statementFromWire(wire: WireStatement): SignedStatement {
  const { source, signature, topic, subject, value, detail, observedAt } = wire;
  return {
    source,
    signature,
    statement: { topic, subject, value: BigInt(value), detail: BigInt(detail), observedAt },
  };
}
