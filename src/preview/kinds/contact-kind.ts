import sharp from 'sharp';
import type { ContactDetails } from '../media-details.ts';
import { type PreviewKind, readBeginning, UndecodableError } from '../preview-kind.ts';
import { PREVIEW_TYPES } from '../preview-types.ts';
import { CARD_ROOM, type Card, drawCard } from './card.ts';
import {
  type ContentLine,
  decodeQuoted,
  isQuotedPrintable,
  parseLine,
  unfold,
} from './content-lines.ts';
import { decodeText } from './decode-text.ts';
import { singleLine } from './format-text.ts';
import { type Picture, toPicture } from './picture.ts';

const MAX_BYTES = 8 * 1024 * 1024;
const MAX_CONTACTS = 10;
/** The last line says how many more there are. */
const MAX_NAMES = CARD_ROOM.lines - 1;

/** A card of the contact in a vCard, or the names of several contacts. */
export const contactKind: PreviewKind = {
  name: 'contact',
  types: new Set(PREVIEW_TYPES.contact),
  probe: async () => null,
  async render({ path, byteSize }) {
    const bytes = await readBeginning(path, MAX_BYTES);
    const { count, contacts } = readContacts(decodeText(bytes)?.text ?? '', MAX_CONTACTS);
    const [contact] = contacts;
    if (!contact) throw new UndecodableError('The file has no readable contact');
    const isWhole = byteSize <= MAX_BYTES;
    const card = count === 1 ? await cardOfOne(contact) : cardOfSeveral(count, isWhole, contacts);
    return {
      kind: 'contact',
      picture: await drawCard(card),
      size: null,
      details: {
        ...(isWhole && { contactCount: count }),
        contacts: contacts.map(({ photo: _, ...details }) => details),
      },
    };
  },
};

const STYLE = { badge: 'VCF', colour: '#0f766e' };

async function cardOfOne({ name, organization, phones, emails, photo }: Contact): Promise<Card> {
  const picture = photo && (await decodePhoto(photo));
  return {
    ...STYLE,
    title: name,
    lines: [organization ?? '', ...phones, ...emails].filter((line) => line && line !== name),
    ...(picture && { photo: picture }),
  };
}

function cardOfSeveral(count: number, isWhole: boolean, contacts: Contact[]): Card {
  const names = contacts.slice(0, MAX_NAMES).map(({ name }) => name);
  const more = count - names.length;
  return {
    ...STYLE,
    title: `${isWhole ? '' : 'Over '}${count} contacts`,
    lines: more > 0 ? [...names, `and ${more} more`] : names,
  };
}

const DECODERS: ReadonlySet<string> = new Set(['jpeg', 'png', 'gif', 'webp']);
/** Larger than any photo that a phone puts in a contact. */
const MAX_PIXELS = 4_096 ** 2;
/** Side of the square photo, in pixels. */
const SIDE = 320;

/**
 * Decodes the photo of a contact, cropped to a square.
 *
 * @returns null when it is damaged, too large or not in a format that phones use
 */
async function decodePhoto(photo: Buffer): Promise<Picture | null> {
  try {
    const input = sharp(photo, { limitInputPixels: MAX_PIXELS, failOn: 'error' });
    const { format } = await input.metadata();
    if (!DECODERS.has(format)) return null;
    return await toPicture(input.autoOrient().resize(SIDE, SIDE, { fit: 'cover' }));
  } catch {
    // The card is still useful without the photo.
    return null;
  }
}

// ical.js reads vCard too, but throws on the bare parameters of 2.1 (`TEL;CELL:`), which most phones
// send, does not support quoted-printable and rejects a whole card for one bad line. Preprocessing lines for
// it would take nearly as much code as parsing them.

export interface Contact extends ContactDetails {
  /** The bytes of the picture, of any type. */
  photo?: Buffer;
}

// Longest value except a photo's, in UTF-16 units.
const MAX_VALUE = 4_000;
const MAX_PHONES = 5;
const MAX_EMAILS = 5;

/**
 * Reads the contacts of vCards 2.1 (https://www.imc.org/pdi/vcard-21.txt), 3.0 (RFC 2426) and 4.0
 * (RFC 6350). What cannot be read is skipped. Linear in the length of the text.
 *
 * @param limit how many cards are read; the others are only counted
 * @returns how many cards begin in the text, and those of the first `limit` that have a name or any stand-in
 *   for it, with texts of at most 200 characters
 */
export function readContacts(text: string, limit: number): { count: number; contacts: Contact[] } {
  const starts: number[] = [];
  let count = 0;
  for (const { index } of text.matchAll(/^BEGIN:VCARD[ \t]*$/gim)) {
    if (isInside(text, index)) continue;
    count += 1;
    if (starts.length <= limit) starts.push(index);
  }
  const contacts = starts
    .slice(0, limit)
    .map((start, place) => readContact(text.slice(start, starts[place + 1])))
    .filter((contact) => contact !== null);
  return { count, contacts };
}

/** In vCard 2.1, AGENT (such as a secretary) holds a nested card. */
function isInside(text: string, index: number): boolean {
  return /^AGENT[^:\r\n]*:\s*$/im.test(text.slice(Math.max(0, index - 40), index));
}

function readContact(card: string): Contact | null {
  const texts = new Map<string, string>();
  const phones = new Set<string>();
  const emails = new Set<string>();
  let photo: Buffer | null = null;
  for (const line of contentLines(card)) {
    if (line.name === 'PHOTO') photo ??= readPhoto(line);
    else if (line.name === 'TEL') collect(phones, MAX_PHONES, readText(line).replace(/^tel:/i, ''));
    else if (line.name === 'EMAIL')
      collect(emails, MAX_EMAILS, readText(line).replace(/^mailto:/i, ''));
    else if (line.name === 'FN' || line.name === 'ORG' || line.name === 'N') {
      const text = line.name === 'N' ? readName(line) : readText(line);
      if (text && !texts.has(line.name)) texts.set(line.name, text);
    }
  }
  const [phone] = phones;
  const [email] = emails;
  const organization = texts.get('ORG');
  const name = texts.get('FN') ?? texts.get('N') ?? organization ?? phone ?? email;
  if (name === undefined) return null;
  return {
    name,
    ...(organization && { organization }),
    phones: [...phones],
    emails: [...emails],
    ...(photo && { photo }),
  };
}

function collect(into: Set<string>, most: number, value: string): void {
  if (value && into.size < most) into.add(value);
}

/** The properties of the outermost card only, unfolded. */
function* contentLines(card: string): Generator<ContentLine> {
  let depth = 0;
  for (const text of unfold(card)) {
    const line = parseLine(text);
    if (line?.name === 'BEGIN') depth += 1;
    else if (line?.name === 'END') depth -= 1;
    else if (line && depth === 1) yield line;
    if (depth <= 0) return;
  }
}

/** The parts of a structured value, such as company and department, are joined by commas. */
function readText(line: ContentLine): string {
  return singleLine(readParts(line).filter(Boolean).join(', ')).trim();
}

/** Family, given, additional names, prefixes, suffixes, in the order in which people say them. */
function readName(line: ContentLine): string {
  const [family, given, additional, prefixes, suffixes] = readParts(line);
  const name = [prefixes, given, additional, family, suffixes].filter(Boolean).join(' ');
  return singleLine(name).trim();
}

function readParts({ parameters, value }: ContentLine): string[] {
  return value
    .slice(0, MAX_VALUE)
    .split(/(?<!\\);/)
    .map((part) => (isQuotedPrintable(parameters) ? decodeQuoted(part, parameters) : part))
    .map((part) =>
      part.replace(/\\(.)/g, (_, char: string) => (/n/i.test(char) ? ' ' : char)).trim(),
    );
}

/**
 * Reads a photo that is embedded as `PHOTO;ENCODING=BASE64;JPEG:`, `PHOTO;ENCODING=b;TYPE=JPEG:` or
 * `PHOTO:data:image/jpeg;base64,`. Some programs omit the encoding, so any value of Base64 characters alone
 * counts; URLs have others, and are never fetched.
 *
 * @returns null when the bytes are not in the card
 */
function readPhoto({ parameters, value }: ContentLine): Buffer | null {
  if (isQuotedPrintable(parameters)) return null;
  const dataUri = /^data:[^,]{0,200};base64\\?,/i.exec(value)?.[0];
  const base64 = value.slice(dataUri?.length ?? 0).replace(/[ \t]/g, '');
  // Not `+` up to the end, which keeps a place for each character of a long line: V8 may have no room for them.
  const digits = base64.replace(/={1,2}$/, '');
  return digits === '' || /[^a-z0-9+/]/i.test(digits) ? null : Buffer.from(base64, 'base64');
}
