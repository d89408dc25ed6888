/** `23.4%` of parts per million; below 0.1% with three decimals so that small risks stay visible. */
export function formatProbability(ppm: number | bigint): string {
  const percent = Number(ppm) / 10_000;
  return `${percent > 0 && percent < 0.1 ? percent.toFixed(3) : percent.toFixed(1)}%`;
}

/** `+4.2 points` or `−0.3 points` (percentage points) of a difference in parts per million. */
export function formatPoints(ppm: number | bigint): string {
  const points = Number(ppm) / 10_000;
  const text = Math.abs(points).toFixed(Math.abs(points) < 0.1 ? 2 : 1);
  if (Number(text) === 0) return '0.0 points';
  return `${points < 0 ? '−' : '+'}${text} points`;
}

/** `1 in 4` style odds of parts per million, for a reader who does not think in percent. */
export function formatOdds(ppm: number | bigint): string {
  const value = Number(ppm);
  if (value <= 0) return 'almost never';
  if (value >= 900_000) return 'almost always';
  if (value >= 400_000) return `about ${Math.round(value / 100_000)} in 10`;
  return `about 1 in ${Math.round(1_000_000 / value)}`;
}
