import { type PreviewKind, readBeginning, UndecodableError } from '../preview-kind.ts';
import { PREVIEW_TYPES } from '../preview-types.ts';
import { CARD_ROOM, drawCard } from './card.ts';
import { decodeText } from './decode-text.ts';
import { singleLine } from './format-text.ts';

/** Lines are counted only in files of up to this many bytes. */
const MAX_BYTES = 1024 * 1024;
/** How many UTF-16 units are searched for the lines to show: 64 KiB of an ASCII text. */
const MAX_SHOWN = 64 * 1024;
const LINE_END = /\r\n|\r|\n/;
const { lines: MAX_LINES, lineLength: MAX_LINE, titleLength: MAX_TITLE } = CARD_ROOM;

/** A card of the first lines. Bytes of unknown type are tried as text, too. */
export const textKind: PreviewKind = {
  name: 'text',
  types: new Set(PREVIEW_TYPES.text),
  probe: async () => null,
  async render({ path, byteSize }) {
    const bytes = await readBeginning(path, MAX_BYTES);
    const decoded = decodeText(bytes);
    if (!decoded) throw new UndecodableError('The bytes are not text');
    const { text, encoding } = decoded;
    const lines = readLines(text.slice(0, MAX_SHOWN));
    const picture = await drawCard({ badge: 'TXT', colour: '#475569', ...lines });
    const lineCount = byteSize <= MAX_BYTES ? countLines(text) : undefined;
    return {
      kind: 'text',
      picture,
      size: null,
      details: { encoding, ...(lineCount !== undefined && { lineCount }) },
    };
  },
};

/** Title: the first line that is not blank. Lines: those after it, or from it on if the title is cut. */
function readLines(text: string): { title: string; lines: string[] } {
  const rows = text.split(LINE_END).map((row) => singleLine(row, MAX_LINES * MAX_LINE));
  const first = rows.findIndex((row) => row.trim());
  const title = singleLine(rows[first]?.trim() ?? '(blank)', MAX_TITLE);
  const rest = rows.slice(title.endsWith('…') ? first : first + 1, first + 1 + MAX_LINES);
  return { title, lines: rest.flatMap(wrap).slice(0, MAX_LINES) };
}

/** Breaks lines at blanks, and within words that are longer than a line. */
function wrap(row: string): string[] {
  return row.match(new RegExp(`.{1,${MAX_LINE}}(?: |$)|.{1,${MAX_LINE}}`, 'gu')) ?? [''];
}

/** A line end at the end of the text does not start another line. */
function countLines(text: string): number {
  const lines = text.split(LINE_END);
  return lines.at(-1) === '' ? lines.length - 1 : lines.length;
}
