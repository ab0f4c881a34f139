import pg from 'pg';
import { driverError } from './sql-state.ts';

/** What connects failed with: Prisma passes on some as they are, and they look like those of anything else. */
const connectErrors = new WeakSet<Error>();

/**
 * A connection to a PostgreSQL server whose break never ends the process.
 *
 * node-postgres emits `error` on the client when its connection breaks, and Node ends a process in which
 * nobody listens for that. pg-pool listens while a client is idle and takes its listener away as it hands
 * the client out; the borrower listens once its promise has resolved, and takes its listener away before
 * it gives the client back. A connection that the server terminates in between
 * (`pg_terminate_backend`, a failover) has no listener at all. Nothing is lost by passing over that: the
 * client is marked as broken, its statements reject, and the pool drops it when it comes back
 * [pg 8.23, client.js `_handleErrorEvent`; pg-pool 3, index.js `_acquireClient`, `_release`].
 *
 * Every client of this project is one: `new pg.Pool({ Client: ServerClient })`.
 */
export class ServerClient extends pg.Client {
  override emit(event: string | symbol, ...values: unknown[]): boolean {
    if (event === 'error' && this.listenerCount('error') === 0) return false;
    return super.emit(event, ...values);
  }

  override connect(): Promise<pg.Client>;
  override connect(callback: (error: Error) => void): void;
  override connect(callback?: (error: Error) => void): Promise<pg.Client> | undefined {
    if (callback === undefined) return super.connect();
    super.connect((error: Error) => {
      // The network's, not a refusal of the server.
      if (Object(error).syscall !== undefined) connectErrors.add(error);
      callback(error);
    });
  }
}

/**
 * Whether a statement failed because the server, or the network, ended its connection: the server ended
 * the session, stops or starts (SQLSTATE 57P01 to 57P03), a connection exception (class 08), or
 * node-postgres' own words, which have no code.
 */
export function isConnectionLost(error: unknown): boolean {
  const { code, message } = Object(error) as { code?: unknown; message?: unknown };
  if (/^(57P0[123]|08...|ECONNRESET|EPIPE)$/.test(String(code))) return true;
  return /^(Connection terminated|Client has encountered a connection error)/.test(String(message));
}

// P1001, P1002: not reached; P1017: the server ended the connection. Prisma passes on the codes of Node that
// it has none for.
const PRISMA_OUTAGE = /^(P(1001|1002|1017)|E(HOST|NET)(UNREACH|DOWN)|EAI_AGAIN|EPIPE)$/;
const OUTAGE_KIND = /^(ConnectionClosed|DatabaseNotReachable|SocketTimeout)$/;
const OUTAGE_STATE = /^(57P0[123]|08...)$/;
const OUTAGE_WORDS =
  /Connection terminated|connection timeout|(Server has closed|encountered a) connection/;

/**
 * Whether whatever failed did so because the database's server could not be reached, as Prisma or
 * node-postgres says it. A network's or a disk's errors of other things do not count,
 * nor does a statement that takes too long: it may do so while the database answers all others.
 */
export function isDatabaseOutage(error: unknown): boolean {
  if (error instanceof Error && connectErrors.has(error)) return true;
  const { name, code, message } = Object(error) as Record<string, unknown>;
  if (/^(PrismaClient|DriverAdapterError)/.test(String(name))) {
    if (PRISMA_OUTAGE.test(String(code))) return true;
    const { kind = '', originalCode = '', originalMessage = '' } = driverError(error) ?? {};
    return (
      OUTAGE_KIND.test(kind) ||
      OUTAGE_STATE.test(originalCode) ||
      OUTAGE_WORDS.test(`${message} ${originalMessage}`)
    );
  }
  if (OUTAGE_STATE.test(String(code))) return true;
  return /^Connection terminated/.test(String(message));
}

/** Whether a statement got no connection in time: all are in use, or the server does not answer. */
export function isConnectionTimeout(error: unknown): boolean {
  return /timeout exceeded when trying to connect/.test(String(Object(error).message));
}

/** Whether a statement failed because the server could not be asked, or did not answer in time. */
export function isUnreachable(error: unknown): boolean {
  const { code, message } = Object(error) as { code?: unknown; message?: unknown };
  if (isConnectionLost(error) || /^E[A-Z]+$/.test(String(code))) return true;
  return /timeout exceeded when trying to connect|Query read timeout|LISTEN\/NOTIFY|query for due jobs timed out/.test(
    String(message),
  );
}
