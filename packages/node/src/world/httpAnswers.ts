import { isLichenError, LichenError, type LichenErrorCode } from '@lichen/protocol';
import type { Context } from 'hono';
import type { z } from 'zod';

const statusOf: Partial<Record<LichenErrorCode, 400 | 404 | 409 | 500>> = {
  'unknown-flight': 404,
  'not-found': 404,
  'bad-input': 400,
  'bad-model': 400,
  internal: 500,
  'flight-departed': 409,
  'sales-closed': 409,
  'forecast-moved': 409,
  'quote-expired': 409,
};

/** A LichenError as an HTTP response; anything else as `internal` without detail. */
export function errorResponse(context: Context, error: unknown): Response {
  const known = isLichenError(error)
    ? error
    : new LichenError('internal', 'The request failed.', { retry: 'later' });
  return context.json(known.toJSON(), statusOf[known.code] ?? 503);
}

/** Reads a query or body by its schema. @throws LichenError `bad-input` naming the field. */
export function parseInput<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new LichenError('bad-input', 'The request is not well formed.', {
    got: `${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'invalid'}`,
    next: 'Correct that field and send it again.',
    retry: 'after-fix',
  });
}
