import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import type { SchemasContainer } from '@prisma/schema-engine-wasm';
import type pg from 'pg';
import { MIGRATIONS_FOLDER, ROOT } from '../../lifecycle/project-files.ts';
import { createEmbeddedPool } from '../embedded/embedded-pool.ts';
import { EXTENSIONS } from '../embedded/extensions.ts';
import { applyMigrations } from './apply-migrations.ts';
import { createSchemaEngine, NO_FILTER } from './schema-engine.ts';

/**
 * Compares the schema with the migrations, which are applied to an empty in-memory database.
 *
 * @returns the SQL of the next migration; empty when schema and migrations agree
 */
export async function diffSchema(): Promise<string> {
  const pglite = await PGlite.create({ extensions: EXTENSIONS });
  const pool = createEmbeddedPool(pglite, (error) => {
    throw error;
  });
  try {
    await applyMigrations(pool);
    const schema = await readSchema();
    const engine = await createSchemaEngine(withReadableCatalogs(pool));
    const { stdout } = await engine.diff({
      from: { tag: 'schemaDatasource', ...schema, configDir: MIGRATIONS_FOLDER },
      to: { tag: 'schemaDatamodel', ...schema },
      script: true,
      exitCode: null,
      filters: NO_FILTER,
    });
    const sql = stdout ?? '';
    return /^\s*(--[^\n]*\n?\s*)*$/.test(sql) ? '' : sql;
  } finally {
    await pool.end();
    await pglite.close();
  }
}

/** The Prisma schema, in the format of the schema engine. */
async function readSchema(): Promise<SchemasContainer> {
  const path = join(ROOT, 'prisma/schema.prisma');
  return { files: [{ path, content: await readFile(path, 'utf8') }] };
}

const INTERNAL_CHAR = 18;
const BPCHAR = 1042;

// Works around two incompatibilities with PostgreSQL 18's catalogs: @prisma/adapter-pg rejects the
// one-byte "char" type, and the engine does not know the rows that PostgreSQL 18 has for NOT NULL
// constraints (github.com/prisma/orm/issues/29635). Neither matters to a comparison.
function withReadableCatalogs(pool: pg.Pool): pg.Pool {
  const query = pool.query.bind(pool) as unknown as (s: unknown) => Promise<pg.QueryArrayResult>;
  return Object.assign(pool, {
    query: async (statement: unknown) => {
      const result = await query(statement);
      for (const field of result.fields ?? []) {
        if (field.dataTypeID === INTERNAL_CHAR) field.dataTypeID = BPCHAR;
      }
      const kind = result.fields?.findIndex((field) => field.name === 'constraint_type') ?? -1;
      if (kind >= 0) result.rows = result.rows.filter((row) => row[kind] !== 'n');
      return result;
    },
  });
}
