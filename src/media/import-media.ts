import type { JobQueue } from '../jobs/job-queue.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import type { Database } from '../storage/database.ts';
import { keepBytes, type ScratchFile } from './keep-bytes.ts';
import { newSid } from './new-sid.ts';

export interface ImportRequest {
  from: string;
  to: string;
  body: string;
  files: (ScratchFile & { declaredContentType: string; fileName: string })[];
}

/** The message that was made, and the sids of its media in the order of the files. */
export interface Imported {
  messageSid: string;
  mediaSids: string[];
}

/** Takes files in by hand as one message. Resolves once all of it is committed. */
export type ImportMedia = (request: ImportRequest) => Promise<Imported>;

/** @param accountSid the account that imported media belong to */
export function createImportMedia(
  database: Database,
  deps: { blobs: BlobStore; queue: JobQueue },
  accountSid: string,
): ImportMedia {
  return async ({ from, to, body, files }) => {
    const messageSid = newSid('MM');
    const receivedAt = new Date();
    const media = files.map((file, index) => ({ file, index, sid: newSid('ME') }));
    // Two imports of the same files must not lock each other out.
    const inLockOrder = media.toSorted((a, b) => (a.file.sha256 < b.file.sha256 ? -1 : 1));
    await database.prisma.$transaction(
      async (tx) => {
        await tx.message.create({
          data: {
            ...{ sid: messageSid, accountSid, from, to, body, receivedAt },
            source: 'import',
            params: {},
          },
        });
        await tx.media.createMany({
          data: media.map(({ sid, index, file: { declaredContentType, fileName } }) => ({
            ...{ sid, messageSid, accountSid, index, from, to, receivedAt },
            ...{ declaredContentType, fileName },
            upstream: 'none' as const,
          })),
        });
        for (const { sid, file } of inLockOrder) await keepBytes(tx, deps, sid, file);
      },
      { maxWait: 30_000, timeout: 60_000 },
    );
    return { messageSid, mediaSids: media.map(({ sid }) => sid) };
  };
}
