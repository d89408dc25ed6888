import { LichenError } from '@lichen/protocol';

/**
 * Headers as OpenTelemetry's variables write them: `name=value,name=value`, values percent-encoded.
 * https://opentelemetry.io/docs/specs/otel/protocol/exporter/#specifying-headers-via-environment-variables
 * @throws LichenError `bad-input`; the text itself is not in it
 */
export function parseOtlpHeaders(text: string): Readonly<Record<string, string>> {
  const pairs = text.split(',').filter((part) => part.trim() !== '');
  return Object.fromEntries(
    pairs.map((pair, at) => {
      const equals = pair.indexOf('=');
      const name = pair.slice(0, Math.max(equals, 0)).trim();
      const value = decoded(pair.slice(equals + 1).trim());
      if (
        !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) ||
        value === undefined ||
        !/^[\x20-\x7e]*$/.test(value)
      ) {
        throw new LichenError('bad-input', 'The headers for the collector cannot be read.', {
          got: `pair ${at + 1} of ${pairs.length}`,
          expected: 'name=value,name=value with percent-encoded values',
          retry: 'after-fix',
        });
      }
      return [name.toLowerCase(), value];
    }),
  );
}

function decoded(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}
