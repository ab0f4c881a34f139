import { type PreviewKind, readBeginning, UndecodableError } from '../preview-kind.ts';
import { PREVIEW_TYPES } from '../preview-types.ts';
import { CARD_ROOM, drawCard } from './card.ts';
import { decodeText } from './decode-text.ts';
import { plainLine } from './human-words.ts';

/** Bytes of which the lines are counted. */
const MOST_BYTES = 1024 * 1024;
/** UTF-16 units of which lines are shown, and so at most 64 KiB of an ASCII text. */
const MOST_SHOWN = 64 * 1024;
const LINE_END = /\r\n|\r|\n/;
const { lines: MOST_LINES, lineLength: MOST_LINE, titleLength: MOST_TITLE } = CARD_ROOM;

/** A card of the first lines. Bytes of no known type are tried too. */
export const textKind: PreviewKind = {
  name: 'text',
  types: new Set(PREVIEW_TYPES.text),
  probe: async () => null,
  async render({ path, byteSize }) {
    const bytes = await readBeginning(path, MOST_BYTES);
    const decoded = decodeText(bytes);
    if (!decoded) throw new UndecodableError('The bytes are no text');
    const { text, encoding } = decoded;
    const lines = readLines(text.slice(0, MOST_SHOWN));
    const picture = await drawCard({ badge: 'TXT', colour: '#475569', ...lines });
    const lineCount = byteSize <= MOST_BYTES ? countLines(text) : undefined;
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
  const rows = text.split(LINE_END).map((row) => plainLine(row, MOST_LINES * MOST_LINE));
  const first = rows.findIndex((row) => row.trim());
  const title = plainLine(rows[first]?.trim() ?? '(blank)', MOST_TITLE);
  const rest = rows.slice(title.endsWith('…') ? first : first + 1, first + 1 + MOST_LINES);
  return { title, lines: rest.flatMap(wrap).slice(0, MOST_LINES) };
}

/** Breaks at blanks, and within a word that is longer than a line. */
function wrap(row: string): string[] {
  return row.match(new RegExp(`.{1,${MOST_LINE}}(?: |$)|.{1,${MOST_LINE}}`, 'gu')) ?? [''];
}

/** A line end at the very end begins no line. */
function countLines(text: string): number {
  const lines = text.split(LINE_END);
  return lines.at(-1) === '' ? lines.length - 1 : lines.length;
}
