import pg from 'pg';
import { driverError } from './sql-state.ts';

/** Errors of failed connects: Prisma passes on some of them, and they look like any other network error. */
const connectErrors = new WeakSet<Error>();

/**
 * A connection to a PostgreSQL server that never ends the process when it breaks.
 *
 * node-postgres emits `error` on the client when its connection breaks, and Node ends a process without a
 * listener for it. pg-pool listens while a client is idle and removes its listener when it hands out the
 * client; the borrower listens once its promise has resolved, and removes its listener before it returns
 * the client. A connection that the server terminates in between (`pg_terminate_backend`, a failover) has
 * no listener at all. Ignoring that error is safe: the client is marked as broken, its statements reject,
 * and the pool drops it when it is returned [pg 8.23, client.js `_handleErrorEvent`; pg-pool 3, index.js
 * `_acquireClient`, `_release`].
 *
 * All clients in this project use this class: `new pg.Pool({ Client: ServerClient })`.
 */
export class ServerClient extends pg.Client {
  /** The process number that the server (or a pooler) has announced for cancel requests; null before it is connected. */
  declare readonly processID: number | null;

  override emit(event: string | symbol, ...values: unknown[]): boolean {
    if (event === 'error' && this.listenerCount('error') === 0) return false;
    return super.emit(event, ...values);
  }

  override connect(): Promise<pg.Client>;
  override connect(callback: (error: Error) => void): void;
  override connect(callback?: (error: Error) => void): Promise<pg.Client> | undefined {
    if (callback === undefined) return super.connect();
    super.connect((error: Error) => {
      // A network error, not a refusal by the server.
      if (Object(error).syscall !== undefined) connectErrors.add(error);
      callback(error);
    });
  }
}

/**
 * Whether a statement failed because the server or the network ended its connection: the server ended
 * the session, is stopping or starting (SQLSTATE 57P01 to 57P03), a connection exception (class 08), or an
 * error of node-postgres itself, which has no code.
 */
export function isConnectionLost(error: unknown): boolean {
  const { code, message } = Object(error) as { code?: unknown; message?: unknown };
  if (/^(57P0[123]|08...|ECONNRESET|EPIPE)$/.test(String(code))) return true;
  return /^(Connection terminated|Client has encountered a connection error)/.test(String(message));
}

// P1001, P1002: the server is unreachable; P1017: the server closed the connection. Prisma passes on Node's
// error codes that it has no code of its own for.
const PRISMA_OUTAGE = /^(P(1001|1002|1017)|E(HOST|NET)(UNREACH|DOWN)|EAI_AGAIN|EPIPE)$/;
const OUTAGE_KIND = /^(ConnectionClosed|DatabaseNotReachable|SocketTimeout)$/;
const OUTAGE_STATE = /^(57P0[123]|08...)$/;
const OUTAGE_MESSAGE =
  /Connection terminated|connection timeout|(Server has closed|encountered a) connection/;

/**
 * Whether an error of Prisma or node-postgres means that the database server is unreachable. Network or
 * disk errors of other code do not count, nor does the timeout of a statement, because the database may
 * still answer all others.
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
      OUTAGE_MESSAGE.test(`${message} ${originalMessage}`)
    );
  }
  if (OUTAGE_STATE.test(String(code))) return true;
  return /^Connection terminated/.test(String(message));
}

/** Whether a statement got no connection in time: all are in use, or the server does not respond. */
export function isConnectionTimeout(error: unknown): boolean {
  return /timeout exceeded when trying to connect/.test(String(Object(error).message));
}

/** Whether a statement failed because the server was unreachable or did not respond in time. */
export function isUnreachable(error: unknown): boolean {
  const { code, message } = Object(error) as { code?: unknown; message?: unknown };
  if (isConnectionLost(error) || /^E[A-Z]+$/.test(String(code))) return true;
  return /timeout exceeded when trying to connect|Query read timeout|LISTEN\/NOTIFY|query for due jobs timed out/.test(
    String(message),
  );
}
