/** A span of seconds as people say it: `2 min 41 s`, `1 h 5 min`, `3 s`; negative spans lose their sign. */
export function spanText(seconds: number): string {
  const whole = Math.abs(Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600)
    return whole % 60 === 0 ? `${whole / 60} min` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.floor((whole % 3_600) / 60);
  return minutes === 0 ? `${Math.floor(whole / 3_600)} h` : `${Math.floor(whole / 3_600)} h ${minutes} min`;
}

/** When a flight leaves, seen from now (both chain time, unix seconds): `leaves in 2 min 41 s`, `left 5 s ago`. */
export function leavesText(departsAt: number, now: number): string {
  return departsAt > now ? `leaves in ${spanText(departsAt - now)}` : `left ${spanText(now - departsAt)} ago`;
}

/** yyyymmdd as `2013-12-05`. */
export function dayText(day: number): string {
  const digits = String(day).padStart(8, '0');
  return `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`;
}
