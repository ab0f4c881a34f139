import type { Request, Response } from 'express';
import { AppError } from '../errors/app-error.ts';
import { codeOf } from '../errors/caught.ts';
import type { ByteRange } from '../files/blob-store.ts';

/** Content of which a part can be sent. */
export interface RangedContent {
  /** In bytes. */
  byteSize: number;
  /** Strong, without quotes: with the same one, every byte is the same. */
  etag: string;
}

/** The request's headers, for the API's document. */
export const RANGE_REQUEST_HEADERS = {
  Range: 'One range of bytes; several are answered with everything.',
  'If-Range': 'An `ETag`: the range applies only while it is the same.',
  'If-None-Match': 'An `ETag`: 304 when the bytes are the same.',
};

/** What a 206 has besides the headers of a 200, for the API's document. */
export const CONTENT_RANGE = { 'Content-Range': 'Which bytes, of how many.' };

/** The answer of a redirect to the store, for the API's document. */
export const AT_BUCKET = {
  description: 'With `BLOB_REDIRECT=on`: the same bytes are at the bucket, for seconds.',
  headers: { Location: 'A signed URL of the bucket.' },
};

/** How long a client may read nothing, in milliseconds: a phone may lose its connection for a while. */
export const STALL_MS = 60_000;

/** Whether sending has failed because the client has closed the connection, or was cut off because it read nothing. */
export function isDisconnect(error: unknown): boolean {
  return ['ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET', 'EPIPE'].includes(codeOf(error) ?? '');
}

/**
 * Answers conditional requests (`If-None-Match`, `If-Range`), HEAD, one byte range, or the whole content.
 *
 * @param stallMs how long a client may read nothing, in milliseconds, before the connection is closed:
 *   otherwise it would hold a file and a buffer forever
 * @param write sends these bytes, and ends the response; not called when there are none to send
 * @throws AppError `range_not_satisfiable`, and what `write` throws
 */
export async function sendRange(
  request: Request,
  response: Response,
  content: RangedContent,
  stallMs: number,
  write: (range: ByteRange) => Promise<void>,
): Promise<void> {
  response.set({ ETag: `"${content.etag}"`, 'Accept-Ranges': 'bytes' });
  if (isCached(request, content.etag)) {
    response.status(304).end();
    return;
  }
  const { byteSize } = content;
  const range = requestedRange(request, content);
  const { start, end } = range ?? { start: 0, end: byteSize - 1 };
  response.set('Content-Length', String(end - start + 1));
  if (range !== undefined) {
    response.status(206).set('Content-Range', `bytes ${start}-${end}/${byteSize}`);
  }
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  // The socket's own timer: it is reset by partial progress of a pending write, too. While nothing waits for the
  // client, it is `write` that takes long.
  response.setTimeout(stallMs, () => {
    if (response.writableLength > 0) response.destroy();
    else response.setTimeout(stallMs);
  });
  // Cleared before the server reuses the connection for the next request, whose handler may be slow.
  response.prependOnceListener('finish', () => response.setTimeout(0));
  await write({ start, end });
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
function requestedRange(
  request: Request,
  { byteSize, etag }: RangedContent,
): ByteRange | undefined {
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
