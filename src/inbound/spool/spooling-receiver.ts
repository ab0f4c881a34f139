import { setTimeout as pauseFor } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { BusyState } from '../../database/busy-state.ts';
import type { Database } from '../../database/database.ts';
import { codeOf } from '../../errors/caught.ts';
import { createFailureLog } from '../../monitoring/outage-log.ts';
import type { ReadinessCheck } from '../../monitoring/readiness.ts';
import type { Receipt } from '../commit-message.ts';
import type { InboundMessage } from '../inbound-message.ts';
import type { MessageSpool } from './message-spool.ts';

/** One long statement of the embedded database blocks all others, for seconds. */
class DatabaseBusy extends Error {}

/** `spooled`: on this disk, and committed to the database once that is available again. */
export type SpooledReceipt = Receipt | 'spooled';

export interface SpoolingReceiver {
  /**
   * Resolves once the message is committed, or on disk if the database does not accept it.
   *
   * @throws AppError `unavailable` when neither is possible
   */
  commitOrSpool(message: InboundMessage): Promise<SpooledReceipt>;
  /** Whether messages go to the spool without trying the database. */
  isDatabaseDown(): boolean;
  /** Stops draining; the next start drains the rest. */
  stop(): Promise<void>;
}

// Twilio waits 15 s; a database that is merely busy answers within this.
const COMMIT_TIMEOUT_MS = 2500;
const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 10_000;

/**
 * Commits messages to the database, or writes them to the spool while it is down or busy, and drains the
 * spool, oldest first, through the same idempotent commit.
 *
 * @param deps.commitMessage commits one message
 * @param deps.ping throws when the database does not answer
 * @param deps.busy while busy, messages go to the spool at once, also those that are being committed
 * @param deps.isFaultOfData whether the message itself causes the error, so that every retry would fail
 * @param deps.isFaultOfServer whether the database answers but cannot store any message
 */
export function createSpoolingReceiver(deps: {
  commitMessage: (message: InboundMessage) => Promise<Receipt>;
  ping: () => Promise<void>;
  busy: BusyState;
  isFaultOfData: (error: unknown) => boolean;
  isFaultOfServer: (error: unknown) => boolean;
  spool: MessageSpool;
  log: Logger;
  commitTimeoutMs?: number;
  longestPauseMs?: number;
}): SpoolingReceiver {
  const { commitMessage, ping, busy, isFaultOfData, isFaultOfServer, spool, log } = deps;
  const { commitTimeoutMs = COMMIT_TIMEOUT_MS, longestPauseMs = MAX_PAUSE_MS } = deps;
  const stopping = new AbortController();
  /** Messages that failed, but not because of their data: retried after all others, in rotation. */
  const postponed = new Set<string>();
  const drainFailure = createFailureLog(log, {
    begins: 'the spool cannot be drained, retrying',
    ends: 'the spool is drained again',
    failuresInARow: 1,
  });
  let isDown = false;
  let draining: Promise<void> | null = null;

  function drainSoon(): void {
    if (draining !== null || stopping.signal.aborted) return;
    draining = drain()
      .then(drainFailure.answered, (error: Error) => {
        if (!stopping.signal.aborted) drainFailure.failed(error);
      })
      .finally(() => {
        draining = null;
        if (isDown || spool.size().messages > 0) drainSoon();
      });
  }

  /** Runs until the database is up and the spool is empty. */
  async function drain(): Promise<void> {
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, longestPauseMs)) {
      if (busy.isBusy()) await busy.whenFree(stopping.signal);
      else await pauseFor(pause, undefined, { signal: stopping.signal });
      if (!(await isUp())) continue;
      if (isDown) log.warn(spool.size(), 'the database is back, the spool is drained');
      isDown = false;
      if (await drainOnce()) return;
    }
  }

  /** @returns whether the spool is empty now */
  async function drainOnce(): Promise<boolean> {
    for (const name of await namesInTurn()) {
      stopping.signal.throwIfAborted();
      try {
        const message = await spool.read(name);
        if (message !== undefined) {
          const receipt = await withinTimeout(commitMessage(message));
          log.info({ messageSid: message.sid, receipt }, 'spooled message committed');
        }
        await spool.remove(name);
      } catch (error) {
        if (error instanceof DatabaseBusy || isFaultOfServer(error)) return false;
        if (!(await isUp())) return false;
        if (!isFaultOfData(error)) {
          // It is not known yet whether the database is slow for this message only or for all.
          if (!postponed.has(name))
            log.error({ err: error, file: name }, 'spooled message not committed');
          postponed.delete(name);
          postponed.add(name);
          return false;
        }
        await spool.reject(name);
        log.error({ err: error, file: name }, 'spooled message set aside: it cannot be committed');
      }
    }
    return spool.size().messages === 0;
  }

  async function namesInTurn(): Promise<string[]> {
    const names = await spool.names();
    for (const name of postponed) if (!names.includes(name)) postponed.delete(name);
    return [...names.filter((name) => !postponed.has(name)), ...postponed];
  }

  async function isUp(): Promise<boolean> {
    try {
      await withinTimeout(ping());
      return true;
    } catch {
      return false;
    }
  }

  /** @throws Error on a timeout, `DatabaseBusy` as soon as it is busy; the task itself may still succeed */
  function withinTimeout<T>(task: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`The database took longer than ${commitTimeoutMs} ms`));
      }, commitTimeoutMs);
      const unsubscribe = busy.onBusy(() => {
        reject(new DatabaseBusy('The database is busy with one statement'));
      });
      task.then(resolve, reject).finally(() => {
        clearTimeout(timer);
        unsubscribe();
      });
    });
  }

  // Files that an earlier process left behind.
  if (spool.size().messages > 0) drainSoon();

  return {
    async commitOrSpool(message) {
      if (!isDown && !busy.isBusy()) {
        try {
          return await withinTimeout(commitMessage(message));
        } catch (error) {
          if (!(error instanceof DatabaseBusy)) {
            const isOwnFault = isFaultOfData(error);
            const isReported = isDown && !isOwnFault;
            if (!isOwnFault) isDown = true;
            const fields = { messageSid: message.sid };
            // Other commits that were pending when the outage began fail for the same reason.
            if (isReported) log.info(fields, 'message not committed, it is spooled');
            else log.error({ ...fields, err: error }, 'message not committed, it is spooled');
          }
        }
      }
      // Before the write, which may fail: draining also detects that the database is back.
      drainSoon();
      await spool.write(message);
      return 'spooled';
    },
    isDatabaseDown: () => isDown,
    async stop() {
      stopping.abort(new Error('the process is stopping'));
      await draining;
    },
  };
}

/**
 * Readiness of a receiver's database and spool. While the database is down or busy, webhooks are stored in
 * the spool, so the receiver stays ready: a load balancer must keep sending them.
 */
export function spoolHealth(
  { ping, busy }: Pick<Database, 'ping' | 'busy'>,
  spool: MessageSpool,
): { database: ReadinessCheck; spool: ReadinessCheck } {
  return {
    async database() {
      try {
        if (!busy.isBusy()) {
          await ping();
          return undefined;
        }
      } catch (error) {
        await spool.checkWritable().catch(() => {
          throw error;
        });
        const problem = isOutOfRoom(error) ? 'has no room left on its disk' : 'does not answer';
        return `${problem}; webhooks are spooled`;
      }
      await spool.checkWritable();
      return 'is busy with one long statement; webhooks are spooled';
    },
    async spool() {
      const { messages, rejected } = spool.size();
      const isWritable = await spool.checkWritable().then(
        () => true,
        () => false,
      );
      const problems = [
        ...(isWritable ? [] : ['full or not writable']),
        ...(messages === 0 ? [] : [`messages that wait for the database: ${messages}`]),
        ...(rejected === 0 ? [] : [`messages set aside: ${rejected}`]),
      ];
      return problems.length === 0 ? undefined : problems.join('; ');
    },
  };
}

function isOutOfRoom(error: unknown): boolean {
  return codeOf(error) === 'ENOSPC';
}
