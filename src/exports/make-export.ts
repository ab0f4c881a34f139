import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Logger } from 'pino';
import { recordAudit } from '../audit/record-audit.ts';
import type { Database } from '../database/database.ts';
import { isDatabaseOutage } from '../database/server-client.ts';
import type { BlobStore } from '../files/blob-store.ts';
import { DamagedFile } from '../files/blob-store-error.ts';
import type { MediaExport } from '../generated/prisma/client.ts';
import type { JobHandler } from '../jobs/job-list.ts';
import { createIsDamaged } from './damaged-file.ts';
import { type ExportEntry, readSelection } from './export-entries.ts';

/** Progress is written after so many attachments, or so many bytes. */
const STEP = 100;
const STEP_BYTES = 256 * 1024 ** 2;
/** Without progress in between. The queue's pauses grow to a minute: more than ten minutes in all. */
const MAX_FAILURES = 30;

/**
 * The job `make-export`: reads every file of the selection and compares it with its SHA-256, so that a damaged
 * one is left out of the zip instead of cutting each download. It records which attachments that are held back are
 * in the zip, continues where an earlier run has stopped, and ends when the export is deleted.
 */
export function createMakeExport(deps: {
  database: Database;
  blobs: BlobStore;
  /** How long an export can be downloaded, in hours. */
  ttlHours: number;
  log: Logger;
}): JobHandler<'make-export'> {
  const { blobs } = deps;
  const { prisma } = deps.database;
  const { mediaExport } = prisma;
  const isDamaged = createIsDamaged(deps);
  const endNow = () => {
    const endedAt = new Date();
    return { endedAt, expiresAt: new Date(endedAt.getTime() + deps.ttlHours * 3_600_000) };
  };

  return async ({ id }, signal) => {
    const [row] = await mediaExport.updateManyAndReturn({
      where: { id, state: { in: ['waiting', 'running'] } },
      data: { state: 'running' },
    });
    if (row === undefined) return;
    try {
      await check(row, signal);
    } catch (error) {
      if (!signal.aborted && !isDatabaseOutage(error)) await countFailure(row.id);
      throw error;
    }
  };

  async function check(row: MediaExport, signal: AbortSignal): Promise<void> {
    let begin = row.done;
    let step = noSteps();
    for await (const one of readSelection(prisma, row, () => row.reveal, begin)) {
      signal.throwIfAborted();
      step.done += 1;
      if ('reason' in one) step.omitted += 1;
      else await checkEntry(one, step, { exportId: row.id, signal });
      if (step.done < STEP && step.byteSize < STEP_BYTES) continue;
      if (!(await keep(row, begin, step))) return;
      begin += step.done;
      step = noSteps();
    }
    await keep(row, begin, step, { state: 'ready', ...endNow() });
  }

  async function checkEntry(
    entry: ExportEntry,
    step: Step,
    { exportId, signal }: { exportId: string; signal: AbortSignal },
  ): Promise<void> {
    const { sid, byteSize } = entry.item;
    try {
      await requireIntact(entry, signal);
    } catch (error) {
      const damaged = await isDamaged(error, entry, exportId);
      step.omitted += 1;
      if (damaged) step.unreadable.push(sid);
      return;
    }
    step.byteSize += byteSize;
    if (entry.isHeldBack) step.revealed.push(sid);
  }

  /**
   * The audit log says who sees what is held back before it can be downloaded.
   *
   * @param begin how many were checked before this step
   * @returns false when the export was deleted, has expired, or another run is further
   */
  async function keep(
    { id, requestedBy: actor, reasonCode, reason }: MediaExport,
    begin: number,
    { done, omitted, byteSize, unreadable, revealed }: Step,
    end: Partial<Pick<MediaExport, 'state' | 'endedAt' | 'expiresAt'>> = {},
  ): Promise<boolean> {
    return prisma.$transaction(async (tx) => {
      const { count } = await tx.mediaExport.updateMany({
        where: { id, state: 'running', done: begin },
        data: {
          done: { increment: done },
          omitted: { increment: omitted },
          byteSize: { increment: byteSize },
          unreadable: { push: unreadable },
          revealed: { push: revealed },
          failures: 0,
          ...end,
        },
      });
      if (count === 0) return false;
      const action = 'media.reveal';
      await recordAudit(
        tx,
        revealed.map((target) => ({ actor, action, target, reasonCode, reason })),
      );
      return true;
    });
  }

  /** @throws DamagedFile, or the error of reading it */
  async function requireIntact({ item, key }: ExportEntry, signal: AbortSignal): Promise<void> {
    const hash = createHash('sha256');
    await blobs.withLocalFile(key, (path) => pipeline(createReadStream(path), hash, { signal }));
    if (hash.digest('hex') !== item.sha256) throw new DamagedFile('WRONG_HASH');
  }

  async function countFailure(id: string): Promise<void> {
    await mediaExport.updateMany({
      where: { id, state: 'running' },
      data: { failures: { increment: 1 } },
    });
    await mediaExport.updateMany({
      where: { id, state: 'running', failures: { gte: MAX_FAILURES } },
      data: { state: 'failed', ...endNow() },
    });
  }
}

/** What was checked since progress was written. */
interface Step {
  done: number;
  omitted: number;
  byteSize: number;
  unreadable: string[];
  revealed: string[];
}

function noSteps(): Step {
  return { done: 0, omitted: 0, byteSize: 0, unreadable: [], revealed: [] };
}
