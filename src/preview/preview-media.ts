import type { Database } from '../database/database.ts';
import { createGroupedLookup } from '../database/grouped-lookup.ts';
import type { BlobStore } from '../files/blob-store.ts';
import type { Blob } from '../generated/prisma/client.ts';
import type { CompletingJobHandler, JobClaim } from '../jobs/job-list.ts';
import { adoptFiles, removeNewFiles } from '../media/new-files.ts';
import type { Tracing } from '../monitoring/tracing.ts';
import type { CommitMedia } from './commit-media.ts';
import type { NewPreview, Renderer } from './render-blob.ts';
import { pictureOf, type Screen, type ScreeningInput } from './screen.ts';

/** The job `preview-media`: makes the previews of an attachment's bytes, screens them and stores it. */
export function createPreviewMedia(deps: {
  database: Database;
  blobs: BlobStore;
  renderer: Renderer;
  screen: Screen;
  commitMedia: CommitMedia;
  tracing: Tracing;
}): CompletingJobHandler<'preview-media'> {
  const { database, blobs, renderer, screen, commitMedia } = deps;
  const readBlob = createGroupedLookup(readBlobs);

  return async ({ mediaSid }, signal, claim) => {
    const found = await readBlob(mediaSid);
    if (found === undefined) return;
    const { blob, messageSid } = found;
    await deps.tracing.job({ name: 'preview-media', messageSid, mediaSid }, () =>
      previewBlob(mediaSid, blob, signal, claim),
    );
  };

  async function previewBlob(
    mediaSid: string,
    blob: Blob,
    signal: AbortSignal,
    claim: JobClaim,
  ): Promise<void> {
    try {
      if (blob.previewKind !== null) return await complete(mediaSid, blob, null, signal, claim);
      const options = { signal, priority: claim.priority };
      await renderer.withPreview(blob, options, async (preview) => {
        await adoptFiles(blobs, preview.files);
        await complete(mediaSid, blob, preview, signal, claim);
      });
    } catch (error) {
      // A deletion removes the folder that the decoder writes to.
      if (!signal.aborted && !(await recordDelay(mediaSid))) return;
      throw error;
    }
  }

  /** The blobs of attachments that are not stored yet, by the sids of these. */
  async function readBlobs(
    sids: readonly string[],
  ): Promise<Map<string, { blob: Blob; messageSid: string }>> {
    const media = await database.prisma.media.findMany({
      where: { sid: { in: [...sids] }, state: 'pending' },
      select: { sid: true, messageSid: true, blob: true },
    });
    return new Map(
      media.flatMap(({ sid, messageSid, blob }) =>
        blob === null ? [] : [[sid, { blob, messageSid }]],
      ),
    );
  }

  async function complete(
    mediaSid: string,
    blob: Blob,
    preview: NewPreview | null,
    signal: AbortSignal,
    claim: JobClaim,
  ): Promise<void> {
    const { sha256, key } = blob;
    const byteSize = Number(blob.byteSize);
    const picture = preview === null ? pictureOf(blob) : preview.pdq;
    const input = await screeningInputOf(mediaSid, blob, preview, picture);
    const findings = await screen.inspect(input, signal).catch(async (error) => {
      await removeNewFiles(blobs, preview?.files ?? []);
      throw error;
    });
    const { priority } = claim;
    const ready = { mediaSid, sha256, key, byteSize, priority, newBytes: null, preview };
    await commitMedia(
      { ...ready, screening: { picture, findings } },
      { name: 'preview-media', claim },
    );
  }

  /**
   * The queue retries; the reason shows why the attachment is still pending.
   *
   * @returns false when it is not pending any more
   */
  async function recordDelay(sid: string): Promise<boolean> {
    const { count } = await database.prisma.media.updateMany({
      where: { sid, state: 'pending' },
      data: { reason: 'The bytes are here, the preview could not be written and is tried again' },
    });
    return count > 0;
  }

  async function screeningInputOf(
    mediaSid: string,
    { sha256, key, contentType, byteSize }: Blob,
    preview: NewPreview | null,
    picture: ScreeningInput['picture'],
  ): Promise<ScreeningInput> {
    const previews =
      preview?.files ?? (await database.prisma.preview.findMany({ where: { blobSha256: sha256 } }));
    const bytes = { sha256, key, contentType, byteSize: Number(byteSize) };
    return { mediaSid, ...bytes, previews, picture };
  }
}
