import { type Database, lockBlob, type Transaction } from '../../database/database.ts';
import { codeOf } from '../../errors/caught.ts';
import type { BlobStore } from '../../files/blob-store.ts';
import type { Rendition } from '../../generated/prisma/client.ts';
import { AFTER_NEW } from '../../jobs/job-list.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';
import { type RenditionName, renditionOf } from './rendition-types.ts';

// It may have lost its job.
const STRANDED_AFTER_MS = 10 * 60_000;

/** Which rendition of which bytes. */
interface RenditionId {
  blobSha256: string;
  name: RenditionName;
  /** From 1. */
  page: number;
}

/**
 * Requests renditions: each gets a row and a job, unless it has them already. A failed one stays failed.
 *
 * @param tx holds the locks of the blobs, which exist; the caller commits it
 */
async function requestRenditions(
  tx: Transaction,
  queue: JobQueue,
  ids: readonly RenditionId[],
): Promise<void> {
  const added = await tx.rendition.createManyAndReturn({ data: [...ids], skipDuplicates: true });
  const jobs = added.map(({ blobSha256: sha256, name, page }) => ({
    payload: { sha256, name, page },
    priority: AFTER_NEW,
  }));
  await queue.send(tx, 'make-rendition', jobs);
}

/**
 * Has a rendition made anew whose file is missing or damaged, and the file removed.
 *
 * @param tx holds the lock of the blob; the caller commits it
 * @returns false when no rendition refers to the file any more
 */
export async function remakeRendition(
  tx: Transaction,
  queue: JobQueue,
  id: RenditionId,
  key: string,
): Promise<boolean> {
  const { count } = await tx.rendition.deleteMany({ where: { ...id, key } });
  if (count === 0) return false;
  await requestRenditions(tx, queue, [id]);
  await queue.send(tx, 'remove-files', [{ payload: { keys: [key] } }]);
  return true;
}

/** Finds renditions, and has them made. */
export interface Renditions {
  /** One that exists or is being made; null also for one whose file is missing. */
  find(id: RenditionId): Promise<Rendition | null>;
  /** Requests one, also when its file is missing. @returns its row; null when the bytes are gone */
  request(id: RenditionId): Promise<Rendition | null>;
}

export function createRenditions(
  { prisma }: Database,
  queue: JobQueue,
  blobs: BlobStore,
): Renditions {
  async function isMissing({ key }: Rendition): Promise<boolean> {
    if (key === null) return false;
    try {
      await blobs.requireReadable(key);
      return false;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return true;
      throw error;
    }
  }

  async function find(id: RenditionId): Promise<Rendition | null> {
    const row = await prisma.rendition.findUnique({ where: { blobSha256_name_page: id } });
    return row === null || (await isMissing(row)) ? null : row;
  }

  return {
    find,
    async request(id) {
      // Polling must not wait for the lock of the blob.
      const known = await prisma.rendition.findUnique({ where: { blobSha256_name_page: id } });
      const lost = known !== null && (await isMissing(known)) ? known : null;
      if (known !== null && lost === null && !isStranded(known)) return known;
      return prisma.$transaction(async (tx) => {
        await lockBlob(tx, id.blobSha256);
        if ((await tx.blob.count({ where: { sha256: id.blobSha256 } })) === 0) return null;
        if (lost !== null) await tx.rendition.deleteMany({ where: { ...id, key: lost.key } });
        await requestRenditions(tx, queue, [id]);
        const row = await tx.rendition.findUnique({ where: { blobSha256_name_page: id } });
        if (row !== null && isStranded(row)) {
          const { blobSha256: sha256, ...rest } = id;
          const job = { payload: { sha256, ...rest }, priority: AFTER_NEW };
          await queue.sendMissing(tx, 'make-rendition', [job]);
        }
        return row;
      });
    },
  };
}

function isStranded({ state, requestedAt }: Rendition): boolean {
  return state === 'pending' && Date.now() - requestedAt.getTime() > STRANDED_AFTER_MS;
}

/** Requests the first page's rendition of blobs that can have one; the caller holds the locks of the blobs. */
export function createRequestAll(
  queue: JobQueue,
): (tx: Transaction, sha256s: string[]) => Promise<void> {
  return async (tx, sha256s) => {
    const blobs = await tx.blob.findMany({ where: { sha256: { in: sha256s } } });
    const ids = blobs.flatMap((blob) => {
      const name = renditionOf(blob);
      return name === null ? [] : [{ blobSha256: blob.sha256, name, page: 1 }];
    });
    await requestRenditions(tx, queue, ids);
  };
}
