/** A field that is not what it should be. `got` is what the record says, `expected` what running it again gives. */
export interface Difference {
  /** For example `checks.2.got`. */
  readonly path: string;
  readonly got: string;
  readonly expected: string;
}

function textOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}

/** The fields in which two plain values differ, in the order of the first. */
export function differencesOf(recorded: unknown, computed: unknown, path = ''): Difference[] {
  if (recorded === computed) return [];
  const isPlain = (value: unknown) => typeof value === 'object' && value !== null;
  if (isPlain(recorded) && isPlain(computed) && Array.isArray(recorded) === Array.isArray(computed)) {
    const [left, right] = [recorded, computed] as [Record<string, unknown>, Record<string, unknown>];
    const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
    return [...keys].flatMap((key) => {
      const at = path === '' ? key : `${path}.${key}`;
      return differencesOf(
        Object.hasOwn(left, key) ? left[key] : undefined,
        Object.hasOwn(right, key) ? right[key] : undefined,
        at,
      );
    });
  }
  return [{ path, got: textOf(recorded), expected: textOf(computed) }];
}
