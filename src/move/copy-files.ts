import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import pLimit from 'p-limit';
import type pg from 'pg';
import { MOVE_SCHEMA } from '../database/unfinished-move.ts';
import { codeOf } from '../errors/caught.ts';
import type { BlobStore } from '../files/blob-store.ts';
import { BlobStoreError, DamagedFile } from '../files/blob-store-error.ts';
import { writerOf } from '../files/file-names.ts';
import { type KeyChange, movedKey } from './moved-keys.ts';

/** A file to copy, as the rows describe it. */
interface MovedFile {
  key: string;
  sourceKey: string;
  byteSize: number;
  /** Null of a preview or rendition of an earlier release, until it was copied. */
  sha256: string | null;
}

/** A file that could not be moved, and why. */
export interface FileProblem {
  key: string;
  problem: 'missing' | 'damaged' | 'not in the new store';
}

/** The list of files, at the target. */
export const FILES = `${MOVE_SCHEMA}.file`;
const WINDOW = 500;
// What a kill may have to copy again.
const FILES_PER_STEP = 100;
const COPIES_AT_ONCE = 8;
const CHECKS_AT_ONCE = 32;

const NAMED = `
  SELECT key, byte_size::bigint AS byte_size, sha256 FROM blob
  UNION ALL SELECT key, byte_size, file_sha256 FROM preview
  UNION ALL SELECT key, coalesce(byte_size, 0), file_sha256 FROM rendition WHERE key IS NOT NULL`;

/**
 * Lists at the target which files the rows of the source name.
 *
 * @param source in a transaction
 */
export async function listFiles(
  source: pg.ClientBase,
  writer: pg.ClientBase,
  keys: KeyChange,
): Promise<void> {
  const moved = movedKey('key', keys);
  const filter = keys.isOfSource ? `WHERE ${moved} <> key` : '';
  await source.query(`
    DECLARE move_files NO SCROLL CURSOR FOR
    SELECT ${moved} AS key, key AS source_key, byte_size::text, sha256 FROM (${NAMED}) AS named ${filter}`);
  for (;;) {
    const { rows } = await source.query(`FETCH ${WINDOW} FROM move_files`);
    if (rows.length === 0) break;
    const column = (name: string) => rows.map((row) => row[name]);
    await writer.query(
      `INSERT INTO ${FILES} (key, source_key, byte_size, sha256)
      SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[]) ON CONFLICT (key) DO NOTHING`,
      ['key', 'source_key', 'byte_size', 'sha256'].map(column),
    );
  }
  await source.query('CLOSE move_files');
}

/** Removes temporary files that a run of the same move has left that was killed. */
export async function removeScratch(store: BlobStore, writerId: string): Promise<void> {
  for (const name of await store.scratchNames()) {
    if (writerOf(name) === writerId) await store.discard(name);
  }
}

/**
 * Removes files that an earlier run has copied and that no row names any more: they were deleted since.
 *
 * @returns removes them once more, to be called after the others were copied: a bucket may write the upload of a run
 *   that was killed after the first time
 */
export async function removeUnnamed(
  writer: pg.ClientBase,
  store: BlobStore,
): Promise<() => Promise<void>> {
  const { rows } = await writer.query<{ key: string }>(`
    SELECT key FROM ${FILES} WHERE NOT EXISTS (SELECT FROM (${NAMED}) AS named WHERE named.key = ${FILES}.key)`);
  const keys = rows.map(({ key }) => key);
  for (const key of keys) await store.remove(key);
  // There is nothing to copy. The rows stay until the end: after another kill the next run removes the files again.
  await writer.query(`UPDATE ${FILES} SET copied_at = now() WHERE key = ANY($1)`, [keys]);
  return async () => {
    for (const key of keys) await store.remove(key);
    await writer.query(`DELETE FROM ${FILES} WHERE key = ANY($1)`, [keys]);
  };
}

/** How many files and bytes there are to copy. */
export async function countFiles(writer: pg.ClientBase): Promise<{ files: number; bytes: number }> {
  const { rows } = await writer.query<{ files: string; bytes: string }>(
    `SELECT count(*) AS files, coalesce(sum(byte_size), 0) AS bytes FROM ${FILES} WHERE copied_at IS NULL`,
  );
  return { files: Number(rows[0]?.files), bytes: Number(rows[0]?.bytes) };
}

/**
 * Copies the files that are not in the new store yet. Each is hashed on its way, and read back from the new store.
 *
 * @param stores the new one, and those of the source
 * @param advance called with the bytes of each file
 * @returns files that are missing or damaged at the source
 * @throws BlobStoreError or ErrnoException of a store that does not work
 */
export async function copyFiles(
  writer: pg.ClientBase,
  stores: { from: BlobStore; to: BlobStore },
  advance: (bytes: number) => void,
): Promise<FileProblem[]> {
  const limit = pLimit(COPIES_AT_ONCE);
  const problems: FileProblem[] = [];
  for await (const files of windows(writer, 'copied_at IS NULL', FILES_PER_STEP)) {
    const ends = await limit.map(files, async (file) => {
      const end = await copyFile(file, stores);
      advance(file.byteSize);
      return { key: file.key, sourceKey: file.sourceKey, ...end };
    });
    const copied = ends.filter((end) => 'sha256' in end);
    await writer.query(
      `UPDATE ${FILES} AS file SET copied_at = now(), sha256 = copied.sha256
      FROM unnest($1::text[], $2::text[]) AS copied (key, sha256) WHERE file.key = copied.key`,
      [copied.map(({ key }) => key), copied.map(({ sha256 }) => sha256)],
    );
    for (const end of ends) {
      if ('problem' in end) problems.push({ key: end.sourceKey, problem: end.problem });
    }
  }
  return problems;
}

/**
 * Looks whether files of earlier runs are still in the new store. What is not there is copied by the next run.
 *
 * @param before copies of this run were read back already
 */
export async function checkFiles(
  writer: pg.ClientBase,
  store: BlobStore,
  before: Date,
  advance: (files: number) => void,
): Promise<FileProblem[]> {
  const limit = pLimit(CHECKS_AT_ONCE);
  const problems: FileProblem[] = [];
  const earlier = `copied_at < '${before.toISOString()}' AND byte_size > 0`;
  for await (const files of windows(writer, earlier, WINDOW)) {
    const missing = await limit.map(files, async ({ key }) => {
      const isMissing = await store.requireReadable(key).then(
        () => false,
        (error: unknown) => {
          if (codeOf(error) !== 'ENOENT') throw error;
          return true;
        },
      );
      advance(1);
      return isMissing ? [key] : [];
    });
    const keys = missing.flat();
    await writer.query(`UPDATE ${FILES} SET copied_at = NULL WHERE key = ANY($1)`, [keys]);
    problems.push(...keys.map((key) => ({ key, problem: 'not in the new store' as const })));
  }
  return problems;
}

async function* windows(
  writer: pg.ClientBase,
  filter: string,
  limit: number,
): AsyncGenerator<MovedFile[]> {
  let last = '';
  for (;;) {
    const { rows } = await writer.query<MovedFile>(
      `SELECT key, source_key AS "sourceKey", byte_size::float8 AS "byteSize", sha256 FROM ${FILES}
      WHERE key > $1 AND ${filter} ORDER BY key LIMIT ${limit}`,
      [last],
    );
    if (rows.length > 0) yield rows;
    if (rows.length < limit) return;
    last = rows.at(-1)?.key ?? '';
  }
}

async function copyFile(
  file: MovedFile,
  { from, to }: { from: BlobStore; to: BlobStore },
): Promise<{ sha256: string } | { problem: 'missing' | 'damaged' }> {
  const scratch = to.scratchPath(basename(file.key));
  try {
    const { sha256, bytes } = await from.withLocalFile(file.sourceKey, (path) =>
      copyHashed(path, scratch),
    );
    const isExpected = file.sha256 === null || file.sha256 === sha256;
    if (!isExpected || bytes !== file.byteSize) return { problem: 'damaged' };
    await to.adopt(scratch, file.key);
    if (bytes > 0) await readBack(to, file.key, { sha256, bytes });
    return { sha256 };
  } catch (error) {
    if (error instanceof DamagedFile) return { problem: 'damaged' };
    // A deletion at the source removes temporary files of its bytes, too.
    if (codeOf(error) === 'ENOENT') return { problem: 'missing' };
    throw error;
  } finally {
    await to.discard(scratch);
  }
}

async function copyHashed(path: string, to: string): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  await pipeline(
    createReadStream(path),
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        bytes += chunk.length;
        yield chunk;
      }
    },
    createWriteStream(to, { flags: 'wx', mode: 0o600, flush: true }),
  );
  return { sha256: hash.digest('hex'), bytes };
}

async function readBack(
  store: BlobStore,
  key: string,
  { sha256, bytes }: { sha256: string; bytes: number },
): Promise<void> {
  const hash = createHash('sha256');
  try {
    await pipeline(await store.openRange(key, { start: 0, end: bytes - 1 }), hash);
  } catch (error) {
    if (!(error instanceof DamagedFile) && codeOf(error) !== 'ENOENT') throw error;
  }
  if (hash.digest('hex') === sha256) return;
  throw new BlobStoreError('WrongBytes', 'The new store answers other bytes than it was given.');
}
