import { InvalidArgumentError } from 'commander';

/** A whole number within bounds, for commander's option parser. */
export function wholeNumber(lowest: number, highest: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= lowest && value <= highest) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${lowest} to ${highest}.`);
  };
}

/** `2013-12-05` (05:00 UTC, midnight in New York) or `2013-12-05T12:00`, read as UTC, in unix seconds. */
export function recordedMoment(text: string): number {
  const match = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}))?Z?$/.exec(text);
  const seconds = match === null ? Number.NaN : Date.parse(`${match[1]}T${match[2] ?? '05:00'}:00Z`) / 1000;
  if (!Number.isNaN(seconds)) return seconds;
  throw new InvalidArgumentError('It must be a day of 2013, like 2013-12-05 or 2013-12-05T12:00 (UTC).');
}

/** An address of a JSON-RPC server. */
export function httpUrl(text: string): string {
  if (/^https?:\/\/./.test(text) && URL.canParse(text)) return text;
  throw new InvalidArgumentError('It must be an address like https://host/path.');
}
