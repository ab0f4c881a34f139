import { type messages, type PGlite, protocol } from '@electric-sql/pglite';
import { createPgConfig } from '@electric-sql/pglite/node-postgres';
import pg from 'pg';
import { EmbeddedDeath } from './embedded-death.ts';
import type { EmbeddedSession } from './embedded-thread.ts';

/**
 * A regular node-postgres pool over PGlite. It has one connection, because PGlite has one session: never
 * request a connection from the pool while holding one; pass on the transaction instead.
 *
 * Each client gets its own connection object: the pool drops a client after a failed query, and PGlite's
 * connection object cannot be opened twice.
 *
 * @param onDeath called immediately, before another statement can be sent
 */
export function createEmbeddedPool(
  session: EmbeddedSession,
  onDeath: (error: unknown) => void,
): pg.Pool {
  class EmbeddedClient extends pg.Client {
    constructor() {
      super(connectionConfig(session, onDeath));
    }
  }
  return new pg.Pool({
    Client: EmbeddedClient,
    max: 1,
    idleTimeoutMillis: 0,
    // The session outlives a dropped client: an open transaction of the previous client would include all
    // further statements, and the names of its prepared statements would already exist.
    onConnect: async (client) => {
      await client.query('ROLLBACK');
      await client.query('DEALLOCATE ALL');
    },
  });
}

function connectionConfig(
  session: EmbeddedSession,
  onDeath: (error: unknown) => void,
): pg.ClientConfig {
  // `createPgConfig` uses no other members of PGlite.
  const config = createPgConfig(batchMessages(session, onDeath) as unknown as PGlite);
  const { connection } = config;
  const parse = connection.parse.bind(connection);
  // Prisma's adapter passes node-postgres' type parser object where PGlite expects a list of parameter type
  // OIDs.
  connection.parse = (statement: { types?: unknown }) =>
    parse({ ...statement, types: Array.isArray(statement.types) ? statement.types : undefined });
  return config as unknown as pg.ClientConfig;
}

// Messages that the client pipelines without waiting for a response: Parse, Bind, Describe and Execute
// [PostgreSQL protocol, message formats].
const PIPELINED = new Set(Buffer.from('PBDE'));

/**
 * Passes the messages of a statement to PGlite together, once one of them requires a response, because each
 * call costs more than most of the messages.
 */
function batchMessages(session: EmbeddedSession, onDeath: (error: unknown) => void) {
  const parser = new protocol.Parser();
  let held: Uint8Array[] = [];
  return {
    waitReady: session.waitReady,
    async execProtocolStream(message: Uint8Array): Promise<messages.BackendMessage[]> {
      held.push(message);
      if (PIPELINED.has(message[0] ?? 0)) return [];
      const statement = Buffer.concat(held);
      held = [];
      const answers: messages.BackendMessage[] = [];
      const onRawData = (bytes: Uint8Array) =>
        parser.parse(bytes, (answer) => answers.push(answer));
      try {
        await session.execProtocolRawStream(statement, { onRawData });
      } catch (error) {
        // PostgreSQL's last error message says more than the exception.
        const lastError = answers.find((answer) => /^(PANIC|FATAL)$/.test(Object(answer).severity));
        if (error instanceof EmbeddedDeath) onDeath(lastError ?? error);
        throw error;
      }
      return answers;
    },
  };
}
