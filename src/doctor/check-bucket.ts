import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asError } from '../errors/caught.ts';
import { createDiskBlobStore } from '../files/disk-blob-store.ts';
import { tryOut } from '../files/object-blob-store.ts';
import { keyStartOf, type S3Location } from '../files/s3/s3-location.ts';
import { createLogger } from '../monitoring/logger.ts';
import { type Finding, ok, problem } from './finding.ts';

const STORE = 'blob store';
const VERSIONS = 'versions in the bucket';
const UPLOADS = 'incomplete uploads in the bucket';

/** Whether a bucket can be written, read and deleted from, and what it keeps. */
export async function checkBucket(location: S3Location): Promise<Finding[]> {
  const name = keyStartOf(location);
  // Loads the AWS SDK.
  const [{ createS3Store }, { inspectBucket }] = await Promise.all([
    import('../files/s3/s3-store.ts'),
    import('../files/s3/inspect-bucket.ts'),
  ]);
  const store = createS3Store(location, createLogger('silent'));
  const folder = await mkdtemp(join(tmpdir(), 'mms-inbox-doctor-'));
  try {
    const scratch = await createDiskBlobStore(folder, () => 'doctor');
    const kept = await tryOut(scratch, store);
    const settings = await inspectBucket(location);
    return [
      ok(STORE, `${name} can be written and read`),
      versionsFinding(kept, settings),
      uploadsFinding(settings),
    ];
  } catch (error) {
    const remedy =
      'Check BLOB_STORE_URL, the credentials, and what they may do: docs/operations/s3.md.';
    return [problem('failed', STORE, `${name}: ${asError(error).message}`, remedy)];
  } finally {
    store.close();
    await rm(folder, { recursive: true, force: true });
  }
}

type Settings = Awaited<
  ReturnType<typeof import('../files/s3/inspect-bucket.ts')['inspectBucket']>
>;

function versionsFinding(kept: Error | null, { isVersioned, hasObjectLock }: Settings): Finding {
  if (kept !== null) {
    const remedy =
      'Allow s3:DeleteObject, s3:ListBucketVersions and s3:DeleteObjectVersion, and use a bucket without object lock: ' +
      'until then no deletion of an attachment is complete.';
    return problem('failed', VERSIONS, kept.message, remedy);
  }
  if (hasObjectLock === true) {
    const remedy = 'Set no default retention for the bucket: what is locked cannot be deleted.';
    return problem('warning', VERSIONS, 'object lock is on; deletes work at the moment', remedy);
  }
  if (isVersioned === null) return ok(VERSIONS, 'deletes leave none');
  return ok(VERSIONS, isVersioned ? 'versioning is on; deletes remove all versions' : 'none');
}

function uploadsFinding({ abortsUploads }: Settings): Finding {
  if (abortsUploads === true) return ok(UPLOADS, 'a lifecycle rule removes them');
  if (abortsUploads === null) {
    return problem('skipped', UPLOADS, 'the lifecycle rules cannot be read', null);
  }
  const remedy =
    'Add a lifecycle rule with AbortIncompleteMultipartUpload after a day: parts of files above 8 MiB that a killed ' +
    'process leaves are not visible, and cost as much as files.';
  return problem('warning', UPLOADS, 'no lifecycle rule removes them', remedy);
}
