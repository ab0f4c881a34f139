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
 * @param stallMs how long a client may read nothing, in milliseconds, before the connection is closed:
 *   otherwise it would hold a file and a buffer forever
 */
export function createSendBlob(blobs: BlobStore, stallMs = STALL_MS): SendBlob {
  const sendFile = createSendFile();

  return async (request, response, blob) => {
    const { key, byteSize, etag, edit } = blob;
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
        await blobs.withLocalFile(key, (path) =>
          sendFile(path, piecesWithin(plan, range), response),
        );
      } catch (cause) {
        // Not an error: the client has disconnected, and cannot be answered.
        if (cause instanceof ClientDisconnected) return;
        if (response.headersSent) throw cause;
        throw unlessKnown(cause);
      }
    });
  };
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
