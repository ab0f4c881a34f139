import pg from 'pg';
import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { isConnectionLost } from '../database/server-client.ts';
import { AppError } from '../errors/app-error.ts';
import { asError, codeOf } from '../errors/caught.ts';
import { BlobStoreError } from '../files/blob-store-error.ts';
import { newWriterId } from '../files/file-names.ts';
import { createLifecycle, type Lifecycle } from '../lifecycle/lifecycle.ts';
import {
  checkFiles,
  copyFiles,
  countFiles,
  FILES,
  type FileProblem,
  listFiles,
  removeScratch,
  removeUnnamed,
} from './copy-files.ts';
import { copyRows, type MoveConnections, type TableReport, verifyRows } from './copy-rows.ts';
import { copySequences } from './copy-sequences.ts';
import { type HoldSnapshot, type MoveSource, openMoveSource } from './move-source.ts';
import { type MoveTarget, openMoveTarget } from './move-target.ts';
import { changedColumns } from './moved-keys.ts';
import { type MovedTable, readTables } from './moved-tables.ts';
import { type FileMove, type NewPlace, openFileMove } from './new-store.ts';

/** Told about the progress of a move. */
export interface MoveProgress {
  /** @param total in units of `advance` */
  begin(task: 'rows' | 'comparison' | 'files' | 'file check', total: number): void;
  advance(count: number): void;
}

export interface MoveReport {
  tables: TableReport[];
  /** Tables of the source that are not of mms-inbox, and are not moved. */
  otherTables: string[];
  /** Files that this run has copied. */
  files: number;
  problems: FileProblem[];
  /** Whether a server works on the source, or has during the move: it has gone on, and the move has to be repeated. */
  isInUse: boolean;
  /** Whether the target can be used: nothing differs, and the source was not in use. */
  isDone: boolean;
}

/**
 * Makes the target what the source is, as of one moment. What is there already is compared, and only the difference is
 * copied; so it can be interrupted and repeated.
 *
 * @param move.toBlobs undefined: files stay where they are
 * @throws AppError that says what to do; errors of the drivers
 */
export async function runMove(
  move: {
    config: Readonly<Config>;
    toDatabase: string;
    toBlobs: NewPlace | undefined;
    holdSnapshot: HoldSnapshot;
    progress: MoveProgress;
  },
  log: Logger,
): Promise<MoveReport> {
  const lifecycle = createLifecycle();
  try {
    return await moveAll(move, lifecycle, log);
  } catch (error) {
    throw explain(error);
  } finally {
    await lifecycle.close();
  }
}

async function moveAll(
  { config, toDatabase, toBlobs, holdSnapshot, progress }: Parameters<typeof runMove>[0],
  lifecycle: Lifecycle,
  log: Logger,
): Promise<MoveReport> {
  const startedAt = new Date();
  // Everything that can be refused is, before anything is changed.
  const source = await openMoveSource(config, holdSnapshot, log);
  lifecycle.add('source', source.close);
  const target = await openMoveTarget(toDatabase, log);
  lifecycle.add('target', target.close);
  let writer = newWriterId();
  const files = toBlobs && (await openFileMove(config, toBlobs, () => writer, log));
  if (files !== undefined) lifecycle.add('blob stores', files.close);
  const blobs = files === undefined ? null : files.keys.keyStart || `file://${toBlobs?.folder}`;
  writer = await target.prepare({ source: source.identity, blobs });

  const { tables, others } = await moveRows({ source, target, files, writer, progress });
  const copied = files && (await moveFiles(target, files, writer, startedAt, progress));
  const isInUse = await source.isInUse();
  const problems = (copied?.problems ?? []).filter(
    // What has been deleted since the rows were read is missed by nobody.
    ({ problem }) => !(isInUse && problem === 'missing'),
  );
  const isWhole =
    tables.every(({ differences }) => differences.length === 0) &&
    problems.every(({ problem }) => problem !== 'not in the new store');
  await target.requireUnused();
  const isDone = isWhole && !isInUse;
  if (isDone) await target.finish();
  return {
    tables,
    otherTables: others,
    files: copied?.count ?? 0,
    problems,
    isInUse,
    isDone,
  };
}

/** What an operator reads of an error of a database or a store: every run can be repeated. */
function explain(error: unknown): unknown {
  if (error instanceof pg.DatabaseError || isConnectionLost(error)) {
    const { message } = asError(error);
    return new AppError(
      'unavailable',
      `A database has ended the move: ${message}. Run the same command again: it goes on.`,
      { cause: error },
    );
  }
  if (error instanceof BlobStoreError) {
    const message = `${error.message}. Run the same command again when it works.`;
    return new AppError('unavailable', message, { cause: error });
  }
  if (!/^(ENOSPC|EDQUOT)$/.test(codeOf(error) ?? '')) return error;
  return new AppError(
    'unavailable',
    'There is no room left on the disk: make room, and run the same command again: it goes on.',
    { cause: error },
  );
}

async function moveRows(move: {
  source: MoveSource;
  target: MoveTarget;
  files: FileMove | undefined;
  writer: string;
  progress: MoveProgress;
}): Promise<{ tables: TableReport[]; others: string[] }> {
  const { source, target, files, writer, progress } = move;
  const keys = files && { ...files.keys, writer };
  const connections: MoveConnections = {
    source: source.client,
    target: target.reader,
    writer: target.writer,
  };
  const changed = changedColumns(keys, await leaseSeconds(target));
  const { tables, others } = await readTables(source.client, target.writer, changed);
  const total = await countRows(source, tables);
  progress.begin('rows', total);
  for (const table of tables) await copyRows(connections, table, progress.advance);
  await copySequences(source.client, target.writer);
  progress.begin('comparison', total);
  const reports: TableReport[] = [];
  for (const table of tables) {
    reports.push(await verifyRows(connections, table, progress.advance));
  }
  if (keys !== undefined) await listFiles(source.client, target.writer, keys);
  await source.endReading();
  return { tables: reports, others };
}

async function moveFiles(
  { writer: client }: MoveTarget,
  { from, to }: FileMove,
  writer: string,
  startedAt: Date,
  progress: MoveProgress,
): Promise<{ count: number; problems: FileProblem[] }> {
  await removeScratch(to, writer);
  const removeAgain = await removeUnnamed(client, to);
  const { files, bytes } = await countFiles(client);
  progress.begin('files', bytes);
  const unreadable = await copyFiles(client, { from, to }, progress.advance);
  await removeAgain();
  const { rows } = await client.query(`SELECT count(*)::int AS total FROM ${FILES}`);
  progress.begin('file check', rows[0].total - files);
  const lost = await checkFiles(client, to, startedAt, progress.advance);
  return { count: files - unreadable.length, problems: [...unreadable, ...lost] };
}

async function countRows({ client }: MoveSource, tables: readonly MovedTable[]): Promise<number> {
  let total = 0;
  for (const { name, filter } of tables) {
    const { rows } = await client.query(
      `SELECT count(*)::float8 AS count FROM ${name} WHERE ${filter}`,
    );
    total += rows[0].count;
  }
  return total;
}

/** Jobs have the lease of the queue that they were sent to: that of a server's is much shorter. */
async function leaseSeconds({ writer }: MoveTarget): Promise<number> {
  const { rows } = await writer.query(
    'SELECT max(heartbeat_seconds)::int AS seconds FROM pgboss.queue',
  );
  return rows[0].seconds;
}
