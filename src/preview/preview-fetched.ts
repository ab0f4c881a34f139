import QuickLRU from 'quick-lru';
import type { Database } from '../database/database.ts';
import { createGroupedLookup } from '../database/grouped-lookup.ts';
import type { Blob } from '../generated/prisma/client.ts';
import type { KeepFetched } from '../media/fetch-media.ts';
import type { NewBytes } from '../media/link-bytes.ts';
import type { CommitMedia } from './commit-media.ts';
import type { NewPreview, Renderer } from './render-blob.ts';
import { pictureOf, type Screen } from './screen.ts';
import type { ReadyMedia } from './store-media.ts';

// Larger files, and those that ffmpeg or a PDF renderer decodes, may keep a decoder for long.
const MAX_BYTES = 4 * 1024 ** 2;
const SLOW_TYPES = /^(video|audio)\/|^application\/pdf$/;
// Below the number of fetches that run at once, so that fetching goes on while all decoders are busy.
const MAX_RENDERED = 14;
// Decoders may be busy with videos for a minute each.
const PATIENCE_MS = 10_000;
// Hashes of the last files that were fetched: only those are looked for in the database before they are decoded.
const RECENT = 10_000;

/**
 * What the job `fetch-media` does with the bytes that it has fetched: it makes the preview at once and stores
 * the attachment, unless that may take long. Then it only links the bytes, and leaves the rest to
 * `preview-media`.
 */
export function createKeepFetched(deps: {
  database: Database;
  renderer: Renderer;
  screen: Screen;
  commitMedia: CommitMedia;
}): KeepFetched {
  const { database, renderer, screen, commitMedia } = deps;
  const readKnown = createGroupedLookup(readBlobs);
  const recent = new QuickLRU<string, true>({ maxSize: RECENT });
  let rendering = 0;

  return async ({ bytes, path, folder }, signal, claim) => {
    const { mediaSid, sha256, key, byteSize } = bytes;
    const { priority } = claim;
    const known = recent.has(sha256) ? await readKnown(sha256) : undefined;
    recent.set(sha256, true);
    const options = { signal, priority };
    const preview =
      known === undefined && isQuick(bytes)
        ? await tryToRender(bytes, path, folder, options)
        : null;
    const screening = await tryToScreen(bytes, preview, known, signal);
    const ready = { mediaSid, sha256, key, byteSize, priority, newBytes: bytes, preview };
    await commitMedia({ ...ready, screening }, { name: 'fetch-media', claim }, [
      { key, sha256, path },
      ...(preview?.files ?? []),
    ]);
  };

  /** Null when the preview, the classifier or the blocklist is left to `preview-media`. */
  async function tryToScreen(
    { mediaSid, sha256, key, contentType, byteSize }: NewBytes,
    preview: NewPreview | null,
    known: Blob | undefined,
    signal: AbortSignal,
  ): Promise<ReadyMedia['screening']> {
    const isPreviewed = preview !== null || (known?.previewKind ?? null) !== null;
    if (!isPreviewed || !screen.isInstant()) return null;
    const picture = preview?.pdq ?? (known === undefined ? null : pictureOf(known));
    const previews = preview?.files ?? [];
    const input = { mediaSid, sha256, key, contentType, byteSize, previews, picture };
    try {
      return { picture, findings: await screen.inspect(input, signal) };
    } catch {
      signal.throwIfAborted();
      return null;
    }
  }

  async function readBlobs(sha256s: readonly string[]): Promise<Map<string, Blob>> {
    const blobs = await database.prisma.blob.findMany({
      where: { sha256: { in: [...new Set(sha256s)] } },
    });
    return new Map(blobs.map((blob) => [blob.sha256, blob]));
  }

  function isQuick({ byteSize, contentType }: NewBytes): boolean {
    if (byteSize > MAX_BYTES || SLOW_TYPES.test(contentType ?? '')) return false;
    return screen.isInstant() && rendering < MAX_RENDERED;
  }

  /** Null when it fails or takes long; `preview-media` says why if it fails there, too. */
  async function tryToRender(
    { sha256, contentType, byteSize }: NewBytes,
    path: string,
    folder: string,
    options: { signal: AbortSignal; priority: number },
  ): Promise<NewPreview | null> {
    const signal = AbortSignal.any([options.signal, AbortSignal.timeout(PATIENCE_MS)]);
    rendering += 1;
    try {
      return await renderer.render({ path, sha256, contentType, byteSize }, folder, {
        ...options,
        signal,
      });
    } catch {
      options.signal.throwIfAborted();
      return null;
    } finally {
      rendering -= 1;
    }
  }
}
