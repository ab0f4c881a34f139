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

/** Bytes that are complete with their preview, before anybody may see them. */
export interface ScreeningInput {
  /** One of the media that wait for these bytes. */
  mediaSid: string;
  /** Sniffed; null when unknown. */
  contentType: string | null;
  sha256: string;
  /** Where the bytes are. */
  key: string;
  byteSize: number;
  previews: readonly Pick<Preview, 'size' | 'key' | 'contentType' | 'byteSize'>[];
  /** PDQ hash of what is to be seen, 64 hexadecimal digits, and its quality; null for no picture. */
  picture: { hash: string; quality: number } | null;
}

export type StoredMedia = Pick<
  Media,
  'sid' | 'messageSid' | 'accountSid' | 'moderation' | 'decidedBy'
>;

/**
 * Decides about media in the transaction that stores them: none of them is ever seen as something else.
 *
 * @param tx holds the lock of the blob; the caller commits it
 * @param sids the media that wait for the bytes
 * @param store makes them `stored`; not called for those that are to be deleted at once
 */
type ApplyVerdict = (
  tx: Transaction,
  sids: readonly string[],
  store: () => Promise<StoredMedia[]>,
) => Promise<void>;

/** Looks at what has arrived, outside of any transaction, for as long as that takes. */
export type Screen = (input: ScreeningInput, signal: AbortSignal) => Promise<ApplyVerdict>;

/** The job `preview-media`: makes the previews of one media's bytes, and so completes it. */
export function createPreviewMedia(deps: {
  database: Database;
  queue: JobQueue;
  blobs: BlobStore;
  writer: FileWriter;
  keepPreview: KeepPreview;
  screen: Screen;
  /** Twilio's copy goes as soon as ours is complete. */
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

  // The queue tries again; people see why it takes so long.
  async function recordDelay(sid: string): Promise<void> {
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
    applyVerdict: ApplyVerdict,
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
    await applyVerdict(tx, sids, () => store(tx, blob, sids));
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

/** What a blob looks like; null for what is no picture, or was previewed before that was kept. */
export function pictureOf({
  pdq,
  pdqQuality,
}: Pick<Blob, 'pdq' | 'pdqQuality'>): { hash: string; quality: number } | null {
  return pdq === null || pdqQuality === null ? null : { hash: pdq, quality: pdqQuality };
}
