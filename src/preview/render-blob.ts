import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { BlobStore } from '../files/blob-store.ts';
import type { ByteBudget } from '../files/byte-budget.ts';
import { newPreviewKey } from '../files/file-names.ts';
import type { Blob } from '../generated/prisma/client.ts';
import type { ScratchFile } from '../media/new-files.ts';
import type { Tracing } from '../monitoring/tracing.ts';
import type { PreviewPool } from './preview-pool.ts';
import type { PreviewFile, PreviewResult } from './preview-result.ts';

/** A preview whose files are still in the scratch folder. */
export interface NewPreview extends Omit<PreviewResult, 'files'> {
  files: (Omit<PreviewFile, 'path'> & ScratchFile)[];
}

/** The bytes to preview, as a file on the local disk. */
export interface LocalBytes {
  path: string;
  sha256: string;
  /** Sniffed; null when unknown. */
  contentType: string | null;
  byteSize: number;
}

interface RenderOptions {
  signal: AbortSignal;
  /** Files with a higher one are decoded first. */
  priority: number;
}

export interface Renderer {
  /**
   * Makes the preview of a file.
   *
   * @param scratchFolder a folder without other previews. Once a deletion has removed it, the decoder
   *   process cannot write more files
   */
  render(bytes: LocalBytes, scratchFolder: string, options: RenderOptions): Promise<NewPreview>;
  /** Makes the preview of a blob; its files are valid while `use` runs. */
  withPreview<T>(
    blob: Pick<Blob, 'sha256' | 'key' | 'contentType' | 'byteSize'>,
    options: RenderOptions,
    use: (preview: NewPreview) => Promise<T>,
  ): Promise<T>;
  /** How many files of at least this priority are being decoded, or wait for a decoder. */
  pending(priority: number): number;
}

/** @param deps.withLocation whether to include where a picture was taken in `details` */
export function createRenderer(deps: {
  blobs: BlobStore;
  pool: PreviewPool;
  budget: ByteBudget;
  withLocation: boolean;
  tracing: Tracing;
  /** Called with each preview that was made, and how many seconds that took. */
  onRendered: (kind: PreviewResult['kind'], seconds: number) => void;
}): Renderer {
  const { blobs, pool, budget, withLocation } = deps;

  const pending = new Set<RenderOptions>();

  async function render(
    { sha256, ...source }: LocalBytes,
    scratchFolder: string,
    options: RenderOptions,
  ): Promise<NewPreview> {
    const request = { ...source, scratchFolder, withLocation };
    pending.add(options);
    const startedAt = performance.now();
    const running = deps.tracing.step('preview', () =>
      pool.run(request, options.signal, options.priority),
    );
    const { files, ...preview } = await running.finally(() => pending.delete(options));
    deps.onRendered(preview.kind, (performance.now() - startedAt) / 1000);
    return {
      ...preview,
      files: files.map((file) => ({
        ...file,
        sha256,
        key: newPreviewKey(blobs, sha256, file.size, file.contentType),
        // A compromised decoder may name any path, so only a base name is used.
        path: join(scratchFolder, basename(file.size)),
      })),
    };
  }

  return {
    render,
    async withPreview({ sha256, key, contentType, byteSize }, options, use) {
      await blobs.checkRoom();
      const scratchFolder = blobs.scratchPath(basename(key));
      // A copy is made of what is in a bucket.
      const share = blobs.isLocal(key)
        ? undefined
        : await budget.take(Number(byteSize), options.signal);
      try {
        await mkdir(scratchFolder);
        const preview = await blobs.withLocalFile(key, (path) => {
          const bytes = { path, sha256, contentType, byteSize: Number(byteSize) };
          return render(bytes, scratchFolder, options);
        });
        share?.release();
        return await use(preview);
      } finally {
        share?.release();
        await blobs.discard(scratchFolder);
      }
    },
    pending: (lowest) => [...pending].filter(({ priority }) => priority >= lowest).length,
  };
}
