// The record's airports of departure are all in New York, so one zone serves every recorded time on the screen.
const zone = 'America/New_York';

const day = new Intl.DateTimeFormat('en-GB', {
  timeZone: zone,
  day: 'numeric',
  month: 'short',
  year: 'numeric',
});
const time = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' });
const wall = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** `5 Dec 2013` of recorded unix seconds, in New York. */
export function formatRecordedDay(recorded: number): string {
  return day.format(recorded * 1000);
}

/** `21:35` of recorded unix seconds, in New York. */
export function formatRecordedTime(recorded: number): string {
  return time.format(recorded * 1000);
}

/** `21:35:07` of chain unix seconds, in the reader's own zone. */
export function formatChainTime(chain: number): string {
  return wall.format(chain * 1000);
}
