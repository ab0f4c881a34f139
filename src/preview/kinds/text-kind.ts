import { type PreviewKind, readBeginning, UndecodableError } from '../preview-kind.ts';
import { PREVIEW_TYPES } from '../preview-types.ts';
import { CARD_ROOM, drawCard } from './card.ts';
import { decodeText } from './decode-text.ts';
import { singleLine } from './format-text.ts';

/** Bytes of which the lines are counted. */
const MAX_BYTES = 1024 * 1024;
/** UTF-16 units of which lines are shown, and so at most 64 KiB of an ASCII text. */
const MAX_SHOWN = 64 * 1024;
const LINE_END = /\r\n|\r|\n/;
const { lines: MAX_LINES, lineLength: MAX_LINE, titleLength: MAX_TITLE } = CARD_ROOM;

/** A card of the first lines. Bytes of no known type are tried too. */
export const textKind: PreviewKind = {
  name: 'text',
  types: new Set(PREVIEW_TYPES.text),
  probe: async () => null,
  async render({ path, byteSize }) {
    const bytes = await readBeginning(path, MAX_BYTES);
    const decoded = decodeText(bytes);
    if (!decoded) throw new UndecodableError('The bytes are no text');
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

/** The first line that says anything, and the text after it; all of the text, if that line is cut. */
function readLines(text: string): { title: string; lines: string[] } {
  const rows = text.split(LINE_END).map((row) => singleLine(row, MAX_LINES * MAX_LINE));
  const first = rows.findIndex((row) => row.trim());
  const title = singleLine(rows[first]?.trim() ?? '(blank)', MAX_TITLE);
  const rest = rows.slice(title.endsWith('…') ? first : first + 1, first + 1 + MAX_LINES);
  return { title, lines: rest.flatMap(wrap).slice(0, MAX_LINES) };
}

/** Breaks at blanks, and within a word that is longer than a line. */
function wrap(row: string): string[] {
  return row.match(new RegExp(`.{1,${MAX_LINE}}(?: |$)|.{1,${MAX_LINE}}`, 'gu')) ?? [''];
}

/** A line end at the very end begins no line. */
function countLines(text: string): number {
  const lines = text.split(LINE_END);
  return lines.at(-1) === '' ? lines.length - 1 : lines.length;
}
