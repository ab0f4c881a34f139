import { ApiRefusal } from './api-error.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

/**
 * Reads `Name=`, `Name<=` and `Name>=` from a query, as Twilio's lists filter by date. A value is
 * `YYYY-MM-DD` or an ISO 8601 date-time as the helper libraries send it; `Name=` means the whole day of its
 * value. `DateCreated<=D` of media ends with the midnight at which D begins in GMT, `DateSent<=D` of
 * messages with D.
 *
 * @throws ApiRefusal (400) for anything else
 */
export function parseDateFilter(query: URLSearchParams, name: string): (date: Date) => boolean {
  const on = instant(query, name);
  const until = endOf(query, name);
  const since = instant(query, `${name}>`);

  return (date) => {
    const time = date.getTime();
    // RFC 2822 dates, which clients see, have whole seconds: compare what they can compare.
    const second = time - (time % 1000);
    if (on !== null && Math.floor(time / DAY_MS) !== Math.floor(on / DAY_MS)) return false;
    return (until === null || second <= until) && (since === null || second >= since);
  };
}

function endOf(query: URLSearchParams, name: string): number | null {
  const time = instant(query, `${name}<`);
  const isDay = name === 'DateSent' && DATE.test(query.get(`${name}<`) ?? '');
  return time !== null && isDay ? time + DAY_MS - 1 : time;
}

function instant(query: URLSearchParams, name: string): number | null {
  const value = query.get(name);
  if (value === null) return null;
  const time = DATE.test(value) || DATE_TIME.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time)) throw new ApiRefusal(400, `Invalid ${name}: ${value}`);
  return time;
}
