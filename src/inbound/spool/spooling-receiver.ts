import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { BusyState } from '../../database/busy-state.ts';
import { createFailureLog } from '../../monitoring/outage-log.ts';
import type { Receipt } from '../commit-message.ts';
import type { InboundMessage } from '../inbound-message.ts';
import type { MessageSpool } from './message-spool.ts';

/** One statement has the database to itself, for seconds. */
class DatabaseBusy extends Error {}

/** `spooled`: on this disk, and in the database as soon as that takes it. */
export type SpooledReceipt = Receipt | 'spooled';

export interface SpoolingReceiver {
  /**
   * Resolves once the message is committed, or on disk where the database does not take it.
   *
   * @throws AppError `unavailable` when neither is possible
   */
  commitOrSpool(message: InboundMessage): Promise<SpooledReceipt>;
  /** Whether messages go to the spool without asking the database. */
  isDatabaseDown(): boolean;
  /** Ends the draining; what is left is drained by the next start. */
  stop(): Promise<void>;
}

// Twilio waits 15 s; a database that is merely busy answers within this.
const COMMIT_TIMEOUT_MS = 2500;
const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 10_000;

/**
 * Receives messages into the database, or into the spool while it is down or busy, and drains the spool,
 * the oldest first, through the same idempotent way.
 *
 * @param deps.commitMessage commits one message
 * @param deps.ping throws when the database does not answer
 * @param deps.busy while it is so messages go to the spool at once, those that wait already as well
 * @param deps.isFaultOfData whether an error is the message's own, so that it would come again
 * @param deps.isFaultOfServer whether the database answers and takes no message at all
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
  /** Names of messages that failed for no fault of theirs: they wait behind all others, taking turns. */
  const late = new Set<string>();
  const trouble = createFailureLog(log, {
    begins: 'the spool cannot be drained, tried again',
    ends: 'the spool is drained again',
    failuresInARow: 1,
  });
  let isDown = false;
  let draining: Promise<void> | null = null;

  function drainSoon(): void {
    if (draining !== null || stopping.signal.aborted) return;
    draining = drain()
      .then(trouble.answered, (error: Error) => {
        if (!stopping.signal.aborted) trouble.failed(error);
      })
      .finally(() => {
        draining = null;
        if (isDown || spool.size().messages > 0) drainSoon();
      });
  }

  /** Until the database is up and the spool empty. */
  async function drain(): Promise<void> {
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, longestPauseMs)) {
      if (busy.isBusy()) await busy.whenFree(stopping.signal);
      else await setTimeout(pause, undefined, { signal: stopping.signal });
      if (!(await isUp())) continue;
      if (isDown) log.warn(spool.size(), 'the database is back, the spool is drained');
      isDown = false;
      if (await drainOnce()) return;
    }
  }

  /** @returns whether it went through to the end */
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
          // Whether it is this message or all that the database takes too long for, nobody knows yet.
          if (!late.has(name))
            log.error({ err: error, file: name }, 'spooled message not committed');
          late.delete(name);
          late.add(name);
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
    for (const name of late) if (!names.includes(name)) late.delete(name);
    return [...names.filter((name) => !late.has(name)), ...late];
  }

  async function isUp(): Promise<boolean> {
    try {
      await withinTimeout(ping());
      return true;
    } catch {
      return false;
    }
  }

  /** @throws Error when it takes too long, `DatabaseBusy` at once; what was begun may still succeed */
  async function withinTimeout<T>(task: Promise<T>): Promise<T> {
    const settled = new AbortController();
    const { signal } = settled;
    const tooLong = setTimeout(commitTimeoutMs, undefined, { signal }).then(() => {
      throw new Error(`The database took longer than ${commitTimeoutMs} ms`);
    });
    const tooBusy = busy.whenBusy(signal).then(() => {
      throw new DatabaseBusy('The database is busy with one statement');
    });
    // Whatever comes later has nobody to tell.
    for (const late of [task, tooLong, tooBusy]) late.catch(() => undefined);
    try {
      return await Promise.race([task, tooLong, tooBusy]);
    } finally {
      settled.abort();
    }
  }

  // What an earlier process left behind.
  if (spool.size().messages > 0) drainSoon();

  return {
    async commitOrSpool(message) {
      if (!isDown && !busy.isBusy()) {
        try {
          return await withinTimeout(commitMessage(message));
        } catch (error) {
          if (!(error instanceof DatabaseBusy)) {
            const isOwnFault = isFaultOfData(error);
            const isTold = isDown && !isOwnFault;
            if (!isOwnFault) isDown = true;
            const fields = { messageSid: message.sid };
            // Those that waited with the first of an outage fail for the same reason.
            if (isTold) log.info(fields, 'message not committed, it is spooled');
            else log.error({ ...fields, err: error }, 'message not committed, it is spooled');
          }
        }
      }
      // Also when it cannot be written: somebody has to notice that the database is back.
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
