import {
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { BlobStoreError } from '../blob-store-error.ts';
import { isNoSuchKey, notS3, s3Problem } from './s3-problem.ts';

interface ObjectName {
  Bucket: string;
  Key: string;
}

/**
 * Deletes an object with all its versions. In a bucket with versioning, S3 answers a delete by adding a delete marker,
 * and the bytes stay as a version: these are deleted one by one.
 *
 * @returns why versions stay, when the object is deleted but they may not be; null when nothing is left
 * @throws the SDK's error when the object could not be deleted, or its versions not be listed
 */
export async function removeObject(
  client: S3Client,
  name: ObjectName,
  abortSignal: AbortSignal,
): Promise<BlobStoreError | null> {
  try {
    const answer = await client.send(new DeleteObjectCommand(name), { abortSignal });
    // A web server may answer 200 to anything.
    if (answer.$metadata.httpStatusCode !== 204) throw notS3(answer.$metadata.httpStatusCode);
    if (answer.DeleteMarker !== true && answer.VersionId === undefined) return null;
  } catch (error) {
    if (isNoSuchKey(error)) return null;
    throw error;
  }
  try {
    return await removeVersions(client, name, abortSignal);
  } catch (error) {
    const problem = s3Problem(error);
    if (problem instanceof BlobStoreError && problem.code === 'AccessDenied')
      return versionsKept(problem);
    throw error;
  }
}

async function removeVersions(
  client: S3Client,
  name: ObjectName,
  abortSignal: AbortSignal,
): Promise<BlobStoreError | null> {
  const { versions, markers } = await listVersions(client, name, abortSignal);
  const remove = (VersionId: string) =>
    client.send(new DeleteObjectCommand({ ...name, VersionId }), { abortSignal });
  let kept: BlobStoreError | null = null;
  for (const version of versions) {
    try {
      await remove(version);
    } catch (error) {
      const problem = s3Problem(error);
      if (!(problem instanceof BlobStoreError)) throw error;
      if (!['AccessDenied', 'ObjectLocked'].includes(problem.code)) throw error;
      kept = versionsKept(problem);
    }
  }
  // Without a marker a version that stays would be the object again; one marker is enough, however often this is tried.
  const [, ...older] = markers;
  for (const marker of kept === null ? markers : older) await remove(marker);
  return kept;
}

function versionsKept({ code, message }: BlobStoreError): BlobStoreError {
  return new BlobStoreError(
    code,
    `Versions of the object stay in the bucket: ${lowerFirst(message)}`,
  );
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** The ids of the versions with bytes, and of delete markers, the newest first. */
async function listVersions(
  client: S3Client,
  { Bucket, Key }: ObjectName,
  abortSignal: AbortSignal,
) {
  const [versions, markers]: [string[], string[]] = [[], []];
  let from: Pick<ListObjectVersionsCommandOutput, 'NextKeyMarker' | 'NextVersionIdMarker'> = {};
  for (;;) {
    const page: ListObjectVersionsCommandOutput = await client.send(
      new ListObjectVersionsCommand({
        Bucket,
        Prefix: Key,
        KeyMarker: from.NextKeyMarker,
        VersionIdMarker: from.NextVersionIdMarker,
      }),
      { abortSignal },
    );
    // The prefix also matches longer names.
    const ids = (entries: { Key?: string | undefined; VersionId?: string | undefined }[] = []) =>
      entries.flatMap((entry) => (entry.Key === Key ? (entry.VersionId ?? []) : []));
    versions.push(...ids(page.Versions));
    markers.push(...ids(page.DeleteMarkers));
    if (page.IsTruncated === undefined) throw notS3(page.$metadata.httpStatusCode);
    if (!page.IsTruncated) return { versions, markers };
    from = page;
  }
}
