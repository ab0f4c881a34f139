import pg from 'pg';
import { findBytes } from './find-bytes.ts';
import { findInBucket } from './stored-files.ts';
import type { TestInbox } from './test-inbox.ts';

/**
 * All places where an inbox still has any of these bytes: files below its data folder (blobs, scratch
 * files, the embedded database), objects of a bucket, tables of a database server; raw, or as hexadecimal or base64 text.
 */
export async function findCopies(
  {
    dataDir,
    databaseUrl,
    s3Url,
  }: Pick<TestInbox, 'dataDir' | 'databaseUrl'> & {
    s3Url?: string | undefined;
  },
  ...needles: Buffer[]
): Promise<string[]> {
  const texts = needles.flatMap(asTexts);
  const found = [
    ...(await findBytes(dataDir, ...needles, ...texts.map((text) => Buffer.from(text)))),
    ...(await findInBucket({ dataDir, s3Url }, needles)),
  ];
  if (databaseUrl === undefined) return found;
  const rows = await dumpDatabase(databaseUrl);
  return [...found, ...rows.filter((row) => texts.some((text) => row.includes(text)))];
}

/** How the first bytes would be written in a text. */
function asTexts(needle: Buffer): string[] {
  const start = needle.subarray(0, 48);
  return [start.toString('hex'), start.toString('base64'), needle.toString('latin1')];
}

/** Every row of every table, as text. */
export async function dumpDatabase(connectionString: string): Promise<string[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const { rows: tables } = await client.query(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
       WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
    );
    const rows: string[] = [];
    for (const { name } of tables) {
      const { rows: dumped } = await client.query(`SELECT t::text AS row FROM ${name} AS t`);
      rows.push(...dumped.map(({ row }) => `${name} ${row}`));
    }
    return rows;
  } finally {
    await client.end();
  }
}
