import { lockBlob } from '../database/blob-lock.ts';
import type { Database, Transaction } from '../database/database.ts';
import { mediaStored } from '../events/media-event.ts';
import { recordEvents } from '../events/record-events.ts';
import type { BlobStore } from '../files/blob-store.ts';
import type { Blob } from '../generated/prisma/client.ts';
import type { JobHandler } from '../jobs/job-list.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import type { FileWriter } from '../media/file-writer.ts';
import { removeNewFiles, withNewFiles } from '../media/new-files.ts';
import type { Admit, Arrival, Gate, StoredMedia } from './gate.ts';
import { type KeepPreview, type KeptPreview, linkPreview } from './kept-preview.ts';
import { pictureOf } from './picture-of.ts';

/** The job `preview-media`: makes the previews of one media's bytes, and so completes it. */
export function createPreviewMedia(deps: {
  database: Database;
  queue: JobQueue;
  blobs: BlobStore;
  writer: FileWriter;
  keepPreview: KeepPreview;
  gate: Gate;
  /** Twilio's copy goes as soon as ours is complete. */
  deleteUpstreamAfterStore: boolean;
}): JobHandler<'preview-media'> {
  const { database, queue, blobs, keepPreview, gate } = deps;

  return async ({ mediaSid }, signal) => {
    const blob = await database.prisma.blob.findFirst({
      where: { media: { some: { sid: mediaSid, state: 'pending' } } },
    });
    if (blob === null) return;
    try {
      const preview = blob.previewKind === null ? await keepPreview(blob, signal) : null;
      const files = preview?.files ?? [];
      const arrival = await arrivalOf(mediaSid, blob, preview);
      const admit = await gate(arrival, signal).catch(async (error) => {
        await removeNewFiles(blobs, files);
        throw error;
      });
      await withNewFiles(deps, files, (tx) => complete(tx, blob, preview, admit));
    } catch (error) {
      if (!signal.aborted) await tellDelay(mediaSid);
      throw error;
    }
  };

  // The queue tries again; people see why it takes so long.
  async function tellDelay(sid: string): Promise<void> {
    await database.prisma.media.updateMany({
      where: { sid, state: 'pending' },
      data: { reason: 'The bytes are here, the preview could not be written and is tried again' },
    });
  }

  /**
   * Every media that waits for these bytes is let in, or not, by the same transaction.
   *
   * @returns the keys of the previews that are in use now
   */
  async function complete(
    tx: Transaction,
    blob: Blob,
    preview: KeptPreview | null,
    admit: Admit,
  ): Promise<Set<string>> {
    const { sha256, key } = blob;
    await lockBlob(tx, sha256);
    const isLinked =
      preview !== null && (await linkPreview(tx, { sha256, key }, preview, { previewKind: null }));
    // Another media with the same bytes was quicker; or the blob was deleted meanwhile, and what has
    // come again under its hash has another key and its own job.
    if (!isLinked && (await tx.blob.count({ where: { sha256, key } })) === 0) return new Set();
    const waiting = await tx.media.findMany({
      where: { blobSha256: sha256, state: 'pending' },
      select: { sid: true },
    });
    const sids = waiting.map(({ sid }) => sid);
    await admit(tx, sids, () => store(tx, blob, sids));
    return new Set(isLinked ? preview.files.map((file) => file.key) : []);
  }

  async function store(tx: Transaction, blob: Blob, sids: string[]): Promise<StoredMedia[]> {
    const stored = await tx.media.updateManyAndReturn({
      where: { sid: { in: sids }, state: 'pending' },
      data: { state: 'stored', storedAt: new Date(), reason: null },
    });
    await recordEvents(
      tx,
      stored.map((media) => mediaStored(media, blob)),
    );
    if (!deps.deleteUpstreamAfterStore) return stored;
    const kept = stored.filter(({ upstream }) => upstream === 'kept').map(({ sid }) => sid);
    await tx.media.updateMany({ where: { sid: { in: kept } }, data: { upstream: 'deleting' } });
    const jobs = kept.map((mediaSid) => ({ payload: { mediaSid } }));
    await queue.send(tx, 'delete-upstream', jobs);
    return stored;
  }

  async function arrivalOf(
    mediaSid: string,
    { sha256, key, contentType, byteSize, ...blob }: Blob,
    preview: KeptPreview | null,
  ): Promise<Arrival> {
    const previews =
      preview?.files ?? (await database.prisma.preview.findMany({ where: { blobSha256: sha256 } }));
    const picture = preview === null ? pictureOf(blob) : preview.pdq;
    const bytes = { sha256, key, contentType, byteSize: Number(byteSize) };
    return { mediaSid, ...bytes, previews, picture };
  }
}
