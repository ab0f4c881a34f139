import pg from 'pg';
import type { ChangedColumns } from './moved-tables.ts';

/** Where the files of the source are, and where they go. */
export interface KeyChange {
  /** How keys of the new store begin: `s3://bucket/prefix/`, or empty for a folder. */
  keyStart: string;
  /** Whether it is a store of the source, so that its files stay where they are. */
  isOfSource: boolean;
  /** How keys of the other stores of the source begin, besides those of its folder. */
  formerStarts: readonly string[];
  /** The part of names of files that says who has written them (ADR 0012). */
  writer: string;
}

/**
 * What a row of the source has at the target, where that differs. Every column that holds keys of files is named here.
 *
 * @param keys undefined: files stay where they are
 * @param leaseSeconds of the jobs at the target
 */
export function changedColumns(keys: KeyChange | undefined, leaseSeconds: number): ChangedColumns {
  const job = {
    // Its process has ended, or goes on with the source until the last run.
    state: `CASE WHEN state = 'active' THEN 'retry' ELSE state END`,
    heartbeat_on: 'NULL',
    heartbeat_seconds: String(leaseSeconds),
  };
  if (keys === undefined) return { 'pgboss.job': job };
  const key = { key: movedKey('key', keys) };
  return {
    'public.blob': key,
    'public.preview': key,
    'public.rendition': key,
    'public.verification_finding': key,
    'public.deletion_target': {
      local_files: movedList('local_files', keys),
      preview_files: movedList('preview_files', keys),
    },
    'pgboss.job': {
      ...job,
      data: `CASE WHEN name = 'remove-files' THEN jsonb_set(data, '{keys}', (
        SELECT coalesce(jsonb_agg(${movedKey('file', keys)} ORDER BY place), '[]')
        FROM jsonb_array_elements_text(data -> 'keys') WITH ORDINALITY AS files (file, place)
      )) ELSE data END`,
    },
  };
}

// As in src/files/file-names.ts.
const WRITER = String.raw`-[0-9a-f]{12}(-[0-9a-f]{12}(?:[-.][a-z]+\.[a-z0-9]+)?)$`;

/**
 * The key at the target, in SQL. The path stays, but for the writer: a copy has another one than the file of the source,
 * so that a sweep of the source, to which that writer belongs, never takes a copy for an orphan.
 */
export function movedKey(column: string, keys: KeyChange): string {
  const { keyStart, isOfSource, formerStarts, writer } = keys;
  const copy = (path: string) =>
    `${pg.escapeLiteral(keyStart)} || regexp_replace(${path}, '${WRITER}', '-${writer}\\1')`;
  const startsWith = (start: string) => `starts_with(${column}, ${pg.escapeLiteral(start)})`;
  const inFolder = `strpos(${column}, '://') = 0`;
  const stays = keyStart === '' ? inFolder : startsWith(keyStart);
  const cases = [
    ...(isOfSource ? [`WHEN ${stays} THEN ${column}`] : []),
    ...formerStarts
      .toSorted((a, b) => b.length - a.length)
      .map(
        (start) =>
          `WHEN ${startsWith(start)} THEN ${copy(`substr(${column}, ${start.length + 1})`)}`,
      ),
    `WHEN ${inFolder} THEN ${copy(column)}`,
  ];
  return `CASE ${cases.join(' ')} ELSE ${column} END`;
}

function movedList(column: string, keys: KeyChange): string {
  return `ARRAY(
    SELECT ${movedKey('file', keys)} FROM unnest(${column}) WITH ORDINALITY AS files (file, place) ORDER BY place
  )`;
}
