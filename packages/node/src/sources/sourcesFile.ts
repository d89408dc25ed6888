import { LichenError } from '@lichen/protocol';
import { z } from 'zod';

/** Credentials come from variables of this form only: a sources file of a stranger must not name any other secret. */
const variablePattern = /^LICHEN_SOURCE_[A-Z0-9_]{1,48}$/;
/** In plain HTTP a credential can be read on its way, except within this machine. */
const loopback = new Set(['127.0.0.1', 'localhost', '[::1]']);

const providerUrl = z
  .string()
  .max(300)
  .refine((text) => {
    if (!URL.canParse(text)) return false;
    const { protocol, hostname, username, password, search, hash } = new URL(text);
    const isSafe = protocol === 'https:' || (protocol === 'http:' && loopback.has(hostname));
    return isSafe && `${username}${password}${search}${hash}` === '' && !/[?#]/.test(text);
  }, 'an https address without user name, password, ? or # (http on this machine only)')
  .transform((text) => text.replace(/\/+$/, ''));
const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,39}$/, 'up to 40 letters, digits, spaces, . _ -');
const variable = z
  .string()
  .regex(variablePattern, 'the name of an environment variable that begins with LICHEN_SOURCE_');
const provider = {
  name: name.optional(),
  baseUrl: providerUrl.optional(),
  /** Per reporter. */
  requestsPerHour: z.number().int().min(1).max(100_000).default(120),
};
/** Least seconds between two requests about one flight. */
const everySeconds = z.number().int().min(1).max(3_600).default(60);

const replay = z.strictObject({ kind: z.literal('replay') });
const statusSchema = z.discriminatedUnion('kind', [
  replay,
  z.strictObject({ kind: z.literal('aeroapi'), credential: variable, everySeconds, ...provider }),
  z.strictObject({
    kind: z.literal('opensky'),
    credential: variable.optional(),
    tokenUrl: providerUrl.optional(),
    everySeconds,
    ...provider,
  }),
]);
const weatherSchema = z.discriminatedUnion('kind', [
  replay,
  z.strictObject({ kind: z.literal('open-meteo'), ...provider }),
  z.strictObject({
    kind: z.literal('noaa'),
    /** The service asks each caller for a contact. */
    contact: z.string().regex(/^[!-~]{3,100}$/, 'a contact, such as an e-mail address'),
    ...provider,
  }),
]);
const fileSchema = z.strictObject({
  status: z
    .array(statusSchema)
    .min(1)
    .max(8)
    .default([{ kind: 'replay' }]),
  weather: weatherSchema.default({ kind: 'replay' }),
});

/** What a sources file says, checked; credentials are named, not held. */
export type SourcesFile = z.output<typeof fileSchema>;

interface LiveProvider {
  /** Unique among the sources of a file. */
  readonly name: string;
  readonly baseUrl: string;
  readonly requestsPerHour: number;
}

/** A live status source with its credential: goes to a reporter over IPC and nowhere else. */
export type LiveStatusSource = LiveProvider & { readonly everySeconds: number } & (
    | { readonly kind: 'aeroapi'; readonly apiKey: string }
    | {
        readonly kind: 'opensky';
        readonly account?: {
          readonly clientId: string;
          readonly clientSecret: string;
          readonly tokenUrl?: string;
        };
      }
  );
export type LiveWeatherSource = LiveProvider &
  ({ readonly kind: 'open-meteo' } | { readonly kind: 'noaa'; readonly contact: string });

/** The live sources of a network. Holds credentials. */
export interface LiveSources {
  /** Empty, or two and more: two that say the same are an answer. */
  readonly status: readonly LiveStatusSource[];
  readonly weather?: LiveWeatherSource;
}

const providers = {
  aeroapi: { name: 'AeroAPI', baseUrl: 'https://aeroapi.flightaware.com/aeroapi' },
  opensky: { name: 'OpenSky', baseUrl: 'https://opensky-network.org/api' },
  'open-meteo': { name: 'Open-Meteo', baseUrl: 'https://api.open-meteo.com' },
  noaa: { name: 'National Weather Service', baseUrl: 'https://api.weather.gov' },
} as const;

function refused(got: string, expected: string): LichenError {
  return new LichenError('bad-input', 'The sources file cannot be used.', {
    got,
    expected,
    next: 'Correct the file; docs/spec/sources.md describes it.',
    retry: 'after-fix',
  });
}

/**
 * Reads the text of a sources file (docs/spec/sources.md).
 * @throws LichenError `bad-input` naming the first field that is wrong
 */
export function parseSourcesFile(text: string): SourcesFile {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw refused('text that is not JSON', 'a JSON object with "status" and "weather"');
  }
  const checked = fileSchema.safeParse(json);
  if (!checked.success) {
    const issue = checked.error.issues[0]!;
    const place = issue.path.join('.') || 'the file';
    // What stands there is not repeated: somebody may have written the credential itself into the file.
    const unknown = issue.code === 'unrecognized_keys' ? `: unknown field ${issue.keys.join(', ')}` : '';
    throw refused(`${place}${unknown}`, issue.message);
  }
  return checked.data;
}

function credentialOf(
  variableName: string,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const value = environment[variableName]?.trim() ?? '';
  if (/^[!-~]{1,4096}$/.test(value)) return value;
  throw new LichenError('bad-input', 'The credential of a source is missing.', {
    got:
      value === '' ? `${variableName} is not set` : `${variableName} holds blanks or unprintable characters`,
    expected: 'the credential as the provider gave it',
    next: `Set ${variableName} in the environment and start again.`,
    retry: 'after-fix',
  });
}

function providerOf(
  spec: {
    readonly kind: keyof typeof providers;
    readonly name?: string | undefined;
    readonly baseUrl?: string | undefined;
    readonly requestsPerHour: number;
  },
  taken: ReadonlySet<string>,
): LiveProvider {
  const usual = providers[spec.kind];
  let chosen = spec.name ?? usual.name;
  for (let count = 2; taken.has(chosen) && spec.name === undefined; count += 1) {
    chosen = `${usual.name} ${count}`;
  }
  return {
    name: chosen,
    baseUrl: spec.baseUrl ?? usual.baseUrl,
    requestsPerHour: spec.requestsPerHour,
  };
}

/** `client-id:client-secret` of an OpenSky account. */
function accountOf(credential: string, variableName: string) {
  const at = credential.indexOf(':');
  if (at > 0 && at < credential.length - 1) {
    return { clientId: credential.slice(0, at), clientSecret: credential.slice(at + 1) };
  }
  throw new LichenError('bad-input', 'The credential of OpenSky cannot be used.', {
    got: `${variableName} without a colon between two parts`,
    expected: 'client id, a colon, client secret, as the account page of OpenSky shows them',
    next: `Correct ${variableName} and start again.`,
    retry: 'after-fix',
  });
}

/**
 * Joins a sources file with the credentials that it names, from an environment that the caller passes.
 * @throws LichenError `bad-input` for a missing credential, a single live source, or one provider named twice
 */
export function liveSourcesOf(
  file: SourcesFile,
  environment: Readonly<Record<string, string | undefined>>,
): LiveSources {
  const status: LiveStatusSource[] = [];
  for (const spec of file.status) {
    if (spec.kind === 'replay') continue;
    const { everySeconds } = spec;
    const common = { ...providerOf(spec, new Set(status.map((source) => source.name))), everySeconds };
    if (status.some((other) => other.name === common.name)) {
      throw refused(`two sources named ${common.name}`, 'a name of its own for each source');
    }
    // One provider asked twice would be one voice that counts as two.
    if (status.some((other) => other.kind === spec.kind && other.baseUrl === common.baseUrl)) {
      throw refused(`${spec.kind} at ${common.baseUrl} twice`, 'each provider once');
    }
    if (spec.kind === 'aeroapi') {
      status.push({ ...common, kind: spec.kind, apiKey: credentialOf(spec.credential, environment) });
      continue;
    }
    const { credential, tokenUrl } = spec;
    status.push({
      ...common,
      kind: spec.kind,
      ...(credential === undefined
        ? {}
        : {
            account: {
              ...accountOf(credentialOf(credential, environment), credential),
              ...(tokenUrl === undefined ? {} : { tokenUrl }),
            },
          }),
    });
  }
  if (status.length === 1) {
    throw refused(
      `${status[0]!.name} as the only live source`,
      'two live sources or more: an answer needs two that agree',
    );
  }
  const { weather } = file;
  if (weather.kind === 'replay') return { status };
  const common = providerOf(weather, new Set());
  return {
    status,
    weather:
      weather.kind === 'noaa'
        ? { ...common, kind: 'noaa', contact: weather.contact }
        : { ...common, kind: 'open-meteo' },
  };
}

/** A live source as the screen may show it. */
export interface ShownSource {
  readonly use: 'status' | 'weather';
  readonly kind: LiveStatusSource['kind'] | LiveWeatherSource['kind'];
  readonly name: string;
  /** Scheme, host and port: who is asked, and so who sees the credential. */
  readonly origin: string;
}

/** What may be shown of live sources: no credential, no path. */
export function shownSources(live: LiveSources): readonly ShownSource[] {
  const shown = (use: ShownSource['use'], { kind, name, baseUrl }: LiveStatusSource | LiveWeatherSource) => ({
    use,
    kind,
    name,
    origin: new URL(baseUrl).origin,
  });
  return [
    ...live.status.map((source) => shown('status', source)),
    ...(live.weather === undefined ? [] : [shown('weather', live.weather)]),
  ];
}

/** What the screen says of a network's world: what is live, and what is not. */
export function worldLabel(live: LiveSources | undefined): string {
  const base = 'replay of recorded days';
  if (live === undefined || live.status.length === 0) return base;
  const names = live.status.map((source) => source.name).join(', ');
  return `${base}; questions about live flights are settled by ${names}`;
}
