import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  GetObjectCommand,
  ListMultipartUploadsCommand,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import { createS3Client } from '../../src/files/s3/s3-client.ts';
import { keyStartOf, parseS3Url } from '../../src/files/s3/s3-location.ts';

/** The files of an installation, read without its blob store. */
export interface ReadStore {
  /** Null when there is none under the key. */
  read(key: string): Promise<Buffer | null>;
  /** Keys of all whole files. */
  keys(): Promise<string[]>;
  /** Keys of uploads in parts that were neither completed nor aborted; null where the server does not list them. */
  unfinishedUploads(): Promise<string[] | null>;
  close(): void;
}

/** @param bucketUrl undefined for the folders */
export function openReadStore(blobFolders: string[], bucketUrl: string | undefined): ReadStore {
  const folders: ReadStore = {
    async read(key) {
      for (const folder of blobFolders) {
        const bytes = await readFile(join(folder, key)).catch(() => null);
        if (bytes !== null) return bytes;
      }
      return null;
    },
    keys: async () => (await Promise.all(blobFolders.map(filesUnder))).flat(),
    unfinishedUploads: async () => [],
    close: () => undefined,
  };
  if (bucketUrl === undefined) return folders;
  const bucket = openBucket(bucketUrl);
  return {
    ...bucket,
    read: (key) => (key.includes('://') ? bucket : folders).read(key),
    keys: async () => [...(await folders.keys()), ...(await bucket.keys())],
  };
}

function openBucket(url: string): ReadStore {
  const location = parseS3Url(url);
  const client = createS3Client(location);
  const { bucket: Bucket, prefix: Prefix } = location;
  const keyStart = keyStartOf(location);
  const keyOf = (name = '') => keyStart + name.slice(Prefix.length);
  return {
    async read(key) {
      const Key = Prefix + key.slice(keyStart.length);
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
        return Buffer.from((await Body?.transformToByteArray()) ?? []);
      } catch (error) {
        if (Object(error).name === 'NoSuchKey') return null;
        throw error;
      }
    },
    async keys() {
      const keys: string[] = [];
      for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix })) {
        keys.push(...Contents.map(({ Key }) => keyOf(Key)));
      }
      return keys;
    },
    async unfinishedUploads() {
      const listed = await client
        .send(new ListMultipartUploadsCommand({ Bucket, Prefix }))
        .catch(() => null);
      // A server that does not know the request may answer with the list of objects.
      if (listed?.Bucket === undefined) return null;
      return (listed.Uploads ?? []).map(({ Key }) => keyOf(Key));
    },
    close: () => client.destroy(),
  };
}

/** Paths of all files, relative to the folder, except unfinished ones; none where there is no folder. */
export async function filesUnder(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => !path.startsWith('incoming/'));
}
