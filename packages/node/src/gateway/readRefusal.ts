import { LichenError, type LichenErrorCode } from '@lichen/protocol';
import { z } from 'zod';

/** What a source or a reporter can refuse with. Another word from the network is no code of ours. */
const codes = [
  'unknown-flight',
  'flight-departed',
  'bad-input',
  'not-found',
  'source-unavailable',
  'sources-disagree',
  'timeout',
  'no-quorum',
  'chain-unreachable',
  'disk-full',
  'state-damaged',
  'internal',
] as const satisfies readonly LichenErrorCode[];

const line = z.string().max(500);
const refusalSchema = z.object({
  error: z.enum(codes),
  message: line,
  got: line.optional(),
  expected: line.optional(),
  next: line.optional(),
  retry: z.enum(['never', 'later', 'after-fix']).default('later'),
});

/** The refusal in the body of a failed request, as the error it was; undefined when the body is none. */
export function readRefusal(body: unknown): LichenError | undefined {
  const parsed = refusalSchema.safeParse(body);
  if (!parsed.success) return undefined;
  const { error, message, got, expected, next, retry } = parsed.data;
  return new LichenError(error, message, {
    retry,
    ...(got === undefined ? {} : { got }),
    ...(expected === undefined ? {} : { expected }),
    ...(next === undefined ? {} : { next }),
  });
}
