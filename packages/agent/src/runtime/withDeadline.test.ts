import { isLichenError } from '@lichen/protocol';
import { expect, test } from 'vitest';
import { Interrupted, withDeadline } from './withDeadline.ts';

const never = () => new Promise<never>(() => undefined);

test('gives what comes in time, and lets the signal go afterwards', async () => {
  let seen!: AbortSignal;
  const got = await withDeadline('It', 1_000, async (signal) => {
    seen = signal;
    return signal.aborted;
  });
  expect(got).toBe(false);
  expect(seen.aborted).toBe(true);
});

test('ends what does not come, and says so', async () => {
  let seen!: AbortSignal;
  const error = await withDeadline('The model', 10, (signal) => {
    seen = signal;
    return never();
  }).catch((reason: unknown) => reason);
  expect(isLichenError(error) && error.message).toMatchInlineSnapshot(`
    "The model took too long.
      got:      no end after 10 ms
      next:     Look at what it waits for; the agent goes on with its default."
  `);
  expect(seen.aborted).toBe(true);
});

test('ends at once when it is told to, before and while it waits', async () => {
  const controller = new AbortController();
  const waiting = withDeadline('It', 60_000, never, controller.signal);
  controller.abort();
  await expect(waiting).rejects.toBeInstanceOf(Interrupted);
  let isAsked = false;
  const late = withDeadline('It', 60_000, async () => (isAsked = true), controller.signal);
  await expect(late).rejects.toBeInstanceOf(Interrupted);
  expect(isAsked).toBe(false);
});

test('passes on what fails', async () => {
  await expect(withDeadline('It', 1_000, () => Promise.reject(new Error('broken')))).rejects.toThrow(
    'broken',
  );
});
