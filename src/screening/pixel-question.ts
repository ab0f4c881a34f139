import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ScanQuestion } from './ask-classifier.ts';

// A picture of one pixel, transparent.
const PIXEL = Buffer.from('R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==', 'base64');

/** Finds out whether a classifier answers at all: a file of ours, as if it had just come in. */
export function pixelQuestion(): ScanQuestion {
  return {
    mediaSid: `ME${randomBytes(16).toString('hex')}`,
    sha256: createHash('sha256').update(PIXEL).digest('hex'),
    declaredContentType: null,
    contentType: 'image/gif',
    byteSize: PIXEL.length,
    open: () => Readable.from([PIXEL]),
  };
}
