import type { Database } from '../database/database.ts';
import { allOf, countRows, type ScanOrder, scanRows } from '../database/scan-rows.ts';
import { type Blob, Prisma } from '../generated/prisma/client.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import { PREVIEW_TYPES, type PreviewTypeGroup } from './preview-types.ts';

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

const BATCH = 100;

/** Previews made again, by jobs: whoever asked for it may go away, and a worker may be restarted. */
export function createPreviewRebuild(database: Database, queue: JobQueue): PreviewRebuild {
  const { prisma } = database;

  async function mark(range: Prisma.Sql, filter: Prisma.Sql): Promise<number> {
    let count = 0;
    for await (const blobs of scanRows(prisma, BY_HASH, { ranges: [range], filter })) {
      for (let begin = 0; begin < blobs.length; begin += BATCH) {
        const batch = blobs.slice(begin, begin + BATCH);
        const sha256 = { in: batch.map((blob) => blob.sha256) };
        await prisma.$transaction(async (tx) => {
          await tx.blob.updateMany({ where: { sha256 }, data: { previewStale: true } });
          const jobs = batch.map((payload) => ({ payload }));
          await queue.send(tx, 'rebuild-preview', jobs);
        });
      }
      count += blobs.length;
    }
    return count;
  }

  const all = Prisma.sql`true`;
  const isStale = Prisma.sql`preview_stale = true`;
  return {
    begin: ({ kind, failed = false }) =>
      mark(
        all,
        allOf([
          // Where none was made yet, one is on its way.
          Prisma.sql`preview_kind IS NOT NULL`,
          failed ? Prisma.sql`preview_reason IS NOT NULL` : undefined,
          kind && ofKind(kind),
        ]),
      ),
    resume: () => mark(isStale, all),
    remaining: () => countRows(prisma, BY_HASH, { ranges: [isStale], filter: all }),
  };
}

const BY_HASH: ScanOrder<Pick<Blob, 'sha256'>> = {
  table: Prisma.sql`blob`,
  columns: { sha256: 'sha256' },
  orderBy: Prisma.sql`sha256`,
  after: ({ sha256 }) => Prisma.sql`sha256 > ${sha256}`,
};

function ofKind(kind: PreviewTypeGroup): Prisma.Sql {
  const types: readonly (string | null)[] = PREVIEW_TYPES[kind];
  const named = Prisma.sql`content_type = ANY(${types.filter((type) => type !== null)})`;
  return types.includes(null) ? Prisma.sql`(${named} OR content_type IS NULL)` : named;
}
