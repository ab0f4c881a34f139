import QuickLRU from 'quick-lru';
import type { Database } from '../database/database.ts';
import { createGroupedLookup } from '../database/grouped-lookup.ts';
import type { BlobStore } from '../files/blob-store.ts';
import type { Blob } from '../generated/prisma/client.ts';
import { onDisk } from '../media/disk-error.ts';
import type { KeepFetched } from '../media/fetch-media.ts';
import type { NewBytes } from '../media/link-bytes.ts';
import { adoptFiles, removeNewFiles } from '../media/new-files.ts';
import type { CommitMedia } from './commit-media.ts';
import type { NewPreview, Renderer } from './render-blob.ts';
import { pictureOf, type Screen } from './screen.ts';
import type { ReadyMedia } from './store-media.ts';

// Larger files, and those that ffmpeg or a PDF renderer decodes, may keep a decoder for long.
const MAX_BYTES = 4 * 1024 ** 2;
const SLOW_TYPES = /^(video|audio)\/|^application\/pdf$/;
// Below the number of fetches that run at once, so that fetching goes on while all decoders are busy.
const MAX_RENDERED = 14;
// Hashes of the last files that were fetched: only those are looked for in the database before they are decoded.
const RECENT = 10_000;

/**
 * What the job `fetch-media` does with the bytes that it has fetched: it makes the preview at once and stores
 * the attachment, unless that may take long. Then it only links the bytes, and leaves the rest to
 * `preview-media`.
 */
export function createKeepFetched(deps: {
  database: Database;
  blobs: BlobStore;
  renderer: Renderer;
  screen: Screen;
  commitMedia: CommitMedia;
}): KeepFetched {
  const { database, blobs, renderer, screen, commitMedia } = deps;
  const readKnown = createGroupedLookup(readBlobs);
  const recent = new QuickLRU<string, true>({ maxSize: RECENT });
  let rendering = 0;

  return async ({ bytes, path, folder }, signal, claim) => {
    const { mediaSid, sha256, key, byteSize } = bytes;
    const known = recent.has(sha256) ? await readKnown(sha256) : undefined;
    recent.set(sha256, true);
    const { priority } = claim;
    const options = { signal, priority };
    const isQuickToRender = known === undefined && isQuick(bytes);
    const preview = isQuickToRender ? await tryToRender(bytes, path, folder, options) : null;
    const files = [{ key, sha256, path }, ...(preview?.files ?? [])];
    await onDisk(adoptFiles(blobs, files));
    const screening = await screenPreviewed(bytes, preview, known, signal).catch(async (error) => {
      await removeNewFiles(blobs, files);
      throw error;
    });
    const ready = { mediaSid, sha256, key, byteSize, priority, newBytes: bytes, preview };
    await commitMedia({ ...ready, screening }, { name: 'fetch-media', claim });
  };

  /** Null when the preview, or the classifier, is left to `preview-media`. */
  async function screenPreviewed(
    { mediaSid, sha256, key, contentType, byteSize }: NewBytes,
    preview: NewPreview | null,
    known: Blob | undefined,
    signal: AbortSignal,
  ): Promise<ReadyMedia['screening']> {
    const isPreviewed = preview !== null || (known?.previewKind ?? null) !== null;
    if (!isPreviewed || screen.asksClassifier) return null;
    const picture = preview?.pdq ?? (known === undefined ? null : pictureOf(known));
    const previews = preview?.files ?? [];
    const input = { mediaSid, sha256, key, contentType, byteSize, previews, picture };
    return { picture, findings: await screen.inspect(input, signal) };
  }

  async function readBlobs(sha256s: readonly string[]): Promise<Map<string, Blob>> {
    const blobs = await database.prisma.blob.findMany({
      where: { sha256: { in: [...new Set(sha256s)] } },
    });
    return new Map(blobs.map((blob) => [blob.sha256, blob]));
  }

  function isQuick({ byteSize, contentType }: NewBytes): boolean {
    if (byteSize > MAX_BYTES || SLOW_TYPES.test(contentType ?? '')) return false;
    return !screen.asksClassifier && rendering < MAX_RENDERED;
  }

  /** Null when it fails, also because the attachment was deleted meanwhile. */
  async function tryToRender(
    { sha256, contentType, byteSize }: NewBytes,
    path: string,
    folder: string,
    options: { signal: AbortSignal; priority: number },
  ): Promise<NewPreview | null> {
    rendering += 1;
    try {
      return await renderer.render({ path, sha256, contentType, byteSize }, folder, options);
    } catch {
      options.signal.throwIfAborted();
      return null;
    } finally {
      rendering -= 1;
    }
  }
}
