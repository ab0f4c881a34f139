import type pg from 'pg';
import { MOVE_SCHEMA } from '../database/unfinished-move.ts';

/** The table of one row that has the state of a move. */
export const STATE = `${MOVE_SCHEMA}.state`;

interface ForeignKey {
  table: string;
  name: string;
  definition: string;
}

/** Drops the foreign keys of the target. Their definitions are kept, also when an earlier run has dropped them. */
export async function dropForeignKeys(client: pg.ClientBase): Promise<void> {
  const { rows: keys } = await client.query<ForeignKey>(`
    SELECT conrelid::regclass::text AS table, quote_ident(conname) AS name,
      pg_get_constraintdef(oid) AS definition
    FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace`);
  if (keys.length === 0) return;
  await client.query(`UPDATE ${STATE} SET foreign_keys = $1`, [JSON.stringify(keys)]);
  for (const { table, name } of keys) {
    await client.query(`ALTER TABLE ${table} DROP CONSTRAINT ${name}`);
  }
}

/** Adds the dropped foreign keys again; the database checks all rows. */
export async function addForeignKeys(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ keys: ForeignKey[] }>(
    `SELECT foreign_keys AS keys FROM ${STATE} FOR UPDATE`,
  );
  for (const { table, name, definition } of rows[0]?.keys ?? []) {
    await client.query(`ALTER TABLE ${table} ADD CONSTRAINT ${name} ${definition}`);
  }
}
