// HTTP-date (RFC 9110 5.6.7): one form is written, and three forms are read. The caller provides the time.

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const IMF_FIXDATE =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT$/;
const RFC850_DATE =
  /^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (\d\d)-([A-Z][a-z]{2})-(\d\d) (\d\d):(\d\d):(\d\d) GMT$/;
const ASCTIME_DATE =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([A-Z][a-z]{2}) ((?: |\d)\d) (\d\d):(\d\d):(\d\d) (\d{4})$/;

let lastSecond = Number.NaN;
let lastDate = "";

/** Returns a time as `Sun, 06 Nov 1994 08:49:37 GMT`. Calls within one second get the same string. */
export function httpDate(ms: number): string {
  const second = Math.floor(ms / 1000);
  if (second !== lastSecond) {
    lastDate = new Date(second * 1000).toUTCString();
    lastSecond = second;
  }
  return lastDate;
}

/**
 * Returns milliseconds since 1970, or undefined when the text is not an HTTP-date. In the RFC 850 form a year has two
 * digits. Its century is chosen so that the year is at most 50 years after the year of `now`. Without `now` such years
 * are 1970–2069.
 */
export function parseHttpDate(text: string, now?: number): number | undefined {
  const fixed = IMF_FIXDATE.exec(text);
  if (fixed !== null) {
    const [, day, month, year, hour, minute, second] = fixed;
    return time(Number(year), month, day, hour, minute, second);
  }
  const old = RFC850_DATE.exec(text);
  if (old !== null) {
    const [, day, month, year, hour, minute, second] = old;
    return time(fullYear(Number(year), now), month, day, hour, minute, second);
  }
  const c = ASCTIME_DATE.exec(text);
  if (c === null) return undefined;
  const [, month, day, hour, minute, second, year] = c;
  return time(Number(year), month, day, hour, minute, second);
}

function fullYear(twoDigits: number, now: number | undefined): number {
  const latest = now === undefined ? 2069 : new Date(now).getUTCFullYear() + 50;
  const century = latest - (latest % 100);
  return century + twoDigits > latest ? century - 100 + twoDigits : century + twoDigits;
}

type Part = string | undefined;

function time(year: number, name: Part, d: Part, h: Part, m: Part, s: Part): number | undefined {
  const month = MONTHS.indexOf(name ?? "");
  const [day, hour, minute, second] = [Number(d), Number(h), Number(m), Number(s)];
  // 60 is a leap second. Date would silently turn larger values into the next minute, hour or day.
  if (month < 0 || hour > 23 || minute > 59 || second > 60) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  if (date.getUTCDate() !== day) return undefined;
  return date.setUTCHours(hour, minute, second, 0);
}
