import { EventEmitter, once } from 'node:events';
import type { EmbeddedSession } from './embedded/embedded-thread.ts';

/** Whether one long statement blocks all others, on a database with a single session. */
export interface BusyState {
  isBusy(): boolean;
  /** Calls `listener` when it becomes busy, or at once when it is. @returns unsubscribes */
  onBusy(listener: () => void): () => void;
  /** @throws AbortError once `signal` aborts */
  whenBusy(signal: AbortSignal): Promise<void>;
  /** @throws AbortError once `signal` aborts */
  whenFree(signal: AbortSignal): Promise<void>;
}

/** For a database server: its sessions run concurrently. */
export const NEVER_BUSY: BusyState = {
  isBusy: () => false,
  onBusy: () => () => undefined,
  whenBusy: () => new Promise(() => undefined),
  whenFree: async () => undefined,
};

/** A state that is changed by `set`; it is initially free. */
export function createBusyState(): BusyState & { set(isBusy: boolean): void } {
  const changes = new EventEmitter<{ busy: []; free: [] }>();
  // Each waiting request adds a listener.
  changes.setMaxListeners(0);
  let busy = false;
  return {
    isBusy: () => busy,
    onBusy(listener) {
      if (busy) listener();
      changes.on('busy', listener);
      return () => changes.off('busy', listener);
    },
    async whenBusy(signal) {
      if (!busy) await once(changes, 'busy', { signal });
    },
    async whenFree(signal) {
      if (busy) await once(changes, 'free', { signal });
    },
    set(isBusy) {
      busy = isBusy;
      changes.emit(busy ? 'busy' : 'free');
    },
  };
}

// Webhooks are answered within a second: the rest of it is for writing a file to the spool.
const BUSY_AFTER_MS = 400;
// A simple query: its type, its length and its text [PostgreSQL protocol, message formats].
const COMMIT = /^Q.{4}COMMIT\0/s;

/** A session that reports when it is busy. */
export interface WatchedSession extends EmbeddedSession {
  busy: BusyState;
  /** Runs work that needs the session to be idle: while it takes long, the session counts as busy. */
  occupy<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * Makes a session report when one statement blocks all others: it rewrites or vacuums a table, builds an
 * index, writes a checkpoint, or reads a whole table. A commit does not count: when it is slow, so is
 * everything else that is synced to the disk, including the spool.
 *
 * @param onFree called with the duration of the statement, in milliseconds
 */
export function watchSession(
  session: EmbeddedSession,
  onFree: (ms: number) => void,
): WatchedSession {
  const busy = createBusyState();

  async function occupy<T>(work: () => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    const timer = setTimeout(() => busy.set(true), BUSY_AFTER_MS);
    try {
      return await work();
    } finally {
      clearTimeout(timer);
      if (busy.isBusy()) {
        busy.set(false);
        onFree(Math.round(performance.now() - startedAt));
      }
    }
  }

  return {
    waitReady: session.waitReady,
    execProtocolRawStream(statement, options) {
      const run = () => session.execProtocolRawStream(statement, options);
      const isCommit = COMMIT.test(Buffer.from(statement.subarray(0, 12)).toString('latin1'));
      return isCommit ? run() : occupy(run);
    },
    occupy,
    busy,
  };
}
