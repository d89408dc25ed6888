/** `2:41`, or `1:02:41` from an hour on, of whole seconds rounded down; zero for what is past. */
export function formatCountdown(seconds: number): string {
  const left = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(left / 3600);
  const minutes = Math.floor((left % 3600) / 60);
  const tail = (left % 60).toString().padStart(2, '0');
  return hours > 0 ? `${hours}:${minutes.toString().padStart(2, '0')}:${tail}` : `${minutes}:${tail}`;
}

/** `12 s`, `3 min`, `2 h 5 min` or `3 d 4 h` of seconds, for text where a clock would be too precise. */
export function formatSpan(seconds: number): string {
  const left = Math.max(0, Math.floor(seconds));
  if (left < 60) return `${left} s`;
  const minutes = Math.floor(left / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`;
}

/** `12 s ago` of seconds; `just now` below two. */
export function formatAgo(seconds: number): string {
  return seconds < 2 ? 'just now' : `${formatSpan(seconds)} ago`;
}

/** `5 min early`, `on schedule`, `1 h 12 min late` of a delay in minutes. */
export function formatDelay(minutes: number): string {
  if (minutes === 0) return 'on schedule';
  return minutes < 0 ? `${formatSpan(-minutes * 60)} early` : `${formatSpan(minutes * 60)} late`;
}
