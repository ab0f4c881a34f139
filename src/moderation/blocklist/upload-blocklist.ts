import { mkdir } from 'node:fs/promises';
import { AppError } from '../../errors/app-error.ts';
import type { BlobStore } from '../../files/blob-store.ts';
import { sniffContentType } from '../../media/download/sniff-content-type.ts';
import type { PreviewPool } from '../../preview/preview-pool.ts';
import type { PreviewResult } from '../../preview/preview-result.ts';
import type { BlockHashes, BlockOptions } from './block-hashes.ts';
import type { EntryTerms } from './blocklist-entries.ts';
import { hashesOf, type PictureHash } from './blocklist-index.ts';
import type { ImportedList, UploadOutcome } from './blocklist-schemas.ts';
import type { ImportHashList } from './import-hash-list.ts';

/** An upload in the scratch folder. */
export interface UploadedHashes {
  path: string;
  /** In bytes. */
  size: number;
  sha256: string;
}

/** Finds a file's content type and, for a picture, its PDQ hash: null when it could not be decoded. */
export type InspectFile = (file: {
  path: string;
  /** In bytes. */
  size: number;
}) => Promise<{ contentType: string | null; picture: PictureHash | null }>;

/**
 * Adds what an upload names to the blocklist: a picture itself, or each hash of a list.
 *
 * @throws AppError `unsupported_media_type` for a file that is neither, `invalid_request` for a picture
 *   that cannot be decoded and for a list without a single hash
 */
export type UploadBlocklist = (
  file: UploadedHashes,
  terms: Omit<EntryTerms, 'source'>,
  options: BlockOptions,
) => Promise<UploadOutcome>;

export function createUploadBlocklist(deps: {
  inspectFile: InspectFile;
  blockHashes: BlockHashes;
  importHashList: ImportHashList;
}): UploadBlocklist {
  const { inspectFile, blockHashes, importHashList } = deps;
  return async (file, givenTerms, options) => {
    const terms = { ...givenTerms, source: 'upload' } as const;
    const { contentType, picture } = await inspectFile(file);
    if (contentType?.startsWith('image/')) {
      if (picture === null) throw invalidFile('is a picture that cannot be decoded');
      const hashes = hashesOf(file.sha256, picture);
      const { quality } = picture;
      return {
        kind: 'image',
        quality,
        ...(await blockHashes(hashes, terms, options)),
      };
    }
    if (contentType !== null && !contentType.startsWith('text/')) {
      const message = `The file is ${contentType}: it must be a picture, or a list of hashes.`;
      throw new AppError('unsupported_media_type', message);
    }
    const outcome = await importHashList(file, terms, options);
    const { added, raised, known, badLines } = outcome;
    if (added + raised + known === 0) throw invalidFile(nothingIn(badLines));
    return { kind: 'list', ...outcome };
  };
}

function invalidFile(message: string): AppError {
  return new AppError('invalid_request', 'Not valid: file.', {
    fields: [{ field: 'file', message }],
  });
}

function nothingIn({ lines: [first] }: ImportedList['badLines']): string {
  const message = 'holds no hash: a line is sha256: or pdq: and 64 hexadecimal digits';
  return first === undefined ? message : `${message}. Line ${first.line}: ${first.problem}`;
}

/**
 * Finds the content type of a file in the scratch folder and, for a picture, its PDQ hash. It is decoded in
 * a process of its own, like all untrusted files.
 */
export function createInspectFile({ blobs, pool }: { blobs: BlobStore; pool: PreviewPool }) {
  return async (file: {
    path: string;
    size: number;
  }): Promise<{ contentType: string | null; picture: PreviewResult['pdq'] }> => {
    const { path, size: byteSize } = file;
    const contentType = await sniffContentType(path);
    if (!contentType?.startsWith('image/')) return { contentType, picture: null };
    const scratchFolder = blobs.scratchPath('look');
    try {
      await mkdir(scratchFolder);
      const source = { path, contentType, byteSize, scratchFolder, withLocation: false };
      const { pdq } = await pool.run(source, new AbortController().signal);
      return { contentType, picture: pdq };
    } finally {
      await blobs.discard(scratchFolder);
    }
  };
}
