import { createHash } from 'node:crypto';

/** Which span of a decision it is; part of its id. */
export type SpanRole = 'decision' | 'plan' | 'model' | 'act' | 'outcome';

/**
 * Id of the trace of a decision, 32 hex digits: the head of its leaf hash, or of that of the intent it belongs to. Whoever
 * has a trace finds its decision, and exporting twice gives the same ids.
 */
export function traceIdOf(leafHash: string, refersTo: string | null): string {
  return (refersTo ?? leafHash).slice(0, 32);
}

/** Id of one span of a decision, 16 hex digits. */
export function spanIdOf(leafHash: string, role: SpanRole): string {
  return createHash('sha256').update(`lichen span ${role} ${leafHash}`).digest('hex').slice(0, 16);
}
