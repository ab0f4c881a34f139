/** A duration as players show it: `0:07`, `12:30`, `1:02:03`. */
export function clockTime(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [
    Math.floor(whole / 3600),
    Math.floor(whole / 60) % 60,
    String(whole % 60).padStart(2, '0'),
  ];
  return hours === 0
    ? `${minutes}:${rest}`
    : `${hours}:${String(minutes).padStart(2, '0')}:${rest}`;
}

const UNITS = ['bytes', 'kB', 'MB', 'GB'];

/** A size in decimal units: `512 bytes`, `1.4 MB`. */
export function fileSize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}

/**
 * Untrusted text as one line that is safe to show: control characters become blanks, and bidirectional
 * formatting characters are removed. Leading blanks stay.
 *
 * @param most characters (UTF-16 units) that are kept; a longer text ends in `…`
 */
export function singleLine(text: string, most = 200): string {
  const plain = text
    // Limits the work; the replacements below rarely remove more than a few characters.
    .slice(0, 4 * most)
    // The cut may have split a surrogate pair.
    .toWellFormed()
    .replace(/\r\n|[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')
    .replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, '')
    .trimEnd();
  if (plain.length <= most) return plain;
  // Drops half of a surrogate pair at the cut.
  return `${plain.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
