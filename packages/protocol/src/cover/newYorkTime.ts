/** The local calendar and clock of the airports of departure (New York), all whole numbers. */
export interface LocalTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly day: number;
  /** 0 = 1 January. */
  readonly dayOfYear: number;
  /** 0 = Monday. */
  readonly weekday: number;
  /** Minutes since local midnight. */
  readonly minute: number;
}

const daySeconds = 86_400;

/** Days since 1970-01-01 of a date in the Gregorian calendar (Howard Hinnant, "chrono-compatible date algorithms"). */
function daysOf(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function dateOf(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = monthFromMarch + (monthFromMarch < 10 ? 3 : -9);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}

/** 0 = Monday; 1970-01-01 was a Thursday. */
function weekdayOf(days: number): number {
  return (((days + 3) % 7) + 7) % 7;
}

/** Days since 1970 of the n-th Sunday of a month. */
function sundayOf(year: number, month: number, nth: number): number {
  const first = daysOf(year, month, 1);
  return first + (6 - weekdayOf(first)) + 7 * (nth - 1);
}

/**
 * Local time in New York at a moment (unix seconds UTC), by the rules in force since 2007: daylight saving from the
 * second Sunday of March, 2:00, to the first Sunday of November, 2:00 (Energy Policy Act of 2005, section 110).
 * Own arithmetic, because the time zone tables of machines differ and the result is hashed and signed.
 */
export function newYorkTimeOf(moment: number): LocalTime {
  const standard = moment - 5 * 3600;
  const { year } = dateOf(Math.floor(standard / daySeconds));
  const from = sundayOf(year, 3, 2) * daySeconds + 7 * 3600;
  const to = sundayOf(year, 11, 1) * daySeconds + 6 * 3600;
  const local = moment >= from && moment < to ? standard + 3600 : standard;
  const days = Math.floor(local / daySeconds);
  const date = dateOf(days);
  return {
    ...date,
    dayOfYear: days - daysOf(date.year, 1, 1),
    weekday: weekdayOf(days),
    minute: Math.floor((local - days * daySeconds) / 60),
  };
}
