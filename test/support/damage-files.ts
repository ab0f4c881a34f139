import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { createS3Client } from '../../src/files/s3/s3-client.ts';
import { keyStartOf, parseS3Url } from '../../src/files/s3/s3-location.ts';
import { storedFiles } from './stored-files.ts';

type Place = { dataDir: string; s3Url?: string | undefined };

/** The one stored file whose key matches. */
export async function storedFile(place: Place, matching: RegExp): Promise<string> {
  const keys = (await storedFiles(place)).filter((key) => matching.test(key));
  if (keys.length !== 1) throw new Error(`${keys.length} files match ${matching}`);
  return keys[0] as string;
}

/** The stored bytes of an attachment. */
export function blobKey(place: Place, { sha256 }: { sha256: string | null }): Promise<string> {
  return storedFile(place, new RegExp(`(^|/)blobs/.*${sha256}-`));
}

/** Changes the bytes of a stored file as a broken disk does; null removes it. */
export async function damageFile(
  place: Place,
  key: string,
  change: (bytes: Buffer) => Buffer | null,
): Promise<void> {
  if (place.s3Url === undefined) {
    const path = join(place.dataDir, 'blobs', key);
    const bytes = change(await readFile(path));
    await (bytes === null ? rm(path) : writeFile(path, bytes));
    return;
  }
  const location = parseS3Url(place.s3Url);
  const client = createS3Client(location);
  const object = {
    Bucket: location.bucket,
    Key: location.prefix + key.slice(keyStartOf(location).length),
  };
  try {
    const { Body, Metadata } = await client.send(new GetObjectCommand(object));
    const bytes = change(await buffer(Body as Readable));
    if (bytes === null) await client.send(new DeleteObjectCommand(object));
    else {
      const put = { ...object, Body: bytes, Metadata, ChecksumAlgorithm: 'SHA256' } as const;
      await client.send(new PutObjectCommand(put));
    }
  } finally {
    client.destroy();
  }
}

/** Another bit in the middle. */
export function flipped(bytes: Buffer): Buffer {
  const changed = Buffer.from(bytes);
  const middle = changed.length >> 1;
  changed.writeUInt8(changed.readUInt8(middle) ^ 1, middle);
  return changed;
}

export const cut = (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1);
export const removed = () => null;
