import type { Request, Response } from 'express';
import { AppError } from '../errors/app-error.ts';
import type { BlobStore } from '../files/blob-store.ts';
import { type ByteRange, createSendFile, ReaderGone } from './send-file.ts';

/** What one blob is sent as. */
interface SentBlob {
  key: string;
  /** In bytes. */
  byteSize: number;
  /** Strong, without quotes: the bytes behind a key never change. */
  etag: string;
  contentType: string;
  cacheControl: string;
  /** Whether pages of other origins may show it: for those who need no credentials. */
  embeddable: boolean;
}

/**
 * Streams a blob: ETag, conditional requests (`If-None-Match`, `If-Range`), one byte range, HEAD.
 * Several ranges are answered with the whole, as RFC 9110 (14.2) allows. Resolves also when the reader
 * hangs up, or has to be hung up on because it stopped reading.
 *
 * @throws AppError `range_not_satisfiable`, `unavailable` when the bytes cannot be read
 */
export type SendBlob = (request: Request, response: Response, blob: SentBlob) => Promise<void>;

// A phone may be out of reach for a while.
const STALL_MS = 60_000;

/**
 * @param stallMs how long a reader may take nothing, in milliseconds, before the connection is closed:
 *   it would hold a file and a buffer for ever
 */
export function createSendBlob(blobs: BlobStore, stallMs = STALL_MS): SendBlob {
  const sendFile = createSendFile();

  return async (request, response, blob) => {
    setHeaders(response, blob);
    if (isKnown(request, blob)) {
      response.status(304).end();
      return;
    }
    const { byteSize } = blob;
    const range = requestedRange(request, blob);
    const { start, end } = range ?? { start: 0, end: byteSize - 1 };
    response.set('Content-Length', String(end - start + 1));
    if (range !== undefined) {
      response.status(206).set('Content-Range', `bytes ${start}-${end}/${byteSize}`);
    }
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    // The socket's own timer: it sees what the operating system took of a write that is under way.
    response.setTimeout(stallMs, () => response.destroy());
    // Before the server hands the connection to the next request, whose handler may take its time.
    response.prependOnceListener('finish', () => response.setTimeout(0));
    try {
      await blobs.withLocalFile(blob.key, (path) => sendFile(path, { start, end }, response));
    } catch (cause) {
      // Nobody is left to tell, and nothing went wrong here.
      if (cause instanceof ReaderGone) return;
      if (response.headersSent) throw cause;
      throw new AppError('unavailable', 'The bytes of this media cannot be read.', { cause });
    }
  };
}

function setHeaders(response: Response, blob: SentBlob): void {
  response.set({
    ETag: `"${blob.etag}"`,
    'Cache-Control': blob.cacheControl,
    'Content-Type': blob.contentType,
    'Accept-Ranges': 'bytes',
    'X-Content-Type-Options': 'nosniff',
    // Whatever the bytes are, they get no scripts, no origin and nothing to load.
    'Content-Security-Policy': "default-src 'none'; sandbox",
    'Cross-Origin-Resource-Policy': blob.embeddable ? 'cross-origin' : 'same-origin',
  });
}

// Not Express' `fresh`: that gives the whole to who sends `Cache-Control: no-cache` along, as fetch
// in Node does. To a server it means nothing [RFC 9110, 13.2; RFC 9111, 5.2.1].
function isKnown(request: Request, { etag }: SentBlob): boolean {
  const known = (request.get('if-none-match') ?? '').split(',').map((tag) => tag.trim());
  return known.includes('*') || known.some((tag) => tag.replace(/^W\//, '') === `"${etag}"`);
}

/** The one range to send; undefined for the whole, which is also the answer to what is no range. */
function requestedRange(request: Request, { byteSize, etag }: SentBlob): ByteRange | undefined {
  // Ranges are defined for GET alone [RFC 9110, 14.2].
  if (request.method !== 'GET') return undefined;
  const ifRange = request.get('if-range');
  if (ifRange !== undefined && ifRange !== `"${etag}"`) return undefined;
  const [, first = '', last = ''] =
    /^bytes=(\d*)-(\d*)$/i.exec(request.get('range')?.trim() ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
  const end = first === '' || last === '' ? byteSize - 1 : Math.min(Number(last), byteSize - 1);
  const start = first === '' ? Math.max(0, byteSize - Number(last)) : Number(first);
  if (start < byteSize) return { start, end };
  throw new AppError('range_not_satisfiable', `The content has ${byteSize} bytes.`, {
    headers: { 'Content-Range': `bytes */${byteSize}` },
  });
}
