import type { ServerResponse } from 'node:http';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { type Response, Router } from 'express';
import type { MediaFault } from '../faults.ts';
import type { RequestLog } from '../request-log.ts';
import type { MediaGrants } from './media-grants.ts';

interface MediaRouterDeps {
  grants: MediaGrants;
  mediaExists(sid: string): boolean;
  log: RequestLog;
}

/** The host that the API redirects to: serves the bytes for valid links; its errors are like S3's. */
export function createMediaRouter({ grants, mediaExists, log }: MediaRouterDeps): Router {
  const router = Router();

  router.use((req, res) => {
    const entry = log.add({ server: 'media', method: req.method, path: req.originalUrl }, res);
    const media = grants.find(req.originalUrl);
    if (media) entry.mediaSid = media.sid;

    if (req.headers.authorization !== undefined) {
      entry.authorized = true;
      // S3 accepts a signed link or an Authorization header, never both.
      const message = 'Only one auth mechanism allowed';
      sendError(res, 400, 'InvalidArgument', message, 'Authorization');
      return;
    }
    if (req.method !== 'GET') {
      sendError(res, 405, 'MethodNotAllowed', 'The specified method is not allowed');
      return;
    }
    if (!media) {
      sendError(res, 403, 'AccessDenied', 'Request has expired or was never signed');
      return;
    }
    if (!mediaExists(media.sid)) {
      sendError(res, 404, 'NoSuchKey', 'The specified key does not exist.');
      return;
    }

    const fault = media.faults.nextAtMedia();
    if (fault?.kind === 'media-status') {
      sendError(res, fault.status, 'SimulatedFault', 'Simulated fault');
      return;
    }
    if (fault?.kind === 'hang' && fault.afterBytes === undefined) return;
    const { contentType } = media.attachment;
    let { bytes } = media.attachment;
    if (fault?.kind === 'compressed') {
      bytes = fault.encoding === 'gzip' ? gzipSync(bytes) : brotliCompressSync(bytes);
      res.setHeader('Content-Encoding', fault.encoding);
    }
    res.writeHead(200, {
      'Content-Type': fault?.kind === 'wrong-type' ? fault.contentType : contentType,
      'Content-Length': bytes.length,
    });
    sendBody(res, bytes, fault);
  });

  return router;
}

function sendError(
  res: Response,
  status: number,
  code: string,
  message: string,
  argumentName?: string,
): void {
  const argument = argumentName ? `<ArgumentName>${argumentName}</ArgumentName>` : '';
  res
    .status(status)
    .type('application/xml')
    .send(
      '<?xml version="1.0" encoding="UTF-8"?>\n' +
        `<Error><Code>${code}</Code><Message>${message}</Message>${argument}</Error>`,
    );
}

const SLOW_WRITES_PER_SECOND = 10;

/** Sends `bytes` as the body of a response whose headers are set, and applies a `fault` of the body. */
function sendBody(res: ServerResponse, bytes: Uint8Array, fault: MediaFault | null): void {
  switch (fault?.kind) {
    case 'cut':
      res.flushHeaders();
      res.write(bytes.subarray(0, fault.afterBytes), () => res.destroy());
      return;
    case 'hang':
      res.flushHeaders();
      res.write(bytes.subarray(0, fault.afterBytes));
      return;
    case 'slow':
      sendSlowly(res, bytes, fault.bytesPerSecond);
      return;
    default:
      res.end(bytes);
  }
}

function sendSlowly(res: ServerResponse, bytes: Uint8Array, bytesPerSecond: number): void {
  // For rates below one byte per write, single bytes are sent at longer intervals.
  const step = Math.max(1, Math.floor(bytesPerSecond / SLOW_WRITES_PER_SECOND));
  let sent = 0;
  const timer = setInterval(
    () => {
      const chunk = bytes.subarray(sent, sent + step);
      sent += chunk.length;
      if (sent < bytes.length) {
        res.write(chunk);
      } else {
        clearInterval(timer);
        res.end(chunk);
      }
    },
    (step / bytesPerSecond) * 1000,
  );
  res.flushHeaders();
  res.once('close', () => clearInterval(timer));
}
