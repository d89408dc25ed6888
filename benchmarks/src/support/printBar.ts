export interface Bar {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** In words, e.g. `<= 140000`; null where a figure is shown for comparison only. */
  readonly bar: string | null;
  readonly holds: boolean | null;
  readonly [detail: string]: unknown;
}

/** One line of JSON on stdout. */
export function printBar(bar: Bar): void {
  process.stdout.write(`${JSON.stringify(bar)}\n`);
}

/** A bar of the form "at most". */
export function printAtMost(
  name: string,
  value: number,
  unit: string,
  most: number,
  details: Record<string, unknown> = {},
): void {
  printBar({ name, value, unit, bar: `<= ${most}`, holds: value <= most, ...details });
}
