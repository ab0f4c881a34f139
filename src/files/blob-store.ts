/** Where bytes are kept. Keys are relative paths with `/`. */
export interface BlobStore {
  /** A name as `newFileName` makes it, of this process. */
  newName(owner: string): string;
  /**
   * A path for a file, or a folder of files, that is being written; it does not exist yet. Its name
   * begins with `owner` (a sid or a hash), so that `discard` finds it.
   */
  scratchPath(owner: string): string;
  /**
   * Makes a scratch file the blob `key`, whole or not at all, synced to disk. What was there under
   * the key is replaced.
   */
  adopt(scratchPath: string, key: string): Promise<void>;
  /** Lends a path on the local file system, to read only, while `use` runs. */
  withLocalFile<T>(key: string, use: (path: string) => Promise<T>): Promise<T>;
  /** Removes a blob; one that is not there is fine. */
  remove(key: string): Promise<void>;
  /** Removes every scratch file of an owner (a sid, a blob's key), or what is at one scratch path. */
  discard(ownerOrPath: string): Promise<void>;
  /** The names of all scratch files, of every process. */
  scratchNames(): Promise<string[]>;
  /** The key of every blob, in no order. */
  list(): AsyncIterable<string>;
  /** @throws ErrnoException when no other file can be written, or it would take room that others need */
  checkRoom(): Promise<void>;
  /** @throws ErrnoException when nothing can be written */
  checkWritable(): Promise<void>;
}
