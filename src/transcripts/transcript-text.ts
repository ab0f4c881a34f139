import type { Transcription } from './transcription-server.ts';

/** The longest text that is kept, in UTF-16 code units: some hours of speech. */
export const MAX_TEXT = 100_000;

/** A transcript as it is stored. */
export interface StoredText {
  text: string;
  /** For searches. */
  searchText: string;
  /** Why it is incomplete; null when it is complete. */
  reason: string | null;
}

/** A text of the server without control characters (but tabs and new lines) and lone surrogates, and not too long. */
export function storedText({ text }: Pick<Transcription, 'text'>): StoredText {
  const cleaned = text
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[^\P{Cc}\t\n]/gu, '')
    .toWellFormed()
    .trim();
  const kept = cut(cleaned);
  return {
    text: kept,
    searchText: foldText(kept),
    reason: kept === cleaned ? null : `Only the first ${MAX_TEXT} characters are kept`,
  };
}

/**
 * A text as it is compared in searches: without the difference of upper and lower case, and of compatible characters.
 * Here and not by the database, whose `lower` depends on its collation.
 */
export function foldText(text: string): string {
  return cut(text.normalize('NFKC').toLowerCase());
}

/** Words that a text has to contain, folded, each once. */
export function foldWords(words: readonly string[]): string[] {
  return [...new Set(words.flatMap((word) => foldText(word).match(/\S+/gu) ?? []))];
}

/** Without half a surrogate pair at the end. */
function cut(text: string): string {
  return text.length <= MAX_TEXT ? text : text.slice(0, MAX_TEXT).replace(/[\ud800-\udbff]$/, '');
}
