interface Shown {
  readonly use: string;
  readonly name: string;
  readonly origin: string;
}

/** What a person must know of live sources, in lines; none when there are none. */
export function liveText(live: readonly Shown[]): string[] {
  const listOf = (use: string) =>
    live
      .filter((source) => source.use === use)
      .map(({ name, origin }) => `${name} (${origin})`)
      .join(', ');
  const status = listOf('status');
  const weather = listOf('weather');
  return [
    ...(status === ''
      ? []
      : [`questions about live flights: two of ${status} must agree; they sign nothing`]),
    ...(weather === '' ? [] : [`weather of the present: ${weather}`]),
    ...(live.length === 0
      ? []
      : ['replayed all the same: flights for sale, their record and the weather they are priced with']),
  ];
}
