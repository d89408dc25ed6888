import { LichenError } from '@lichen/protocol';
import { describe, expect, it } from 'vitest';
import { errorOfFailure, failureOf } from './askWorker.ts';

describe('errors on the way out of a worker', () => {
  const travelled = (error: unknown) =>
    errorOfFailure(structuredClone(failureOf(error)) as Parameters<typeof errorOfFailure>[0]);
  it('keep code and next step', () => {
    const error = new LichenError('timeout', 'The rules ran too long.', { got: '1 s', next: 'Try again.' });
    expect(travelled(error)).toMatchObject({ code: 'timeout', next: 'Try again.' });
    expect(travelled(error).message).toContain('The rules ran too long.');
    expect(travelled(new TypeError('x')).message).toBe('It ended early: x');
  });
});
