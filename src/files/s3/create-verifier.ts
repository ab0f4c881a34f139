import { createHash } from 'node:crypto';
import { PassThrough, Transform } from 'node:stream';
import { DamagedFile } from '../blob-store-error.ts';

/**
 * Passes bytes on, and ends with DamagedFile when they have another SHA-256. The last chunk is held back until that
 * is known: without it a reader sees that the file is not whole.
 *
 * @param sha256 in hexadecimal digits; undefined to compare nothing
 */
export function createVerifier(sha256: string | undefined): Transform {
  if (sha256 === undefined) return new PassThrough();
  const hash = createHash('sha256');
  let last: Buffer | undefined;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      const before = last;
      last = chunk;
      done(null, before);
    },
    flush(done) {
      if (hash.digest('hex') === sha256) done(null, last);
      else done(new DamagedFile('WRONG_HASH'));
    },
  });
}
