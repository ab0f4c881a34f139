import { setTimeout as wait } from 'node:timers/promises';
import pTimeout from 'p-timeout';
import type { Logger } from 'pino';
import { AppError } from '../errors/app-error.ts';
import { asError } from '../errors/caught.ts';
import type { PrismaClient } from '../generated/prisma/client.ts';
import { createFailureLog } from '../monitoring/outage-log.ts';
import type { ListReads, Transaction } from './database.ts';
import { createGroupedLookup } from './grouped-lookup.ts';
import { driverError } from './sql-state.ts';

/**
 * Where a list was read: on the standby; or on the primary because the standby was `behind`, could not be used (`failed`), has
 * cancelled the statement (`conflict`), or other lists had all connections to it (`busy`).
 */
export type ListReadOutcome = 'standby' | 'behind' | 'failed' | 'conflict' | 'busy';

/** For a database without a standby. */
export function readListsFrom(primary: PrismaClient): ListReads {
  return { read: (read) => read(primary), measureLag: undefined };
}

// Until the standby has replayed what the primary had committed, in milliseconds: 127 in all. On a local network it takes 1 to 10.
const LONGEST_PAUSE_MS = 64;
/** Connecting, the wait for a free connection, and the above. */
const READY_MS = 2000;
/** As long as a list may take, which the primary does not limit either. */
const LIST_MS = 10 * 60_000;
/** How long lists go to the primary without a look at the standby. */
const BEHIND_MS = 1000;
const FAILED_MS = 10_000;
/** Looks in a row that found it behind, at most one a second. */
const LOGGED_AFTER = 30;

/**
 * Reads lists on a hot standby, as current as on the primary: a read begins with the primary's flush position in the WAL, which is
 * after every commit that was acknowledged, and waits until the standby has replayed that (docs/adr/0045-read-standby.md).
 *
 * Position and list are read by one connection of the standby, because its address may be that of several standbys.
 *
 * @param deps.connections of `standby`, at most
 */
export function createStandbyReads(deps: {
  primary: PrismaClient;
  standby: PrismaClient;
  connections: number;
  onRead: (outcome: ListReadOutcome) => void;
  log: Logger;
}): ListReads {
  const { primary, standby, connections, onRead, log } = deps;
  const failures = createFailureLog(log, {
    begins: 'the standby cannot be used: lists are read from the primary',
    ends: 'lists are read from the standby again',
    failuresInARow: 1,
  });
  const delays = createFailureLog(log, {
    begins: 'the standby is behind: lists are read from the primary',
    ends: 'the standby has caught up',
    failuresInARow: LOGGED_AFTER,
  });
  /** Requests that arrive together share a statement that begins after all of them. */
  const lookUp = createGroupedLookup(async () => new Map([['', await positionOf(primary)]]));
  /** Lists that have a connection to the standby. */
  let connected = 0;
  let last: ListReadOutcome = 'standby';
  let avoidedUntil = Number.NEGATIVE_INFINITY;

  async function readPosition(): Promise<Position> {
    const position = await lookUp('');
    if (position === undefined) throw new Error('The primary has no position.');
    return position;
  }

  async function readStandby<T>(read: (db: Transaction) => Promise<T>): Promise<T> {
    const position = await readPosition();
    const ready = Promise.withResolvers<void>();
    let isConnected = false;
    let isLate = false;
    const reading = standby.$transaction(
      async (tx) => {
        isConnected = true;
        connected += 1;
        try {
          await waitForReplay(tx, position);
          if (isLate) throw new Error('The standby was ready too late.');
          ready.resolve();
          return await read(tx);
        } finally {
          connected -= 1;
        }
      },
      // With another level all statements would see what the first one saw, before the replay.
      { maxWait: READY_MS, timeout: LIST_MS, isolationLevel: 'ReadCommitted' },
    );
    reading.catch(ready.reject);
    try {
      await pTimeout(ready.promise, { milliseconds: READY_MS });
    } catch (error) {
      isLate = true;
      throw !isConnected && connected >= connections ? new StandbyBusyError() : error;
    }
    return reading;
  }

  function note(outcome: ListReadOutcome, error?: unknown): void {
    onRead(outcome);
    // It says nothing about the standby.
    if (outcome === 'busy') return;
    last = outcome;
    if (outcome === 'failed') failures.failed(asError(error));
    else failures.answered();
    if (outcome === 'behind') delays.failed(asError(error).message);
    else if (outcome === 'standby') delays.answered();
    const pauses = { standby: 0, conflict: 0, behind: BEHIND_MS, failed: FAILED_MS };
    avoidedUntil = performance.now() + pauses[outcome];
  }

  async function readLag(): Promise<number> {
    const { lsn } = await readPosition();
    const [row] = await standby.$queryRaw<[{ bytes: number | null }]>`
      SELECT greatest(0, pg_wal_lsn_diff(${lsn}::text::pg_lsn, pg_last_wal_replay_lsn()))::float8 AS bytes`;
    return row.bytes ?? Number.NaN;
  }

  return {
    async read(read) {
      const isAvoided = last === 'behind' || last === 'failed';
      if (isAvoided && performance.now() < avoidedUntil) {
        onRead(last);
        return read(primary);
      }
      // One request tries it, and others do not wait with it.
      if (isAvoided) avoidedUntil = performance.now() + READY_MS;
      try {
        const result = await readStandby(read);
        note('standby');
        return result;
      } catch (error) {
        if (error instanceof AppError) throw error;
        // What fails on the primary as well is no fault of the standby.
        const result = await read(primary);
        note(outcomeOf(error), error);
        return result;
      }
    },
    measureLag() {
      // Other metrics do not wait for a standby that hangs.
      return pTimeout(readLag(), { milliseconds: READY_MS }).catch(() => Number.NaN);
    },
  };
}

/** The standby has not replayed what was committed before the read. */
class StandbyBehindError extends Error {}

/** Other lists have all connections to the standby. */
class StandbyBusyError extends Error {}

/** A position in the WAL of a database. */
interface Position {
  lsn: string;
  database: string;
  /** Its history: a promoted standby begins another one, whose positions say nothing about those of its former primary. */
  timeline: string;
}

/** Two clusters may have databases of one name: the identifier is made by initdb, and standbys have that of their primary. */
const DATABASE = `(SELECT system_identifier FROM pg_control_system()) || '/' || current_database()`;

/** Reads the `Position` of a primary that is after every commit that was acknowledged. */
export const READ_POSITION = `
  SELECT lsn::text AS lsn, left(pg_walfile_name(lsn), 8) AS timeline, ${DATABASE} AS database
  FROM pg_current_wal_flush_lsn() AS lsn`;

/** What a server says when it is asked for a position of the primary. */
export interface StandbyState {
  isStandby: boolean;
  isSameDatabase: boolean;
  /** A standby that has left the history of its primary has no WAL receiver. */
  isStreaming: boolean;
  /** Whether it follows the history of the position, and not that of a former primary. */
  isSameTimeline: boolean;
  /** Bytes of WAL until the position; null when it has replayed none yet. */
  behind: number | null;
}

/**
 * Reads a `StandbyState`; `$1` to `$3` are lsn, database and timeline of the position. A role without pg_read_all_stats does
 * not see the timeline that is received, and gets that of the last restartpoint.
 */
export const READ_STANDBY = `
  SELECT pg_is_in_recovery() AS "isStandby", ${DATABASE} = $2 AS "isSameDatabase",
    EXISTS (SELECT 1 FROM pg_stat_wal_receiver) AS "isStreaming",
    lpad(upper(to_hex(coalesce(
      (SELECT received_tli FROM pg_stat_wal_receiver), (SELECT timeline_id FROM pg_control_checkpoint())
    ))), 8, '0') = $3 AS "isSameTimeline",
    pg_wal_lsn_diff($1::text::pg_lsn, pg_last_wal_replay_lsn())::float8 AS behind`;

async function positionOf(primary: PrismaClient): Promise<Position> {
  const [position] = await primary.$queryRawUnsafe<[Position]>(READ_POSITION);
  return position;
}

/** @throws StandbyBehindError, or Error when it is no standby of that database */
async function waitForReplay(
  standby: Transaction,
  { lsn, database, timeline }: Position,
): Promise<void> {
  for (let pause = 1; ; pause *= 2) {
    const [state] = await standby.$queryRawUnsafe<[StandbyState]>(
      READ_STANDBY,
      lsn,
      database,
      timeline,
    );
    const { isStandby, isSameDatabase, isStreaming, isSameTimeline, behind } = state;
    if (!(isStandby && isSameDatabase && isStreaming && isSameTimeline)) {
      throw new Error('DATABASE_READ_URL is no streaming standby of the database of DATABASE_URL.');
    }
    if (behind !== null && behind <= 0) return;
    if (pause > LONGEST_PAUSE_MS) {
      throw new StandbyBehindError('It has not replayed what was committed.');
    }
    await wait(pause);
  }
}

/** A standby cancels statements that need rows or locks that the primary has given up [hot standby, query conflicts]. */
function outcomeOf(error: unknown): ListReadOutcome {
  if (error instanceof StandbyBehindError) return 'behind';
  if (error instanceof StandbyBusyError) return 'busy';
  const { originalMessage = '' } = driverError(error) ?? {};
  const isConflict = /due to conflict with recovery/.test(
    `${asError(error).message} ${originalMessage}`,
  );
  return isConflict ? 'conflict' : 'failed';
}
