import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import { AppError } from '../errors/app-error.ts';
import type { BlobStore } from '../files/blob-store.ts';
import { type EditPlan, piecesWithin, wholeFile } from '../files/edit-plan.ts';
import { ClientDisconnected, createSendFile } from './send-file.ts';
import { isCached, STALL_MS, sendRange } from './send-range.ts';

/** How one blob is sent. */
interface SentBlob {
  key: string;
  /** As it is stored, in bytes. */
  byteSize: number;
  /** Strong, without quotes: the bytes of a key never change. */
  etag: string;
  contentType: string;
  cacheControl: string;
  /** Whether pages of other origins may embed it, as for requests without credentials. */
  embeddable: boolean;
  /** Whether its store may be asked for it directly: by URLs that outlive a decision or a delete, for seconds. */
  mayRedirect?: boolean;
  /** Reads the file at a path, and says how what is sent is made from it; without it, it is sent as it is. */
  edit?: ((path: string) => Promise<EditPlan>) | undefined;
}

/**
 * Streams a blob: ETag, conditional requests (`If-None-Match`, `If-Range`), one byte range, HEAD.
 * Several ranges are answered with the whole content, as RFC 9110 (14.2) allows. Resolves also when the
 * client disconnects, or is disconnected because it stopped reading.
 *
 * @throws AppError `range_not_satisfiable`, `unavailable` when the bytes cannot be read, and what `edit` throws
 */
export type SendBlob = (request: Request, response: Response, blob: SentBlob) => Promise<void>;

/**
 * @param options.stallMs how long a client may read nothing, in milliseconds, before the connection is closed:
 *   otherwise it would hold a file and a buffer forever
 * @param options.redirects whether blobs that may be are redirected to their store, where it has URLs
 */
export function createSendBlob(
  blobs: BlobStore,
  { stallMs = STALL_MS, redirects = false } = {},
): SendBlob {
  const sendFile = createSendFile();

  return async (request, response, blob) => {
    const { key, byteSize, etag, edit } = blob;
    if (redirects && canRedirect(request, blob)) {
      const url = await blobs.signedUrl(key, {
        contentType: blob.contentType,
        contentDisposition: response.get('Content-Disposition'),
        cacheControl: blob.cacheControl,
      });
      if (url !== null) return redirect(response, url);
    }
    // Nothing is read for a client that has the bytes already.
    const isEdited = edit !== undefined && !isCached(request, etag);
    const plan = isEdited
      ? await blobs.withLocalFile(key, edit).catch((cause) => {
          throw unlessKnown(cause);
        })
      : wholeFile(byteSize);
    setHeaders(response, blob);
    const content = { byteSize: plan.byteSize, etag };
    await sendRange(request, response, content, stallMs, async (range) => {
      try {
        if (edit === undefined && !blobs.isLocal(key)) {
          await sendStream(await blobs.openRange(key, range), response);
        } else {
          await blobs.withLocalFile(key, (path) =>
            sendFile(path, piecesWithin(plan, range), response),
          );
        }
      } catch (cause) {
        // Not an error: the client has disconnected, and cannot be answered.
        if (cause instanceof ClientDisconnected) return;
        if (response.headersSent) throw cause;
        throw unlessKnown(cause);
      }
    });
  };
}

/**
 * Whether a request may be answered with a redirect. Not those of pages, whose policies name this origin alone, and no
 * ranges: players go on with the URL that they were redirected to, when it has long expired.
 */
function canRedirect(request: Request, { mayRedirect, edit, etag }: SentBlob): boolean {
  // Browsers say where a request comes from; without TLS they do not, but a session has a cookie.
  const isOfPage =
    (request.get('sec-fetch-site') ?? 'none') !== 'none' || request.get('cookie') !== undefined;
  const isWhole = request.method === 'GET' && request.get('range') === undefined;
  return (
    mayRedirect === true && edit === undefined && !isOfPage && isWhole && !isCached(request, etag)
  );
}

function redirect(response: Response, url: string): void {
  response.removeHeader('Content-Disposition');
  response.status(307).set({ Location: url, 'Cache-Control': 'no-store' }).end();
}

/** @throws ClientDisconnected; anything else when the stream fails */
async function sendStream(bytes: Readable, response: Response): Promise<void> {
  let isDisconnected = response.destroyed;
  // Before `pipeline` ends each stream because of the other: then it is known which was first.
  const onEnd = () => {
    isDisconnected ||= !bytes.destroyed;
  };
  response.once('close', onEnd).once('error', onEnd);
  // A store hangs up on whoever reads nothing, too, and it is the client who does.
  bytes.once('error', ({ name }) => {
    isDisconnected ||= name === 'TimeoutError' && response.writableNeedDrain;
  });
  try {
    await pipeline(bytes, response);
  } catch (cause) {
    if (isDisconnected) throw new ClientDisconnected({ cause });
    throw cause;
  }
}

function unlessKnown(cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  return new AppError('unavailable', 'The bytes of this media item cannot be read.', { cause });
}

function setHeaders(response: Response, blob: SentBlob): void {
  response.set({
    'Cache-Control': blob.cacheControl,
    'Content-Type': blob.contentType,
    'X-Content-Type-Options': 'nosniff',
    // The bytes are untrusted: no scripts, no origin, no subresources.
    'Content-Security-Policy': "default-src 'none'; sandbox",
    'Cross-Origin-Resource-Policy': blob.embeddable ? 'cross-origin' : 'same-origin',
  });
}
