import { createReadStream, createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import pLimit from 'p-limit';
import pRetry from 'p-retry';
import type { Logger } from 'pino';
import { codeOf } from '../../errors/caught.ts';
import { createSharedFailureLog } from '../../monitoring/outage-log.ts';
import type { ByteRange, OpenFile, SignedHeaders } from '../blob-store.ts';
import { BlobStoreError, DamagedFile } from '../blob-store-error.ts';
import { LARGE_BYTES } from '../byte-budget.ts';
import { sha256Of } from '../hash-file.ts';
import { createVerifier } from './create-verifier.ts';
import { createRetriedRemovals } from './retried-removals.ts';
import { createS3Client } from './s3-client.ts';
import { createListing } from './s3-listing.ts';
import { keyStartOf, type S3Location } from './s3-location.ts';
import { notS3, s3Problem } from './s3-problem.ts';
import { removeObject } from './s3-remove.ts';

/** The objects of one bucket under one prefix. Keys are whole: `s3://bucket/prefix/blobs/…`. */
export interface S3Store {
  /** How its keys begin: `s3://bucket/prefix/`. */
  keyStart: string;
  /** Resolves when the store has acknowledged the whole file. Files above 8 MiB are sent in parts. */
  upload(path: string, key: string): Promise<void>;
  /** @throws DamagedFile when the SHA-256 is not the one that was stored with it */
  download(key: string, toPath: string): Promise<void>;
  openRange(key: string, range: ByteRange): Promise<Readable>;
  openFile(key: string): Promise<OpenFile>;
  signedUrl(key: string, headers: SignedHeaders): Promise<string>;
  requireReadable(key: string): Promise<void>;
  remove(key: string): Promise<void>;
  list(): AsyncIterable<string>;
  /** Whether the last upload has failed, so that it makes sense to try a small one first. */
  isFailing(): boolean;
  /** Rejects when the bucket does not answer. */
  ping(): Promise<void>;
  /**
   * Writes a small object, reads it back and removes it.
   *
   * @param path of a scratch file that does not exist yet; its name becomes that of the object
   * @returns why it could not be removed, or null
   * @throws BlobStoreError when it could not be written or read
   */
  tryOut(path: string): Promise<BlobStoreError | null>;
  close(): void;
}

const PART_BYTES = 8 * 1024 ** 2;
// How many uploads run at once, by size. Each holds up to PART_BYTES in memory, those of thumbnails much less. Photos do
// not wait for large files, of which each may take minutes.
const THUMBNAIL_BYTES = 1024 ** 2;
const THUMBNAILS_AT_ONCE = 32;
const PHOTOS_AT_ONCE = 4;
const LARGE_AT_ONCE = 2;

const SIGNED_SECONDS = 30;
const SHORT_MS = 60_000;
const DOWNLOAD_MS = 600_000;
const DOWNLOAD_RETRIES = { retries: 2, minTimeout: 250, randomize: true };

export function createS3Store(location: S3Location, log: Logger): S3Store {
  const client = createS3Client(location);
  const keyStart = keyStartOf(location);
  const { bucket: Bucket, prefix } = location;
  // The SDK has tried several times before anything is said here.
  const outages = createSharedFailureLog(log.child({ store: keyStart }), {
    begins: 'the blob store does not work: it is tried again until it does',
    ends: 'the blob store works again',
    failuresInARow: 1,
  });
  const [reads, writes] = [
    outages(log.child({ store: keyStart })),
    outages(log.child({ store: keyStart })),
  ];
  const thumbnails = pLimit(THUMBNAILS_AT_ONCE);
  const photos = pLimit(PHOTOS_AT_ONCE);
  const large = pLimit(LARGE_AT_ONCE);
  let isFailing = true;
  const listing = createListing(client, location, (request) => call(reads, request));

  function objectOf(key: string): { Bucket: string; Key: string } {
    return { Bucket, Key: prefix + key.slice(keyStart.length) };
  }

  /** Runs an operation, and tells the outage log how it went. @throws what `s3Problem` makes of its errors */
  async function call<T>(
    outage: typeof reads,
    operation: (abortSignal: AbortSignal) => Promise<T>,
    wholeMs = SHORT_MS,
  ): Promise<T> {
    try {
      const result = await operation(AbortSignal.timeout(wholeMs));
      outage.answered();
      return result;
    } catch (error) {
      const problem = s3Problem(error);
      if (problem instanceof BlobStoreError) outage.failed(problem.message);
      throw problem;
    }
  }

  async function put(path: string, key: string): Promise<void> {
    const sha256 = await sha256Of(path);
    const { encryption, kmsKeyId, storageClass } = location;
    // No whole limit here: a request that is given up may still arrive, and each has a limit of its own.
    const sending = new Upload({
      client,
      partSize: PART_BYTES,
      queueSize: 1,
      params: {
        ...objectOf(key),
        Body: createReadStream(path),
        ContentType: 'application/octet-stream',
        // Of each request, so that the store refuses other bytes than were sent.
        ChecksumAlgorithm: 'SHA256',
        // Of the whole file: `openRange` and `download` compare it, with every server and for files in parts.
        Metadata: { sha256 },
        ...(encryption && { ServerSideEncryption: encryption }),
        ...(kmsKeyId && { SSEKMSKeyId: kmsKeyId }),
        ...(storageClass && { StorageClass: storageClass as 'STANDARD' }),
      },
    });
    const { ETag, $metadata } = await sending.done();
    // A web server may answer 200 to anything.
    // Ceph completes a file of several parts with an empty one.
    if (ETag === undefined) throw notS3($metadata.httpStatusCode);
  }

  async function upload(path: string, key: string): Promise<void> {
    const { size } = await stat(path);
    const others = size > LARGE_BYTES ? large : photos;
    const limit = size > THUMBNAIL_BYTES ? others : thumbnails;
    try {
      await call(writes, () => limit(() => put(path, key)));
      isFailing = false;
      removals.retry();
    } catch (error) {
      isFailing ||= error instanceof BlobStoreError;
      throw error;
    }
  }

  async function get(key: string, range: string | undefined, abortSignal?: AbortSignal) {
    const input = { ...objectOf(key), ...(range && { Range: range }) };
    const answer = await client.send(
      new GetObjectCommand(input),
      abortSignal === undefined ? {} : { abortSignal },
    );
    // In Node a stream, and always there.
    const body = answer.Body as Readable;
    // A web server may answer 200 to anything.
    if (answer.ETag) return { ...answer, body };
    body.destroy();
    throw notS3(answer.$metadata.httpStatusCode);
  }

  async function download(key: string, toPath: string): Promise<void> {
    await call(
      reads,
      async (signal) => {
        await rm(toPath, { force: true });
        const { body, Metadata } = await get(key, undefined, signal);
        const target = createWriteStream(toPath, { flags: 'wx', mode: 0o600 });
        await pipeline(body, createVerifier(Metadata?.sha256), target, { signal });
      },
      DOWNLOAD_MS,
    );
  }

  const removals = createRetriedRemovals((key) =>
    call(writes, (signal) => removeObject(client, objectOf(key), signal)),
  );

  return {
    keyStart,
    upload,
    download: (key, toPath) =>
      pRetry(() => download(key, toPath), {
        ...DOWNLOAD_RETRIES,
        // Of a connection that was cut in the middle; the SDK tries again only until an answer begins.
        shouldRetry: ({ error }) =>
          error instanceof BlobStoreError && codeOf(error) === 'ECONNRESET',
      }),
    async openRange(key, { start, end }) {
      const { body, ContentLength, ContentRange, Metadata } = await call(reads, () =>
        // No whole limit: a slow client of ours may read for long.
        get(key, `bytes=${start}-${end}`),
      );
      if (ContentLength !== end - start + 1) {
        body.destroy();
        throw new DamagedFile('WRONG_SIZE');
      }
      const isWhole = start === 0 && (ContentRange ?? '').endsWith(`/${end + 1}`);
      const verified = createVerifier(isWhole ? Metadata?.sha256 : undefined);
      // Its errors are those of `verified`, which the caller reads.
      pipeline(body, verified).catch(() => undefined);
      return verified;
    },
    async openFile(key) {
      const { body, Metadata } = await call(reads, () => get(key, undefined));
      return { bytes: body, storedSha256: Metadata?.sha256 ?? null };
    },
    async signedUrl(key, { contentType, contentDisposition, cacheControl }) {
      const command = new GetObjectCommand({
        ...objectOf(key),
        ResponseContentType: contentType,
        ResponseCacheControl: cacheControl,
        ...(contentDisposition && { ResponseContentDisposition: contentDisposition }),
      });
      // By the clock of the store, as far as the SDK has seen that they differ.
      const signingDate = new Date(Date.now() + client.config.systemClockOffset);
      return getSignedUrl(client, command, { expiresIn: SIGNED_SECONDS, signingDate });
    },
    async requireReadable(key) {
      const { body } = await call(reads, (signal) => get(key, 'bytes=0-0', signal));
      body.destroy();
    },
    remove: removals.remove,
    list: listing.list,
    isFailing: () => isFailing,
    ping: () => call(reads, listing.ping),
    async tryOut(path) {
      const key = `${keyStart}blobs/${path.split('/').at(-1)}`;
      await upload(path, key);
      await download(key, path);
      try {
        await removals.remove(key);
        return null;
      } catch (error) {
        if (!(error instanceof BlobStoreError)) throw error;
        const problem = error.message;
        log.warn({ store: keyStart, problem }, 'deletes from the blob store do not complete');
        return error;
      }
    },
    close: () => client.destroy(),
  };
}
