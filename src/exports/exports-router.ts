import type { Response, Router } from 'express';
import { callerOf } from '../auth/authentication.ts';
import { AppError } from '../errors/app-error.ts';
import type { Idempotency } from '../http/idempotency.ts';
import { sendPage } from '../http/paging.ts';
import { createResourceRouter, type Guard, route } from '../http/resource-router.ts';
import { STALL_MS, sendRange } from '../http/send-range.ts';
import type { OpenArchive } from './export-archive.ts';
import type { ExportItem } from './export-schemas.ts';
import type { Exports } from './exports.ts';
import { exportOperations as operations } from './exports-operations.ts';

/** Downloads of one caller at the same time: each holds a manifest in memory and reads the disk. */
const MAX_DOWNLOADS = 4;
/** Of all callers together. */
const MAX_ALL_DOWNLOADS = 16;

/** `/api/v1/exports`: a selection of attachments as a zip. */
export function createExportsRouter(
  guard: Guard,
  deps: {
    exports: Exports;
    openArchive: OpenArchive;
    idempotency: Idempotency;
    /** How long a client may read nothing, in milliseconds. */
    stallMs?: number;
  },
): Router {
  const { exports, openArchive, idempotency, stallMs = STALL_MS } = deps;
  const limitDownloads = createDownloadLimit();

  return createResourceRouter(guard, [
    route(operations.listExports, async ({ query, request, response }) => {
      sendPage(request, response, await exports.list(query, callerOf(response)));
    }),
    route(operations.createExport, async ({ body, request, response }) => {
      const caller = callerOf(response);
      const operation = operations.createExport.id;
      const call = { operation, caller: caller.name, request, response };
      await idempotency.answerOnce(call, body, async (keep) => {
        const item = await exports.begin(body, caller, (tx, begun) => keep(tx, accepted(begun)));
        const { id: exportId, total } = item;
        request.log.info({ exportId, total }, 'export requested');
        return accepted(item);
      });
    }),
    route(operations.showExport, async ({ params: { id }, response }) => {
      response.json(await exports.find(id, callerOf(response)));
    }),
    route(operations.deleteExport, async ({ params: { id }, request, response }) => {
      await exports.remove(id, callerOf(response));
      request.log.info({ exportId: id }, 'export deleted');
      response.status(204).end();
    }),
    route(operations.downloadExport, async ({ params: { id }, request, response }) => {
      const caller = callerOf(response);
      await limitDownloads(caller.name, async () => {
        const archive = await openArchive(await exports.findReady(id, caller));
        setHeaders(response, id);
        await sendRange(request, response, archive, stallMs, async (range) => {
          request.log.info({ exportId: id }, 'export is being sent');
          await archive.writeTo(response, range);
        });
      });
    }),
  ]);
}

function accepted(item: ExportItem) {
  return { status: 202, location: `/api/v1/exports/${item.id}`, body: item };
}

function setHeaders(response: Response, id: string): void {
  response
    .attachment(`export-${id.slice(0, 8)}.zip`)
    .type('application/zip')
    .set({
      'Cache-Control': 'private, no-cache',
      'X-Content-Type-Options': 'nosniff',
      'Cross-Origin-Resource-Policy': 'same-origin',
    });
}

/** Refuses, as `unavailable`, too many calls of one caller, or of all, at the same time. */
export function createDownloadLimit() {
  let all = 0;
  const running = new Map<string, number>();
  return async (caller: string, call: () => Promise<void>): Promise<void> => {
    const others = running.get(caller) ?? 0;
    if (others >= MAX_DOWNLOADS) {
      throw new AppError('unavailable', `There are ${MAX_DOWNLOADS} downloads of yours already.`);
    }
    if (all >= MAX_ALL_DOWNLOADS)
      throw new AppError('unavailable', 'There are too many downloads.');
    running.set(caller, others + 1);
    all += 1;
    try {
      await call();
    } finally {
      all -= 1;
      const left = (running.get(caller) ?? 1) - 1;
      if (left > 0) running.set(caller, left);
      else running.delete(caller);
    }
  };
}
