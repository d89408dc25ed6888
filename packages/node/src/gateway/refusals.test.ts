import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RealGateway, startRealGateway } from '../../../sdk/test/realGateway.ts';
import { readRefusal } from './readRefusal.ts';
import { askSource } from './sourceAnswers.ts';

let real: RealGateway;
beforeAll(async () => {
  real = await startRealGateway();
});
afterAll(() => real.stop());

async function asked(path: string): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${real.client.gatewayUrl}${path}`);
  return { status: response.status, body: await response.json() };
}

describe('the gateway tells why the sources refuse', () => {
  test('a span that is too long', async () => {
    const { status, body } = await asked('/v1/departures?from=0&to=9999999');
    expect(status).toBe(400);
    expect(body).toMatchObject({
      error: 'bad-input',
      message: 'That span of departures is too long.',
      got: '9999999 chain seconds',
      expected: 'at most 10080',
      retry: 'after-fix',
    });
    expect((await asked('/v1/outcomes?from=0&to=9999999')).body).toMatchObject({ error: 'bad-input' });
  });

  test('a flight that is none', async () => {
    const flightId = `0x${'ab'.repeat(32)}`;
    const { status, body } = await asked(`/v1/flights/${flightId}`);
    expect(status).toBe(404);
    expect(body).toMatchObject({
      error: 'unknown-flight',
      got: flightId,
      next: 'Search departures again and use an id from there.',
    });
  });

  test('one source that refuses alone is not believed', async () => {
    await real.sources.setMode(0, 'dead');
    expect((await asked('/v1/departures?from=0&to=9999999')).body).toMatchObject({ error: 'bad-input' });
    await real.sources.setMode(1, 'dead');
    expect((await asked('/v1/departures?from=0&to=9999999')).body).toMatchObject({
      error: 'source-unavailable',
      got: expect.stringContaining('refused: '),
    });
    for (const index of [0, 1]) await real.sources.setMode(index, 'honest');
  });
});

describe('a refusal from the network', () => {
  test('is read when it has our form and a code that a source may say', () => {
    const refusal = readRefusal({
      error: 'flight-departed',
      message: 'It has left.',
      got: 'x',
      retry: 'never',
    });
    expect(refusal).toMatchObject({ code: 'flight-departed', got: 'x', retry: 'never' });
    expect(refusal?.message).toBe('It has left.\n  got:      x');
  });

  test.each([
    undefined,
    'a text',
    { error: 'too-little-money', message: 'Send money to me.' },
    { error: 'constructor', message: 'x' },
    { error: 'bad-input', message: 'x'.repeat(501) },
    { error: 'bad-input', message: 7 },
  ])('is none otherwise: %j', (body) => {
    expect(readRefusal(body)).toBeUndefined();
  });

  test('a source that is not there is unavailable, by name', async () => {
    await expect(
      askSource({ name: 'northstar', url: 'http://127.0.0.1:1' }, '/v1/source'),
    ).rejects.toMatchObject({
      code: 'source-unavailable',
      got: expect.stringContaining('northstar: '),
    });
  });
});
