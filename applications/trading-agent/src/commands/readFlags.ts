import { parseArgs } from 'node:util';
import { LichenError } from '@lichen/protocol';

/** Flags and positional arguments of one mode. `text` flags take a value, `plain` ones do not. */
export interface Flags {
  readonly text: Readonly<Record<string, string | undefined>>;
  readonly plain: Readonly<Record<string, boolean | undefined>>;
  readonly positional: readonly string[];
}

/** @throws LichenError `bad-input` for a flag that the mode does not have */
export function readFlags(
  args: readonly string[],
  names: { readonly text: readonly string[]; readonly plain: readonly string[] },
): Flags {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      strict: true,
      options: Object.fromEntries([
        ...names.text.map((name) => [name, { type: 'string' as const }] as const),
        ...names.plain.map((name) => [name, { type: 'boolean' as const }] as const),
      ]),
    });
    const given = Object.entries(values);
    return {
      text: Object.fromEntries(given.filter(([, value]) => typeof value === 'string')) as Flags['text'],
      plain: Object.fromEntries(given.filter(([, value]) => typeof value === 'boolean')) as Flags['plain'],
      positional: positionals,
    };
  } catch (cause) {
    throw new LichenError('bad-input', 'That is not how this command is used.', {
      got: cause instanceof Error ? cause.message.split('\n')[0]! : String(cause),
      next: 'See: lichen trade --help',
      retry: 'after-fix',
      cause,
    });
  }
}

/** A whole number. @throws LichenError `bad-input` */
export function wholeOf(
  flag: string,
  text: string | undefined,
  least: number,
  most: number,
): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new LichenError('bad-input', `The value of ${flag} is not usable.`, {
    got: text.slice(0, 40),
    expected: `a whole number from ${least} to ${most}`,
    retry: 'after-fix',
  });
}
