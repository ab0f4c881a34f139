import type { Readable } from 'node:stream';

/** Bytes from `start` to `end`, both inclusive, counted from 0. */
export interface ByteRange {
  start: number;
  end: number;
}

/** A file that is read from its begin to its end. */
export interface OpenFile {
  bytes: Readable;
  /** The SHA-256 that a bucket has stored with it, in hexadecimal digits; null when there is none. */
  storedSha256: string | null;
}

/** The headers that a store answers a signed URL with. */
export interface SignedHeaders {
  contentType: string;
  contentDisposition: string | undefined;
  cacheControl: string;
}

/** The folder of temporary files on the local disk. Attachments are fetched, hashed and decoded there. */
export interface Scratch {
  /** A name as `newFileName` makes it, with this process as the writer. */
  newName(owner: string): string;
  /**
   * A path for a temporary file, or a folder of them; it does not exist yet. Its name begins with `owner`
   * (a sid or a hash), so that `discard` finds it.
   */
  scratchPath(owner: string): string;
  /**
   * Removes every scratch file of an owner (a sid, a blob's key), or the file or folder at a scratch
   * path.
   */
  discard(ownerOrPath: string): Promise<void>;
  /** The names of all scratch files, of every process. */
  scratchNames(): Promise<string[]>;
  /** @throws ErrnoException when files of so many bytes would leave less than RESERVED_BYTES free */
  checkRoomFor(bytes: number): Promise<void>;
  /**
   * For files that can be made again: attachments come first.
   *
   * @throws ErrnoException when files cannot be written, or less than `spareBytes` would stay free
   */
  checkSpareRoom(bytes: number): Promise<void>;
}

/**
 * Stores blobs. A key names the place of a file: a relative path with `/` is below the blob folder, `s3://bucket/…` is
 * an object. New files go to the configured store; reads and removes go where the key says, so that files stay
 * readable after the configuration has changed.
 *
 * All methods reject with an `ErrnoException` of the disk, or with a `BlobStoreError`. `ENOENT` means that the store
 * answers and the file is not there.
 */
export interface BlobStore extends Scratch {
  /** The key of a new file in the configured store. @param path relative, with `/` */
  newKey(path: string): string;
  /**
   * Stores a scratch file under a key of `newKey`, whole or not at all, and removes the scratch file. It is durable
   * when this resolves: on a disk synced, in a bucket acknowledged. On a disk its content must have been synced
   * by its writer. An existing blob under the key is replaced.
   */
  adopt(scratchPath: string, key: string): Promise<void>;
  /** Whether a file is on the local file system, so that `withLocalFile` copies nothing. */
  isLocal(key: string): boolean;
  /**
   * Passes a path on the local file system to `use`, read-only and valid while `use` runs. What is not local is copied
   * into the scratch folder for it, and compared with its SHA-256.
   *
   * @throws DamagedFile when the copy does not have the SHA-256 that the file was stored with
   */
  withLocalFile<T>(key: string, use: (path: string) => Promise<T>): Promise<T>;
  /**
   * Opens a range of a file for reading, without the local disk. The stream ends with `DamagedFile` when it was the
   * whole file and does not have the SHA-256 that it was stored with. The caller reads or destroys it.
   */
  openRange(key: string, range: ByteRange): Promise<Readable>;
  /** Opens a whole file for reading, without the local disk. The caller reads or destroys its bytes. */
  openFile(key: string): Promise<OpenFile>;
  /** A URL of the store itself that serves the file without credentials, for 30 seconds; null when it is local. */
  signedUrl(key: string, headers: SignedHeaders): Promise<string | null>;
  /** Resolves when the file is there and can be opened. */
  requireReadable(key: string): Promise<void>;
  /**
   * Removes a blob, in a bucket with all its versions; does nothing when it does not exist. A removal is final: one that
   * fails because a bucket does not work is done by this process when it works again.
   *
   * @throws BlobStoreError also when a version stays, because it may not be removed
   */
  remove(key: string): Promise<void>;
  /**
   * Keys of blobs, in no particular order, also in stores that were configured before. Of a bucket a call lists only a
   * part when there are many, and the next call goes on behind it.
   */
  list(): AsyncIterable<string>;
  /** Rejects when a new attachment cannot be stored now: less than RESERVED_BYTES are free, or the store is out. */
  checkRoom(): Promise<void>;
  /** Rejects when nothing can be written. */
  checkWritable(): Promise<void>;
  /** Closes connections. */
  close(): void;
}
