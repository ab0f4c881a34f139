import type { Request, RequestHandler, Response, Router } from 'express';
import { z } from 'zod';
import type { ApiKeys } from '../../auth/api-keys.ts';
import { callerOf, hasRole, type RequireRole } from '../../auth/authentication.ts';
import type { Database } from '../../database/database.ts';
import { AppError } from '../../errors/app-error.ts';
import { createResourceRouter } from '../../http/resource-router.ts';
import { ClientDisconnected } from '../../http/send-file.ts';
import { noQuery, validate } from '../../http/validate.ts';
import { createEventTickets } from './event-tickets.ts';
import { createViewerView, MODERATOR_VIEW } from './event-view.ts';
import { createPacedWrite, findStreamStart, followEvents } from './follow-events.ts';

// Each queries the database once a second.
const MAX_STREAMS = 32;
// Viewers' pages that stay open must leave room for moderators.
const MAX_OF_VIEWERS = 24;
// A reader that stalls longer is disconnected, because it would hold memory for ever; it can resume.
const STALL_MS = 30_000;

/** @param types that the reader may request */
function streamQuery(types: readonly string[]) {
  return z.strictObject({
    ticket: z.string().optional(),
    lastEventId: z.string().optional(),
    types: z
      .string()
      .transform((text) => text.split(','))
      .pipe(z.array(z.enum(types, { error: `one of ${types.join(', ')}` })))
      .optional(),
  });
}

interface EventStreams {
  router: Router;
  /** Ends every stream, so that a shutdown does not wait for them; readers reconnect and resume. */
  end(): void;
}

/**
 * `GET /api/v1/events`: Server-Sent Events, all for moderators, filtered for viewers; and
 * `POST /api/v1/events/tickets` for clients that cannot send a key.
 *
 * @param deps.baseUrl prefix of the URLs with tickets
 */
export function createEventStreams(deps: {
  database: Database;
  apiKeys: ApiKeys;
  requireRole: RequireRole;
  baseUrl: (request: Request) => string;
}): EventStreams {
  const { database, apiKeys, requireRole, baseUrl } = deps;
  const tickets = createEventTickets(database, apiKeys);
  const viewerView = createViewerView(database);
  const viewer = requireRole('viewer');
  const ending = new AbortController();
  const open = { all: 0, viewers: 0 };

  /** Accepts a key or, for GET, a ticket. */
  const keyOrTicket: RequestHandler = async (request, response, next) => {
    const { ticket } = request.query;
    if (ticket === undefined || request.method !== 'GET') return viewer(request, response, next);
    const caller = await tickets.redeem(String(ticket));
    request.log.setBindings({ caller: caller.name });
    response.locals.caller = caller;
    return next();
  };

  async function stream(request: Request, response: Response): Promise<void> {
    const caller = callerOf(response);
    const view = hasRole(caller, 'moderator') ? MODERATOR_VIEW : viewerView;
    const { types = null, lastEventId } = validate(streamQuery(view.types), request.query);
    const lastId = request.get('last-event-id') ?? lastEventId;
    const start = await findStreamStart(database, lastId);
    response.set({
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store',
      // nginx would buffer events otherwise.
      'X-Accel-Buffering': 'no',
    });
    if (request.method === 'HEAD') return void response.end();
    response.flushHeaders();
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    // The client may have disconnected during the query above.
    if (response.destroyed) return;
    const write = createPacedWrite(response, STALL_MS);
    const mayStay = async () => (await apiKeys.find(caller.keyId)) !== null;
    const signal = AbortSignal.any([gone.signal, ending.signal]);
    const reader = {
      view,
      types,
      write,
      mayStay,
    };
    try {
      await followEvents(database, start, reader, signal);
      response.end();
    } catch (error) {
      if (!(error instanceof ClientDisconnected)) throw error;
      response.destroy();
    }
  }

  const router = createResourceRouter({
    '/api/v1/events': {
      get: [
        keyOrTicket,
        async (request, response) => {
          const isViewer = !hasRole(callerOf(response), 'moderator');
          if (open.all >= MAX_STREAMS || (isViewer && open.viewers >= MAX_OF_VIEWERS)) {
            const headers = { 'Retry-After': '10' };
            throw new AppError('unavailable', 'The maximum number of event streams is open.', {
              headers,
            });
          }
          const viewers = isViewer ? 1 : 0;
          open.all += 1;
          open.viewers += viewers;
          try {
            await stream(request, response);
          } finally {
            open.all -= 1;
            open.viewers -= viewers;
          }
        },
      ],
    },
    '/api/v1/events/tickets': {
      post: [
        viewer,
        noQuery,
        async (request, response) => {
          const { ticket, expiresAt } = await tickets.create(callerOf(response));
          const url = `${baseUrl(request)}/api/v1/events?ticket=${ticket}`;
          response.status(201).json({ url, expiresAt });
        },
      ],
    },
  });
  return { router, end: () => ending.abort() };
}
