import { open } from 'node:fs/promises';
import type { PGlite } from '@electric-sql/pglite';
import { embeddedFolder, openDurablePglite } from '../database/embedded/durable-pglite.ts';
import { asError } from '../errors/caught.ts';
import { exitProcess } from '../lifecycle/exit-process.ts';
import type { Inspection, InspectionResult } from './inspect-snapshot.ts';

// Entry point of the child process that opens a copy of the database; inspect-snapshot.ts starts it.

const KEYS_PER_PAGE = 5000;

// A signal to all processes (Ctrl-C, systemd) is left to the parent.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => undefined);
process.on('disconnect', () => exitProcess(1));

const [, , dataDir = '', keysFile = ''] = process.argv;
const result = await inspect().then(
  (inspection): InspectionResult => ({ problem: null, inspection }),
  (error): InspectionResult => ({ problem: asError(error).message, inspection: null }),
);
process.send?.(result, () => exitProcess());

async function inspect(): Promise<Inspection> {
  const { pglite, close } = await openDurablePglite(embeddedFolder(dataDir));
  try {
    await pglite.query('UPDATE file_writer SET home = NULL');
    const one = async <T>(sql: string) => (await pglite.query<T>(sql)).rows[0] as T;
    const { migration } = await one<{ migration: string }>(
      'SELECT max(migration_name) AS migration FROM _prisma_migrations WHERE finished_at IS NOT NULL',
    );
    const { last, unfinished } = await one<{ last: string; unfinished: string[] }>(`
      SELECT coalesce(max(id), 0)::text AS last, ARRAY(
        SELECT DISTINCT deletion_id::text FROM deletion_target
        WHERE local = 'pending' AND forgotten_at IS NULL) AS unfinished
      FROM deletion`);
    return {
      migration,
      tables: await countRows(pglite),
      lastDeletion: last,
      unfinishedDeletions: unfinished,
      fileBytes: await listKeys(pglite),
    };
  } finally {
    await close();
  }
}

async function countRows(pglite: PGlite): Promise<Record<string, number>> {
  const { rows } = await pglite.query<{ name: string }>(`
    SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY name`);
  const counts: Record<string, number> = {};
  for (const { name } of rows) {
    const found = await pglite.query<{ rows: number }>(
      `SELECT count(*)::float8 AS rows FROM ONLY ${name}`,
    );
    counts[name] = found.rows[0]?.rows ?? 0;
  }
  return counts;
}

/** Writes the keys that rows name into a file. @returns the sum of their sizes */
async function listKeys(pglite: PGlite): Promise<number> {
  const file = await open(keysFile, 'w', 0o600);
  let bytes = 0;
  try {
    for (const table of ['blob', 'preview', 'rendition']) {
      for (let after = ''; ; ) {
        const { rows } = await pglite.query<{ key: string; bytes: number }>(
          `SELECT key, coalesce(byte_size, 0)::float8 AS bytes FROM ${table}
          WHERE key > $1 ORDER BY key LIMIT ${KEYS_PER_PAGE}`,
          [after],
        );
        await file.write(rows.map(({ key }) => `${JSON.stringify(key)}\n`).join(''));
        bytes += rows.reduce((sum, row) => sum + row.bytes, 0);
        after = rows.at(-1)?.key ?? '';
        if (rows.length < KEYS_PER_PAGE) break;
      }
    }
  } finally {
    await file.close();
  }
  return bytes;
}
