import type { Request, Response } from 'express';
import { AppError } from '../errors/app-error.ts';
import type { BlobStore } from '../files/blob-store.ts';
import { type ByteRange, ClientDisconnected, createSendFile } from './send-file.ts';

/** How one blob is sent. */
interface SentBlob {
  key: string;
  /** In bytes. */
  byteSize: number;
  /** Strong, without quotes: the bytes of a key never change. */
  etag: string;
  contentType: string;
  cacheControl: string;
  /** Whether pages of other origins may embed it, as for requests without credentials. */
  embeddable: boolean;
}

/**
 * Streams a blob: ETag, conditional requests (`If-None-Match`, `If-Range`), one byte range, HEAD.
 * Several ranges are answered with the whole content, as RFC 9110 (14.2) allows. Resolves also when the
 * client disconnects, or is disconnected because it stopped reading.
 *
 * @throws AppError `range_not_satisfiable`, `unavailable` when the bytes cannot be read
 */
export type SendBlob = (request: Request, response: Response, blob: SentBlob) => Promise<void>;

// A phone may lose its connection for a while.
const STALL_MS = 60_000;

/**
 * @param stallMs how long a client may read nothing, in milliseconds, before the connection is closed:
 *   otherwise it would hold a file and a buffer forever
 */
export function createSendBlob(blobs: BlobStore, stallMs = STALL_MS): SendBlob {
  const sendFile = createSendFile();

  return async (request, response, blob) => {
    setHeaders(response, blob);
    if (isCached(request, blob.etag)) {
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
    // The socket's own timer: it is reset by partial progress of a pending write, too.
    response.setTimeout(stallMs, () => response.destroy());
    // Cleared before the server reuses the connection for the next request, whose handler may be slow.
    response.prependOnceListener('finish', () => response.setTimeout(0));
    try {
      await blobs.withLocalFile(blob.key, (path) => sendFile(path, { start, end }, response));
    } catch (cause) {
      // Not an error: the client has disconnected, and cannot be answered.
      if (cause instanceof ClientDisconnected) return;
      if (response.headersSent) throw cause;
      throw new AppError('unavailable', 'The bytes of this media item cannot be read.', { cause });
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
    // The bytes are untrusted: no scripts, no origin, no subresources.
    'Content-Security-Policy': "default-src 'none'; sandbox",
    'Cross-Origin-Resource-Policy': blob.embeddable ? 'cross-origin' : 'same-origin',
  });
}

/**
 * Whether the caller has the answer with this strong ETag already.
 *
 * @param etag without quotes
 */
// Not Express' `fresh`: that ignores `If-None-Match` when the request has `Cache-Control: no-cache`, as
// Node's fetch sends it. For an origin server that header has no meaning [RFC 9110, 13.2; RFC 9111, 5.2.1].
export function isCached(request: Request, etag: string): boolean {
  const etags = (request.get('if-none-match') ?? '').split(',').map((tag) => tag.trim());
  return etags.includes('*') || etags.some((tag) => tag.replace(/^W\//, '') === `"${etag}"`);
}

/** The range to send; undefined for the whole content, also when the header is not a valid single range. */
function requestedRange(request: Request, { byteSize, etag }: SentBlob): ByteRange | undefined {
  // Ranges are only defined for GET [RFC 9110, 14.2].
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
