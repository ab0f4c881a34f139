import type {
  Blob,
  FindingKind,
  Preview,
  Rendition,
  StoredFileKind,
} from '../generated/prisma/client.ts';

/** A file, and what its row says about it. */
export interface StoredFile {
  blobSha256: string;
  file: StoredFileKind;
  /** The size of a preview, or the form of a rendition. */
  name: string | null;
  /** Of a rendition. */
  page: number | null;
  key: string;
  byteSize: number;
  /** SHA-256 in hexadecimal digits; null when no row knows it. */
  sha256: string | null;
  /** Of a preview or rendition. */
  contentType: string | null;
}

/** What is wrong with a file. */
export interface FileProblem {
  kind: FindingKind;
  /** In words for operators, without a path; null where the kind says all. */
  detail: string | null;
}

/** The files of a blob: its own, those of its preview, and renditions that are ready. */
export function filesOf(
  blob: Blob & { previews: Preview[]; renditions: Rendition[] },
): StoredFile[] {
  const { sha256: blobSha256 } = blob;
  const original: StoredFile = {
    blobSha256,
    file: 'original',
    name: null,
    page: null,
    key: blob.key,
    byteSize: Number(blob.byteSize),
    sha256: blobSha256,
    contentType: null,
  };
  const previews = blob.previews.map(
    (preview): StoredFile => ({
      blobSha256,
      file: 'preview',
      name: preview.size,
      page: null,
      key: preview.key,
      byteSize: preview.byteSize,
      sha256: preview.fileSha256,
      contentType: preview.contentType,
    }),
  );
  const renditions = blob.renditions.flatMap((rendition): StoredFile[] => {
    const { name, page, key, byteSize, fileSha256, contentType } = rendition;
    if (key === null || byteSize === null) return [];
    const file = 'rendition';
    return [{ blobSha256, file, name, page, key, byteSize, sha256: fileSha256, contentType }];
  });
  return [original, ...previews, ...renditions];
}

/** Findings of a store that does not answer: they say nothing about the file, so it is not replaced. */
export const OUT_OF_REACH: FindingKind[] = ['unreadable', 'unknown_store'];

/** Whether a file is known to be bad. */
export function isBad(kind: FindingKind): boolean {
  return !OUT_OF_REACH.includes(kind);
}
