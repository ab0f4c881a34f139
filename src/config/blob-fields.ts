import { join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { BlobStoreOptions } from '../files/open-blob-store.ts';
import { parseS3Url, type S3Location, S3UrlError } from '../files/s3/s3-location.ts';
import { commaList } from './fields.ts';

/** Either of both is undefined. */
interface BlobPlace {
  folder: string | undefined;
  s3: S3Location | undefined;
}

export const blobStoreUrl = z.string().transform((text, context): BlobPlace => {
  try {
    if (/^file:\/\/\//.test(text)) return { folder: fileURLToPath(text), s3: undefined };
    if (/^s3:/i.test(text)) return { folder: undefined, s3: parseS3Url(text) };
  } catch (error) {
    if (error instanceof S3UrlError) {
      context.addIssue({ code: 'custom', message: error.message });
      return z.NEVER;
    }
  }
  const message = 'a file:///absolute/folder URL, or s3://bucket/prefix?region=…';
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

export const blobStoreUrls = commaList.pipe(z.array(blobStoreUrl));

interface BlobVariables {
  BLOB_STORE_URL?: BlobPlace | undefined;
  BLOB_STORE_FORMER_URLS: BlobPlace[];
  DATA_DIR: string;
}

/** What is wrong with the folders of both variables: the name of a variable, and what it needs. */
export function wrongBlobFolders(v: BlobVariables): { name: string; message: string }[] {
  const folders = [
    { name: 'BLOB_STORE_URL', folder: v.BLOB_STORE_URL?.folder },
    ...v.BLOB_STORE_FORMER_URLS.map(({ folder }) => ({ name: 'BLOB_STORE_FORMER_URLS', folder })),
  ];
  const problems = folders.flatMap(({ name, folder }) => {
    const message = folder === undefined ? null : wrongBlobFolder(folder, v.DATA_DIR);
    return message === null ? [] : { name, message };
  });
  if (folders.filter(({ folder }) => folder !== undefined).length > 1) {
    const message = 's3:// URLs, and one folder at most: move the files of others into that one';
    problems.push({ name: 'BLOB_STORE_FORMER_URLS', message });
  }
  return problems;
}

/**
 * Reads a place for files that is not configured yet.
 *
 * @returns what it needs to be when it is not valid
 */
export function readNewPlace(
  url: string,
  dataDir: string,
): { place: BlobPlace } | { problem: string } {
  const { success, data, error } = blobStoreUrl.safeParse(url);
  if (!success) return { problem: error.issues[0]?.message ?? '' };
  const wrong = data.folder === undefined ? null : wrongBlobFolder(data.folder, dataDir);
  return wrong === null ? { place: data } : { problem: wrong };
}

/** @param dataDir absolute */
export function blobStoreOptions(v: BlobVariables, dataDir: string): BlobStoreOptions {
  const former = v.BLOB_STORE_FORMER_URLS;
  const folder = [v.BLOB_STORE_URL, ...former].find((place) => place?.folder !== undefined)?.folder;
  return {
    blobFolder: folder ?? join(dataDir, 'blobs'),
    s3: v.BLOB_STORE_URL?.s3,
    formerS3: former.flatMap(({ s3 }) => s3 ?? []),
  };
}

/**
 * Checks that the blob folder and the data folder do not overlap: cleaning up or moving one of them must
 * not affect the files of the other.
 *
 * @returns what the blob folder needs to be; null when it is valid
 */
function wrongBlobFolder(blobFolder: string, dataDir: string): string | null {
  const [blobs, data] = [resolve(blobFolder), resolve(dataDir)];
  if (isWithin(data, blobs)) return 'a folder that neither is nor contains DATA_DIR';
  for (const taken of ['spool', 'database']) {
    if (isWithin(blobs, join(data, taken))) return `a folder outside DATA_DIR/${taken}`;
  }
  return null;
}

function isWithin(path: string, folder: string): boolean {
  const [first] = relative(folder, path).split(sep);
  return first !== '..';
}
