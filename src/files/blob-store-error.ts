/**
 * A store refuses, does not answer, or is not known here: says nothing about whether the file exists.
 *
 * `message` is shown to operators and moderators: it contains no secret, no key of a file and no path. `cause` is for
 * the log.
 */
export class BlobStoreError extends Error {
  /** As S3 and Node name it: `AccessDenied`, `SlowDown`, `ECONNREFUSED`. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BlobStoreError';
    this.code = code;
  }
}

/** A file that does not have the bytes that were stored. */
export class DamagedFile extends Error {
  readonly code: 'WRONG_SIZE' | 'WRONG_HASH';

  constructor(code: DamagedFile['code']) {
    super(`A stored file is damaged: ${code}`);
    this.name = 'DamagedFile';
    this.code = code;
  }
}
