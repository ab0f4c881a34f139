import { ServerClient } from './server-client.ts';

/** An advisory lock that a connection holds, for as long as both live. */
export interface SessionLock {
  release(): Promise<void>;
}

// A machine that vanished without a word is noticed by the server after a minute and a half, not after
// the two hours that operating systems wait.
const KEEPALIVES =
  '-c tcp_keepalives_idle=60 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3';

/**
 * Takes a lock on a connection of its own. The server lets go of it the moment the process ends, however
 * it does.
 *
 * @param onLost told once when the connection breaks
 */
export async function holdSessionLock(
  connectionString: string,
  name: string,
  onLost: () => void,
): Promise<SessionLock> {
  const client = new ServerClient({
    connectionString,
    connectionTimeoutMillis: 10_000,
    application_name: 'mms-inbox-lock',
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    query_timeout: 10_000,
    options: KEEPALIVES,
  });
  try {
    await client.connect();
    await client.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [name]);
  } catch (error) {
    void client.end().catch(() => undefined);
    throw error;
  }
  let isReleased = false;
  client.once('end', () => {
    if (!isReleased) onLost();
  });
  return {
    async release() {
      isReleased = true;
      await client.end().catch(() => undefined);
    },
  };
}
