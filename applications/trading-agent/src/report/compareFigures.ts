/** A figure that differs: its path, what the file claims, what the journal says. */
export interface FigureDifference {
  readonly figure: string;
  readonly claimed: string;
  readonly recomputed: string;
}

/** Roots and powers may differ in the last bits between machines; money may not, and is far from them. */
const tolerance = 1e-9;

const isSame = (a: unknown, b: unknown) =>
  typeof a === 'number' && typeof b === 'number'
    ? Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(a), Math.abs(b))
    : a === b;

/** Every figure of one tree that is another, missing or not wanted in the other. */
export function compareFigures(claimed: unknown, recomputed: unknown, path = ''): FigureDifference[] {
  const isTree = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null;
  if (!isTree(claimed) || !isTree(recomputed)) {
    if (isSame(claimed, recomputed)) return [];
    return [{ figure: path, claimed: String(claimed), recomputed: String(recomputed) }];
  }
  const names = new Set([...Object.keys(claimed), ...Object.keys(recomputed)]);
  return [...names].flatMap((name) =>
    compareFigures(claimed[name], recomputed[name], path === '' ? name : `${path}.${name}`),
  );
}
