import { isLichenError } from '@lichen/protocol';
import { describe, expect, test } from 'vitest';
import { liveSourcesOf, parseSourcesFile, shownSources, worldLabel } from './sourcesFile.ts';

const environment = {
  LICHEN_SOURCE_AEROAPI: ' the-key\n',
  LICHEN_SOURCE_OPENSKY: 'client:se:cret',
  LICHEN_DEPLOYER_KEY: '0x01',
};
const aeroapi = { kind: 'aeroapi', credential: 'LICHEN_SOURCE_AEROAPI' };
const opensky = { kind: 'opensky', credential: 'LICHEN_SOURCE_OPENSKY' };
const live = (file: unknown) => liveSourcesOf(parseSourcesFile(JSON.stringify(file)), environment);

/** What a person reads, for an error that must be one. */
function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (isLichenError(error) && error.code === 'bad-input') return error.message;
    throw error;
  }
  throw new Error('it was taken');
}

describe('a sources file', () => {
  test('names providers; addresses and pace have defaults', () => {
    const found = live({
      status: [aeroapi, opensky, { ...aeroapi, baseUrl: 'https://other.example.org/api/', everySeconds: 30 }],
      weather: { kind: 'noaa', contact: 'someone@example.org' },
    });
    expect(found).toEqual({
      status: [
        {
          kind: 'aeroapi',
          name: 'AeroAPI',
          baseUrl: 'https://aeroapi.flightaware.com/aeroapi',
          apiKey: 'the-key',
          everySeconds: 60,
          requestsPerHour: 120,
        },
        {
          kind: 'opensky',
          name: 'OpenSky',
          baseUrl: 'https://opensky-network.org/api',
          account: { clientId: 'client', clientSecret: 'se:cret' },
          everySeconds: 60,
          requestsPerHour: 120,
        },
        {
          kind: 'aeroapi',
          name: 'AeroAPI 2',
          baseUrl: 'https://other.example.org/api',
          apiKey: 'the-key',
          everySeconds: 30,
          requestsPerHour: 120,
        },
      ],
      weather: {
        kind: 'noaa',
        name: 'National Weather Service',
        baseUrl: 'https://api.weather.gov',
        contact: 'someone@example.org',
        requestsPerHour: 120,
      },
    });
    const shown = JSON.stringify([shownSources(found), worldLabel(found)]);
    expect(shown).toContain('questions about live flights are settled by AeroAPI, OpenSky, AeroAPI 2');
    expect(shown).toContain('"origin":"https://other.example.org"');
    for (const secret of ['the-key', 'se:cret', 'client']) expect(shown).not.toContain(secret);
  });

  test('that names nothing leaves the replay world as it is', () => {
    expect(live({})).toEqual({ status: [] });
    expect(live({ status: [{ kind: 'replay' }], weather: { kind: 'replay' } })).toEqual({ status: [] });
    expect(worldLabel(live({}))).toBe('replay of recorded days');
    expect(live({ weather: { kind: 'open-meteo' } }).weather?.name).toBe('Open-Meteo');
  });

  test.each<[string, string, RegExp]>([
    ['text that is not JSON', '{status}', /not JSON/],
    ['another kind', JSON.stringify({ status: [{ kind: 'flightradar' }] }), /status\.0\.kind/],
    [
      'a misspelt field',
      JSON.stringify({ status: [{ ...aeroapi, baseURL: 'x' }] }),
      /status\.0: unknown field baseURL/,
    ],
    ['no source at all', JSON.stringify({ status: [] }), /status/],
    ['no contact', JSON.stringify({ weather: { kind: 'noaa' } }), /weather\.contact/],
    [
      'a line break in the contact',
      JSON.stringify({ weather: { kind: 'noaa', contact: 'a\r\nx: y' } }),
      /weather\.contact/,
    ],
    ['a pause of no time', JSON.stringify({ status: [{ ...aeroapi, everySeconds: 0 }] }), /everySeconds/],
  ])('with %s is refused by name', (_, text, expected) => {
    expect(refusal(() => parseSourcesFile(text))).toMatch(expected);
  });

  test.each([
    'http://aero.example.org',
    'ftp://aero.example.org',
    'https://user:pass@aero.example.org',
    'https://aero.example.org?key=1',
    'https://aero.example.org#x',
    'https://aero.example.org/?',
    'file:///etc/passwd',
    'http://127.0.0.1.example.org',
    'nonsense',
  ])('with the address %s is refused: a credential goes there', (baseUrl) => {
    expect(refusal(() => live({ status: [{ ...aeroapi, baseUrl }, opensky] }))).toContain('status.0.baseUrl');
  });

  test.each([
    'LICHEN_DEPLOYER_KEY',
    'LICHEN_PRIVATE_KEY',
    'AWS_SECRET_ACCESS_KEY',
    'LICHEN_SOURCE_',
    'the-key',
  ])(
    'that names the variable %s is refused: a stranger’s file must not reach other secrets',
    (credential) => {
      const text = refusal(() => live({ status: [{ ...aeroapi, credential }, opensky] }));
      expect(text).toContain('status.0.credential');
      // Somebody wrote the key where its variable belongs: it is not repeated.
      if (credential === 'the-key') expect(text).not.toContain('the-key');
    },
  );

  test('with one live source alone is refused: two must agree', () => {
    expect(refusal(() => live({ status: [aeroapi, { kind: 'replay' }] }))).toContain('two that agree');
  });

  test('with one provider twice is refused: it would be one voice that counts as two', () => {
    expect(
      refusal(() => live({ status: [aeroapi, { ...aeroapi, name: 'other', baseUrl: undefined }] })),
    ).toContain('twice');
    expect(
      refusal(() =>
        live({
          status: [
            { ...aeroapi, baseUrl: 'https://a.example.org/x' },
            { ...aeroapi, baseUrl: 'https://a.example.org/x/' },
          ],
        }),
      ),
    ).toContain('twice');
    expect(refusal(() => live({ status: [aeroapi, { ...opensky, name: 'AeroAPI' }] }))).toContain(
      'a name of its own',
    );
  });

  test('whose credential is not set says which variable to set', () => {
    const file = parseSourcesFile(JSON.stringify({ status: [aeroapi, opensky] }));
    expect(refusal(() => liveSourcesOf(file, {}))).toMatchInlineSnapshot(`
      "The credential of a source is missing.
        got:      LICHEN_SOURCE_AEROAPI is not set
        expected: the credential as the provider gave it
        next:     Set LICHEN_SOURCE_AEROAPI in the environment and start again."
    `);
    const broken = { ...environment, LICHEN_SOURCE_OPENSKY: 'client-only' };
    const text = refusal(() => liveSourcesOf(file, broken));
    expect(text).toContain('LICHEN_SOURCE_OPENSKY without a colon');
    expect(text).not.toContain('client-only');
    expect(refusal(() => liveSourcesOf(file, { ...environment, LICHEN_SOURCE_AEROAPI: 'a\nb' }))).toContain(
      'unprintable',
    );
  });
});
