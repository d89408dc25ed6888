import { LichenError } from '@lichen/protocol';
import { z } from 'zod';
import type { AgentCall } from '../runtime/types.ts';

// Strict: whatever else somebody puts beside `to` and `data` (value, gas, a note) is refused, not ignored.
const schema = z
  .array(
    z.strictObject({
      to: z.string().regex(/^0x[0-9a-fA-F]{40}$/),
      data: z.string().regex(/^0x([0-9a-fA-F]{2}){4,}$/),
    }),
  )
  .min(1)
  .max(64);

/** The calls, if they are calls and nothing besides: the one door to the part that signs. @throws LichenError `bad-input` */
export function readCalls(calls: readonly AgentCall[]): readonly AgentCall[] {
  const parsed = schema.safeParse(calls);
  if (parsed.success) return parsed.data as AgentCall[];
  const [issue] = parsed.error.issues;
  throw new LichenError('bad-input', 'These are no calls that an agent can make.', {
    got: `${issue?.path.join('.') || 'the list'}: ${issue?.message}`.slice(0, 200),
    expected: '1 to 64 times an address and call data that begins with a selector, and nothing else',
    retry: 'after-fix',
  });
}
