import { decodeText } from './decode-text.ts';

/** A line of a vCard or a calendar, unfolded. */
export interface ContentLine {
  /** Upper case, without a group. */
  name: string;
  /** As written, with the semicolon in front: `;TYPE=CELL`. */
  parameters: string;
  value: string;
}

// Longest name with its parameters, in UTF-16 units.
const MAX_HEADER = 1_000;

/**
 * Unfolds lines: joins lines that begin with a blank and, in quoted-printable values, lines after a soft
 * line break (`=` at the end). Line ends may be CR LF, LF or CR. Linear in the length of the text.
 */
export function* unfold(text: string): Generator<string> {
  let rows: string[] = [];
  let softBreaks = false;
  for (const row of rowsOf(text)) {
    const isBroken = softBreaks && rows.at(-1)?.endsWith('=');
    if (rows.length > 0 && (isBroken || /^[ \t]/.test(row))) {
      rows.push(row);
      continue;
    }
    if (rows.length > 0) yield join(rows, softBreaks);
    rows = [row];
    softBreaks = isQuotedPrintable(row.slice(0, MAX_HEADER).split(':', 1)[0] ?? '');
  }
  if (rows.length > 0) yield join(rows, softBreaks);
}

/** The lines that are not empty. A regular expression can run out of stack at a line of megabytes. */
function* rowsOf(text: string): Generator<string> {
  const next = { '\r': text.indexOf('\r'), '\n': text.indexOf('\n') };
  let start = 0;
  for (;;) {
    const ends = Object.values(next).filter((place) => place >= 0);
    const end = Math.min(...ends, text.length);
    if (end > start) yield text.slice(start, end);
    if (end === text.length) return;
    start = end + 1;
    const mark = text[end] as keyof typeof next;
    next[mark] = text.indexOf(mark, start);
  }
}

function join(rows: string[], softBreaks: boolean): string {
  if (rows.length === 1) return rows[0] ?? '';
  const areFolded = !softBreaks || isFoldedToo(rows);
  const pieces = rows.map((row, place) => {
    const follows = softBreaks && rows[place - 1]?.endsWith('=');
    const isFold = place > 0 && (!follows || areFolded);
    const start = isFold ? row.replace(/^[ \t]/, '') : row;
    return softBreaks && place < rows.length - 1 ? start.replace(/=$/, '') : start;
  });
  return pieces.join('');
}

/**
 * Some programs also fold values that already have soft line breaks, so each row begins with a blank that is
 * not part of the text. A single continuation row may begin with a blank of its own, unless that would split
 * a character.
 */
function isFoldedToo(rows: string[]): boolean {
  const [first = '', second = '', third] = rows;
  if (!rows.every((row, place) => place === 0 || /^[ \t]/.test(row))) return false;
  return third !== undefined || (/=[89a-f][\da-f]=$/i.test(first) && /^[ \t]=[89ab]/i.test(second));
}

/** @returns null for anything that is not a content line */
export function parseLine(line: string): ContentLine | null {
  const header = /^(?:[\w-]+\.)?([\w-]+)[ \t]*((?:;(?:[^":;]|"[^"]*")*)*):/.exec(
    line.slice(0, MAX_HEADER),
  );
  if (!header) return null;
  const [all, name = '', parameters = ''] = header;
  return { name: name.toUpperCase(), parameters, value: line.slice(all.length) };
}

/** Also recognizes the bare parameter of vCard 2.1 and vCalendar 1.0. */
export function isQuotedPrintable(parameters: string): boolean {
  return /[;=]"?QUOTED-PRINTABLE\b/i.test(parameters);
}

/** @param parameters may name the charset; if they do not, or it is unknown, it is detected from the bytes */
export function decodeQuoted(value: string, parameters: string): string {
  const octets = Buffer.from(value)
    .toString('latin1')
    .replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  const bytes = Buffer.from(octets, 'latin1');
  const charset = /;CHARSET="?([\w:.-]+)/i.exec(parameters)?.[1];
  try {
    if (charset) return new TextDecoder(charset).decode(bytes);
  } catch {
    // TextDecoder does not know this charset: detect it instead.
  }
  return decodeText(bytes)?.text ?? '';
}
