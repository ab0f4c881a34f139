import type { Prisma } from '../generated/prisma/client.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import type { Database } from '../storage/database.ts';
import { PREVIEW_TYPES, type PreviewTypeGroup } from './preview/preview-types.ts';

/** Which previews to make again; all of them when nothing is said. */
export interface PreviewSelection {
  /** Those of one kind's content types. */
  kind?: PreviewTypeGroup | undefined;
  /** Only those that show less than one would expect, with a reason. */
  failed?: boolean | undefined;
}

export interface PreviewRebuild {
  /** Marks previews and gives each a job. @returns how many */
  begin(selection: PreviewSelection): Promise<number>;
  /** Gives those that are still marked a job again. @returns how many */
  resume(): Promise<number>;
  /** How many are still to be made. */
  remaining(): Promise<number>;
}

const BATCH = 500;

/** Previews made again, by jobs: whoever asked for it may go away, and a worker may be restarted. */
export function createPreviewRebuild(database: Database, queue: JobQueue): PreviewRebuild {
  const { prisma } = database;

  async function mark(where: Prisma.BlobWhereInput): Promise<number> {
    let count = 0;
    let after = '';
    for (;;) {
      const batch = await prisma.$transaction(async (tx) => {
        const rows = await tx.blob.findMany({
          where: { AND: [where, { sha256: { gt: after } }] },
          select: { sha256: true },
          orderBy: { sha256: 'asc' },
          take: BATCH,
        });
        const sha256 = { in: rows.map((row) => row.sha256) };
        await tx.blob.updateMany({ where: { sha256 }, data: { previewStale: true } });
        const jobs = rows.map((payload) => ({ payload }));
        await queue.send(tx, 'rebuild-preview', jobs);
        return rows;
      });
      count += batch.length;
      after = batch.at(-1)?.sha256 ?? '';
      if (batch.length < BATCH) return count;
    }
  }

  return {
    begin: ({ kind, failed = false }) =>
      mark({
        // Where none was made yet, one is on its way.
        previewKind: { not: null },
        ...(failed ? { previewReason: { not: null } } : {}),
        ...(kind === undefined ? {} : ofKind(kind)),
      }),
    resume: () => mark({ previewStale: true }),
    remaining: () => prisma.blob.count({ where: { previewStale: true } }),
  };
}

function ofKind(kind: PreviewTypeGroup): Prisma.BlobWhereInput {
  const types: readonly (string | null)[] = PREVIEW_TYPES[kind];
  const named = { contentType: { in: types.filter((type) => type !== null) } };
  return types.includes(null) ? { OR: [named, { contentType: null }] } : named;
}
