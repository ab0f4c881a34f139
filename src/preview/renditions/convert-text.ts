import { writeFile } from 'node:fs/promises';
import ICAL from 'ical.js';
import { MAX_LINE, OFFSET, parseProperty } from '../kinds/calendar-kind.ts';
import { decodeQuoted, isQuotedPrintable, parseLine, unfold } from '../kinds/content-lines.ts';
import { decodeText } from '../kinds/decode-text.ts';
import { type PreviewSource, readBeginning, UndecodableError } from '../preview-kind.ts';
import type { Converted } from './rendition-types.ts';

const MAX_BYTES = 8 * 1024 ** 2;
const MAX_DEPTH = 8;
const PRODUCT = '-//mms-inbox//renditions//EN';

/**
 * Converts a text of any encoding to UTF-8, a contact to one whose values are UTF-8, and a calendar to iCalendar 2.0.
 *
 * @throws UndecodableError when it is no text, or longer than MAX_BYTES
 */
export async function convertText(source: PreviewSource, toPath: string): Promise<Converted> {
  const { path, byteSize } = source;
  if (byteSize > MAX_BYTES) throw new UndecodableError('The text is longer than is converted');
  const decoded = decodeText(await readBeginning(path, MAX_BYTES));
  if (decoded === null) throw new UndecodableError('The bytes are not text');
  const { contentType, text } = convert(source.contentType, decoded.text);
  await writeFile(toPath, text);
  return { contentType };
}

function convert(type: string | null, text: string): { contentType: string; text: string } {
  if (type === 'text/vcard' || type === 'text/x-vcard') {
    return { contentType: 'text/vcard', text: normaliseContacts(text) };
  }
  if (type !== 'text/calendar') return { contentType: 'text/plain', text };
  return { contentType: 'text/calendar', text: normaliseCalendar(text) };
}

/** The same lines; quoted-printable values, which have a charset of their own, become UTF-8. */
export function normaliseContacts(text: string): string {
  if (!/QUOTED-PRINTABLE/i.test(text)) return text;
  const lines = Array.from(unfold(text), (line) => {
    const parsed = parseLine(line);
    if (parsed === null || !isQuotedPrintable(parsed.parameters)) return line;
    const { parameters, value } = parsed;
    const kept = parameters.replaceAll(/;(?:CHARSET=|ENCODING=)?"?[\w:.-]+"?(?=;|$)/gi, (one) =>
      /^;CHARSET=|QUOTED-PRINTABLE/i.test(one) ? '' : one,
    );
    const name = line.slice(0, line.length - parameters.length - value.length - 1);
    return `${name}${kept};CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:${quote(decodeQuoted(value, parameters))}`;
  });
  return `${lines.join('\r\n')}\r\n`;
}

/** Quoted-printable [RFC 2045, 6.7]: everything but letters, digits and blanks is escaped. */
function quote(value: string): string {
  const octets = Buffer.from(value).toString('latin1');
  return octets.replaceAll(/[^ !"#$%&'()*+,./0-9:;<>?@A-Z[\\\]^_`a-z{|}~-]/g, (octet) => {
    return `=${octet.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  });
}

/**
 * Writes a calendar anew as iCalendar 2.0 [RFC 5545]: CR LF, folded lines, times in basic format, no
 * quoted-printable. Lines that cannot be read are left out. Linear in the length of the text.
 *
 * @throws UndecodableError when it contains no component
 */
export function normaliseCalendar(text: string): string {
  const lines = ['BEGIN:VCALENDAR', 'VERSION:2.0', `PRODID:${PRODUCT}`];
  const open: string[] = [];
  let components = 0;
  for (const line of unfold(text)) {
    const [, edge = '', name = ''] = /^(BEGIN|END):([\w-]{1,40})[ \t]*$/i.exec(line) ?? [];
    const component = name.toUpperCase();
    if (component === 'VCALENDAR') continue;
    if (edge.toUpperCase() === 'BEGIN' && open.length < MAX_DEPTH) {
      open.push(component);
      components += 1;
      lines.push(`BEGIN:${component}`);
    } else if (edge.toUpperCase() === 'END') {
      if (open.at(-1) === component) lines.push(`END:${open.pop()}`);
    } else if (edge === '' && !/^(VERSION|PRODID)[;:]/i.test(line)) {
      const property = normaliseProperty(line.slice(0, MAX_LINE));
      if (property !== null) lines.push(property);
    }
  }
  if (components === 0) throw new UndecodableError('The file has no readable event');
  // A truncated file leaves components open.
  for (const component of open.reverse()) lines.push(`END:${component}`);
  return `${[...lines, 'END:VCALENDAR'].join('\r\n')}\r\n`;
}

/** Null when it cannot be read. */
function normaliseProperty(line: string): string | null {
  if (parseLine(line) === null) return null;
  try {
    const [name, parameters, ...rest] = parseProperty(line) as [string, Record<string, string>];
    const { [OFFSET]: offset = '', ...kept } = parameters;
    if (name === undefined) return null;
    if (offset === '')
      return ICAL.stringify.property([name, kept, ...rest], ICAL.design.icalendar, false);
    const { tzid: _, ...inUtc } = kept;
    const [type, value] = rest as unknown as [string, string];
    const utc = `${new Date(`${value}${offset}`).toISOString().slice(0, 19)}Z`;
    return ICAL.stringify.property([name, inUtc, type, utc], ICAL.design.icalendar, false);
  } catch {
    return null;
  }
}
