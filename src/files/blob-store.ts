/** Stores blobs. Keys are relative paths with `/`. */
export interface BlobStore {
  /** A name as `newFileName` makes it, with this process as the writer. */
  newName(owner: string): string;
  /**
   * A path for a temporary file, or a folder of them; it does not exist yet. Its name begins with `owner`
   * (a sid or a hash), so that `discard` finds it.
   */
  scratchPath(owner: string): string;
  /**
   * Moves a scratch file to the blob `key`, atomically; the move is on disk when it resolves. The content of the
   * file must have been synced to disk by its writer. An existing blob under the key is replaced.
   */
  adopt(scratchPath: string, key: string): Promise<void>;
  /** Passes a path on the local file system to `use`, read-only and valid while `use` runs. */
  withLocalFile<T>(key: string, use: (path: string) => Promise<T>): Promise<T>;
  /** Removes a blob; does nothing when it does not exist. */
  remove(key: string): Promise<void>;
  /**
   * Removes every scratch file of an owner (a sid, a blob's key), or the file or folder at a scratch
   * path.
   */
  discard(ownerOrPath: string): Promise<void>;
  /** The names of all scratch files, of every process. */
  scratchNames(): Promise<string[]>;
  /** The key of every blob, in no particular order. */
  list(): AsyncIterable<string>;
  /** @throws ErrnoException when files cannot be written, or less than RESERVED_BYTES are free */
  checkRoom(): Promise<void>;
  /**
   * For files that can be made again: attachments come first.
   *
   * @throws ErrnoException when files cannot be written, or less than `spareBytes` would stay free
   */
  checkSpareRoom(bytes: number): Promise<void>;
  /** @throws ErrnoException when nothing can be written */
  checkWritable(): Promise<void>;
}
