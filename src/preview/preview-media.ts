import { type Database, lockBlob, type Transaction } from '../database/database.ts';
import { mediaStored } from '../events/event-payloads.ts';
import { recordEvents } from '../events/record-events.ts';
import type { BlobStore } from '../files/blob-store.ts';
import type { Blob, Media, Preview } from '../generated/prisma/client.ts';
import type { JobHandler } from '../jobs/job-list.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import type { FileWriter } from '../media/file-writer.ts';
import { removeNewFiles, withNewFiles } from '../media/new-files.ts';
import { type KeepPreview, type KeptPreview, linkPreview } from './kept-preview.ts';

/** Bytes with their preview, before they become visible. */
export interface ScreeningInput {
  /** One of the attachments that wait for these bytes. */
  mediaSid: string;
  /** Sniffed; null when unknown. */
  contentType: string | null;
  sha256: string;
  /** Where the bytes are. */
  key: string;
  byteSize: number;
  previews: readonly Pick<Preview, 'size' | 'key' | 'contentType' | 'byteSize'>[];
  /** PDQ hash of the picture, 64 hexadecimal digits, and its quality; null when there is no picture. */
  picture: { hash: string; quality: number } | null;
}

export type StoredMedia = Pick<
  Media,
  'sid' | 'messageSid' | 'accountSid' | 'moderation' | 'decidedBy'
>;

/**
 * Moderates attachments in the transaction that stores them, so that they are never visible in another state.
 *
 * @param tx holds the lock of the blob; the caller commits it
 * @param sids the attachments that wait for the bytes
 * @param store makes them `stored`; not called when they are to be deleted at once
 */
type ApplyVerdict = (
  tx: Transaction,
  sids: readonly string[],
  store: () => Promise<StoredMedia[]>,
) => Promise<void>;

/** Screens new bytes, outside of any transaction, because it may take long. */
export type Screen = (input: ScreeningInput, signal: AbortSignal) => Promise<ApplyVerdict>;

/** The job `preview-media`: makes the previews of an attachment's bytes, screens them and stores it. */
export function createPreviewMedia(deps: {
  database: Database;
  queue: JobQueue;
  blobs: BlobStore;
  writer: FileWriter;
  keepPreview: KeepPreview;
  screen: Screen;
  /** Whether to delete Twilio's copy as soon as ours is complete. */
  deleteUpstreamAfterStore: boolean;
}): JobHandler<'preview-media'> {
  const { database, queue, blobs, keepPreview, screen } = deps;

  return async ({ mediaSid }, signal) => {
    const blob = await database.prisma.blob.findFirst({
      where: { media: { some: { sid: mediaSid, state: 'pending' } } },
    });
    if (blob === null) return;
    try {
      const preview = blob.previewKind === null ? await keepPreview(blob, signal) : null;
      const files = preview?.files ?? [];
      const input = await screeningInputOf(mediaSid, blob, preview);
      const applyVerdict = await screen(input, signal).catch(async (error) => {
        await removeNewFiles(blobs, files);
        throw error;
      });
      await withNewFiles(deps, files, (tx) => complete(tx, blob, preview, applyVerdict));
    } catch (error) {
      if (!signal.aborted) await recordDelay(mediaSid);
      throw error;
    }
  };

  // The queue retries; the reason shows why the attachment is still pending.
  async function recordDelay(sid: string): Promise<void> {
    await database.prisma.media.updateMany({
      where: { sid, state: 'pending' },
      data: { reason: 'The bytes are here, the preview could not be written and is tried again' },
    });
  }

  /**
   * Stores or deletes all attachments that wait for these bytes in the same transaction.
   *
   * @returns the keys of the new preview files that rows now reference
   */
  async function complete(
    tx: Transaction,
    blob: Blob,
    preview: KeptPreview | null,
    applyVerdict: ApplyVerdict,
  ): Promise<Set<string>> {
    const { sha256, key } = blob;
    await lockBlob(tx, sha256);
    const isLinked =
      preview !== null && (await linkPreview(tx, { sha256, key }, preview, { previewKind: null }));
    // The job of another attachment with the same bytes has linked its preview first; or the blob was deleted
    // meanwhile: if the same bytes have arrived again, they have another key and their own job.
    if (!isLinked && (await tx.blob.count({ where: { sha256, key } })) === 0) return new Set();
    const waiting = await tx.media.findMany({
      where: { blobSha256: sha256, state: 'pending' },
      select: { sid: true },
    });
    const sids = waiting.map(({ sid }) => sid);
    await applyVerdict(tx, sids, () => store(tx, blob, sids));
    return new Set(isLinked ? preview.files.map((file) => file.key) : []);
  }

  async function store(tx: Transaction, blob: Blob, sids: string[]): Promise<StoredMedia[]> {
    const storedAt = new Date();
    const stored = await tx.media.updateManyAndReturn({
      where: { sid: { in: sids }, state: 'pending' },
      data: { state: 'stored', storedAt, reason: null },
    });
    await recordEvents(
      tx,
      stored.map((media) => mediaStored(media, blob, storedAt)),
    );
    if (!deps.deleteUpstreamAfterStore) return stored;
    const kept = stored.filter(({ upstream }) => upstream === 'kept').map(({ sid }) => sid);
    await tx.media.updateMany({ where: { sid: { in: kept } }, data: { upstream: 'deleting' } });
    const jobs = kept.map((mediaSid) => ({ payload: { mediaSid } }));
    await queue.send(tx, 'delete-upstream', jobs);
    return stored;
  }

  async function screeningInputOf(
    mediaSid: string,
    { sha256, key, contentType, byteSize, ...blob }: Blob,
    preview: KeptPreview | null,
  ): Promise<ScreeningInput> {
    const previews =
      preview?.files ?? (await database.prisma.preview.findMany({ where: { blobSha256: sha256 } }));
    const picture = preview === null ? pictureOf(blob) : preview.pdq;
    const bytes = { sha256, key, contentType, byteSize: Number(byteSize) };
    return { mediaSid, ...bytes, previews, picture };
  }
}

/** The PDQ hash of a blob; null when it is not a picture, or was previewed before hashes were stored. */
export function pictureOf({
  pdq,
  pdqQuality,
}: Pick<Blob, 'pdq' | 'pdqQuality'>): { hash: string; quality: number } | null {
  return pdq === null || pdqQuality === null ? null : { hash: pdq, quality: pdqQuality };
}
