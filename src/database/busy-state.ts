import { EventEmitter, once } from 'node:events';
import type { EmbeddedSession } from './embedded/embedded-thread.ts';

/** Whether one statement keeps everybody else waiting for seconds, on a database with one session. */
export interface BusyState {
  isBusy(): boolean;
  /** @throws AbortError once `signal` aborts */
  whenBusy(signal: AbortSignal): Promise<void>;
  /** @throws AbortError once `signal` aborts */
  whenFree(signal: AbortSignal): Promise<void>;
}

/** Of a server: its sessions work beside each other. */
export const NEVER_BUSY: BusyState = {
  isBusy: () => false,
  whenBusy: () => new Promise(() => undefined),
  whenFree: async () => undefined,
};

/** One that changes as it is set; it begins free. */
export function createBusyState(): BusyState & { set(isBusy: boolean): void } {
  const changes = new EventEmitter<{ busy: []; free: [] }>();
  // One for each request that waits.
  changes.setMaxListeners(0);
  let busy = false;
  return {
    isBusy: () => busy,
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

// Webhooks have their answer within a second: what is left of it is for a file in the spool.
const BUSY_AFTER_MS = 400;
// A simple query, its length, and the word [PostgreSQL protocol, message formats].
const COMMIT = /^Q.{4}COMMIT\0/s;

/**
 * Makes a session tell when one statement keeps everybody else waiting: it writes a table anew, clears it,
 * builds an index, writes a checkpoint, or reads a whole table. A commit does not count: when it takes
 * long, so does everything that has to reach the disk, the spool included.
 *
 * @param onFree told how long the statement took, in milliseconds
 */
export function watchSession(
  session: EmbeddedSession,
  onFree: (ms: number) => void,
): EmbeddedSession & { busy: BusyState } {
  const busy = createBusyState();
  return {
    waitReady: session.waitReady,
    async execProtocolRawStream(statement, options) {
      const began = performance.now();
      const timer = COMMIT.test(Buffer.from(statement.subarray(0, 12)).toString('latin1'))
        ? undefined
        : setTimeout(() => busy.set(true), BUSY_AFTER_MS);
      try {
        await session.execProtocolRawStream(statement, options);
      } finally {
        clearTimeout(timer);
        if (busy.isBusy()) {
          busy.set(false);
          onFree(Math.round(performance.now() - began));
        }
      }
    },
    busy,
  };
}
