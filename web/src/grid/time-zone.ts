/** The time zone whose days the page shows. */
export const LOCAL_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/**
 * For a database that does not know the name of the local one, such as an old name of a city: a zone without summer time.
 * Its days begin when the local ones do, or within two hours after that, so that they have the same dates.
 *
 * @param offsets minutes east of UTC, in winter and summer
 */
export function fixedZone(offsets: readonly number[] = localOffsets()): string {
  const hours = Math.floor(Math.min(...offsets) / 60);
  // Names of this kind have the sign of POSIX.
  return hours === 0 ? 'UTC' : `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`;
}

function localOffsets(): number[] {
  const year = new Date().getFullYear();
  return [0, 6].map((month) => -new Date(year, month, 1).getTimezoneOffset());
}
