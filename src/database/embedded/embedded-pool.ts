import { type messages, type PGlite, protocol } from '@electric-sql/pglite';
import { createPgConfig } from '@electric-sql/pglite/node-postgres';
import pg from 'pg';
import { EmbeddedDeath } from './embedded-death.ts';
import type { EmbeddedSession } from './embedded-thread.ts';

/**
 * An ordinary node-postgres pool over PGlite. It holds one connection, because PGlite has one
 * session: never ask the pool for a connection while holding one, pass the transaction on.
 *
 * Each client gets a connection object of its own: the pool drops a client after a failed query,
 * and PGlite's connection object cannot be opened twice.
 *
 * @param onDeath told at once, before another statement can be sent
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
    // The session outlives a dropped client: an unfinished transaction of its predecessor would
    // swallow everything that follows, and the names of its statements would be taken.
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
  // Of PGlite it uses no more than this.
  const config = createPgConfig(inOneGo(session, onDeath) as unknown as PGlite);
  const { connection } = config;
  const parse = connection.parse.bind(connection);
  // Prisma's adapter hands over node-postgres' type parser object where PGlite expects a list of
  // parameter type numbers.
  connection.parse = (statement: { types?: unknown }) =>
    parse({ ...statement, types: Array.isArray(statement.types) ? statement.types : undefined });
  return config as unknown as pg.ClientConfig;
}

// Messages that the client sends ahead of others, without waiting for what they bring: Parse, Bind,
// Describe and Execute [PostgreSQL protocol, message formats].
const AHEAD = new Set(Buffer.from('PBDE'));

/**
 * Hands the messages of a statement to PGlite together, when the one comes that asks for an answer:
 * each call costs more than most of the messages.
 */
function inOneGo(session: EmbeddedSession, onDeath: (error: unknown) => void) {
  const parser = new protocol.Parser();
  let held: Uint8Array[] = [];
  return {
    waitReady: session.waitReady,
    async execProtocolStream(message: Uint8Array): Promise<messages.BackendMessage[]> {
      held.push(message);
      if (AHEAD.has(message[0] ?? 0)) return [];
      const statement = Buffer.concat(held);
      held = [];
      const answers: messages.BackendMessage[] = [];
      const onRawData = (bytes: Uint8Array) =>
        parser.parse(bytes, (answer) => answers.push(answer));
      try {
        await session.execProtocolRawStream(statement, { onRawData });
      } catch (error) {
        // PostgreSQL's last words tell more than how it went.
        const lastWords = answers.find((answer) => /^(PANIC|FATAL)$/.test(Object(answer).severity));
        if (error instanceof EmbeddedDeath) onDeath(lastWords ?? error);
        throw error;
      }
      return answers;
    },
  };
}
