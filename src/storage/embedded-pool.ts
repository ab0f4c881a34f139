import type { PGlite } from '@electric-sql/pglite';
import { createPgConfig } from '@electric-sql/pglite/node-postgres';
import pg from 'pg';
import { isDeath } from './embedded-death.ts';

/**
 * An ordinary node-postgres pool over PGlite. It holds one connection, because PGlite has one
 * session: never ask the pool for a connection while holding one, pass the transaction on.
 *
 * Each client gets a connection object of its own: the pool drops a client after a failed query,
 * and PGlite's connection object cannot be opened twice.
 *
 * @param onDeath told at once, before another statement can be sent
 */
export function createEmbeddedPool(pglite: PGlite, onDeath: (error: unknown) => void): pg.Pool {
  class EmbeddedClient extends pg.Client {
    constructor() {
      super(connectionConfig(pglite, onDeath));
    }
  }
  return new pg.Pool({
    Client: EmbeddedClient,
    max: 1,
    idleTimeoutMillis: 0,
    // The session outlives a dropped client, so an unfinished transaction of its predecessor would
    // otherwise swallow everything that follows.
    onConnect: async (client) => {
      await client.query('ROLLBACK');
    },
  });
}

function connectionConfig(pglite: PGlite, onDeath: (error: unknown) => void): pg.ClientConfig {
  const config = createPgConfig(pglite);
  const { connection } = config;
  const parse = connection.parse.bind(connection);
  // Prisma's adapter hands over node-postgres' type parser object where PGlite expects a list of
  // parameter type numbers.
  connection.parse = (statement: { types?: unknown }) =>
    parse({ ...statement, types: Array.isArray(statement.types) ? statement.types : undefined });
  for (const event of ['errorMessage', 'error']) {
    connection.on(event, (error: unknown) => {
      if (isDeath(error)) onDeath(error);
    });
  }
  return config as unknown as pg.ClientConfig;
}
