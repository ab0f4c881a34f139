import { Prisma } from '../generated/prisma/client.ts';
import type { Transaction } from './database.ts';
import { allOf } from './scan-rows.ts';

// Words of message texts (docs/adr/0031-finding-media.md): an index finds the rare ones, windows of the list the
// common ones.

type Db = Pick<Transaction, '$queryRaw'>;

/** The name of the index; missing where the database has no extension `pg_trgm`. */
export const TEXT_INDEX = 'message_body_trgm_idx';

/** Rare words are in at most so many messages: these are sorted for each page. */
const MAX_RARE = 1000;
/** Rows of a random sample, and how many of them may match for the index to be asked. */
const SAMPLE_ROWS = 1000;
const MAX_SAMPLED = 20;

/** Only words with three letters or digits in a row have a trigram. */
const HAS_TRIGRAM = /[\p{L}\p{N}]{3}/u;

/** The condition that a text contains all words, in upper or lower case. */
export function containsWords(column: Prisma.Sql, words: readonly string[]): Prisma.Sql {
  return allOf(words.map((word) => Prisma.sql`${column} ILIKE ${patternOf(word)}`));
}

/** The condition that the message of an attachment contains all words. */
export function messageContainsWords(words: readonly string[]): Prisma.Sql {
  const contained = containsWords(Prisma.sql`message.body`, words);
  // Not EXISTS, for which PostgreSQL may read all messages at once.
  return Prisma.sql`(SELECT ${contained} FROM message WHERE message.sid = message_sid)`;
}

/**
 * Finds the messages whose text contains all words with the index, if there are few.
 *
 * Looking up a word that is in every text takes as long as reading the table, so a random sample decides first.
 *
 * @returns their sids; null when there are many, or when the index cannot be used: it is missing, or every word
 *   has one or two letters
 */
export async function findRareWords(db: Db, words: readonly string[]): Promise<string[] | null> {
  const [long, short] = [words.filter(hasTrigram), words.filter((word) => !hasTrigram(word))];
  if (long.length === 0) return null;
  const [table] = await db.$queryRaw<{ rows: number }[]>`
    -- Unknown until it is analyzed, after a restore for example: a page of 8 kB has at least two messages then.
    SELECT greatest(reltuples, pg_relation_size(oid) / 4096)::float8 AS rows FROM pg_class
    WHERE oid = 'message'::regclass AND EXISTS (
      SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(${TEXT_INDEX}) AND indisvalid
    )`;
  if (table === undefined) return null;
  const percent = Math.min(100, (100 * SAMPLE_ROWS) / Math.max(table.rows, SAMPLE_ROWS));
  const contained = containsWords(Prisma.sql`body`, words);
  const [sample] = await db.$queryRaw<{ found: number; isIndexed: boolean }[]>`
    SELECT count(*)::int AS found,
      -- In a database whose LC_CTYPE is C, only words of ASCII letters have trigrams.
      (SELECT bool_and(show_trgm(word) <> '{}') FROM unnest(${long}::text[]) AS word) AS "isIndexed"
    FROM (
      SELECT 1 FROM message TABLESAMPLE SYSTEM (${percent}::real) WHERE ${contained}
      LIMIT ${MAX_SAMPLED}
    ) AS sampled`;
  if (sample === undefined || !sample.isIndexed || sample.found === MAX_SAMPLED) return null;
  // A condition on the text alone would make the index look for words without trigrams, too.
  const rest = containsWords(Prisma.sql`(body || '')`, short);
  // Materialized, so that it is planned for all of its rows: for the first of them, PostgreSQL may read the table.
  const found = await db.$queryRaw<{ sid: string }[]>`
    WITH found AS MATERIALIZED (
      SELECT sid FROM message WHERE ${containsWords(Prisma.sql`body`, long)} AND ${rest}
    )
    SELECT sid FROM found LIMIT ${MAX_RARE + 1}`;
  return found.length > MAX_RARE ? null : found.map(({ sid }) => sid);
}

function hasTrigram(word: string): boolean {
  return HAS_TRIGRAM.test(word);
}

function patternOf(word: string): string {
  return `%${word.replaceAll(/[\\%_]/g, '\\$&')}%`;
}
