import {
  GetBucketLifecycleConfigurationCommand,
  GetBucketVersioningCommand,
  GetObjectLockConfigurationCommand,
  ListObjectsV2Command,
} from '@aws-sdk/client-s3';
import { createS3Client } from './s3-client.ts';
import type { S3Location } from './s3-location.ts';

/** Settings of a bucket; null where the credentials may not read it, or the server does not have it. */
interface BucketSettings {
  /** Whether the bucket keeps versions, or has kept them before. */
  isVersioned: boolean | null;
  hasObjectLock: boolean | null;
  /** Whether parts of uploads that were never completed are removed by a lifecycle rule. */
  abortsUploads: boolean | null;
}

const TIMEOUT_MS = 10_000;

export async function inspectBucket(location: S3Location): Promise<BucketSettings> {
  const client = createS3Client(location);
  const options = () => ({ abortSignal: AbortSignal.timeout(TIMEOUT_MS) });
  const { bucket: Bucket, prefix } = location;
  try {
    const [isVersioned, hasObjectLock, abortsUploads] = await Promise.all([
      client
        .send(new GetBucketVersioningCommand({ Bucket }), options())
        .then(({ Status }) => Status !== undefined)
        .catch(() => null),
      client
        .send(new GetObjectLockConfigurationCommand({ Bucket }), options())
        .then(({ ObjectLockConfiguration: lock }) => lock?.ObjectLockEnabled === 'Enabled')
        .catch(unlessNamed('ObjectLockConfigurationNotFoundError')),
      client
        .send(new GetBucketLifecycleConfigurationCommand({ Bucket }), options())
        .then(({ Rules = [] }) =>
          Rules.some(
            ({ Status, AbortIncompleteMultipartUpload, Filter, Prefix }) =>
              Status === 'Enabled' &&
              AbortIncompleteMultipartUpload !== undefined &&
              prefix.startsWith(Filter?.Prefix ?? Prefix ?? ''),
          ),
        )
        .catch(unlessNamed('NoSuchLifecycleConfiguration')),
    ]);
    return { isVersioned, hasObjectLock, abortsUploads };
  } finally {
    client.destroy();
  }
}

/** Whether there is a key that begins so. @param start below the prefix of the store */
export async function hasKeyWith(location: S3Location, start: string): Promise<boolean> {
  const client = createS3Client(location);
  const { bucket: Bucket, prefix } = location;
  try {
    const listed = await client.send(
      new ListObjectsV2Command({ Bucket, Prefix: prefix + start, MaxKeys: 1 }),
      { abortSignal: AbortSignal.timeout(TIMEOUT_MS) },
    );
    return (listed.Contents ?? []).length > 0;
  } finally {
    client.destroy();
  }
}

/** @returns false for the error that says that there is none, null for any other */
function unlessNamed(none: string): (error: unknown) => false | null {
  return (error) => (Object(error).name === none ? false : null);
}
