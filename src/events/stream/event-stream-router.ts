import type { RequestHandler } from 'express';
import { z } from 'zod';
import { callerOf, hasRole, letIn, type RequireRole, signInOf } from '../../auth/authentication.ts';
import type { Tickets } from '../../auth/tickets.ts';
import type { Database } from '../../database/database.ts';
import { AppError } from '../../errors/app-error.ts';
import { baseUrlOf } from '../../http/api-headers.ts';
import { type Call, type Route, route } from '../../http/resource-router.ts';
import { ClientDisconnected } from '../../http/send-file.ts';
import { validate } from '../../http/validate.ts';
import { createViewerView, type EventView, MODERATOR_VIEW } from './event-view.ts';
import { createPacedWrite, findStreamStart, followEvents } from './follow-events.ts';
import { streamOperations as operations } from './stream-operations.ts';

// Each queries the database once a second.
const MAX_STREAMS = 32;
// Viewers' pages that stay open must leave room for moderators.
const MAX_OF_VIEWERS = 24;
// A reader that stalls longer is disconnected, because it would hold memory for ever; it can resume.
const STALL_MS = 30_000;

interface EventStreams {
  routes: Route[];
  /** Accepts who is signed in or, for GET, a ticket: the guard of the stream. */
  ticketGuard: RequestHandler;
  /** Ends every stream, so that a shutdown does not wait for them; readers reconnect and resume. */
  end(): void;
}

/** Streams of events, all for moderators, filtered for viewers; and tickets for clients that cannot send a key. */
export function createEventStreams(deps: {
  database: Database;
  /** Of the kind `EVENT_TICKETS`. */
  tickets: Tickets;
  requireRole: RequireRole;
}): EventStreams {
  const { database, tickets, requireRole } = deps;
  const viewerView = createViewerView(database);
  const viewer = requireRole('viewer');
  const ending = new AbortController();
  const open = { all: 0, viewers: 0 };

  const ticketGuard: RequestHandler = async (request, response, next) => {
    const { ticket } = request.query;
    if (ticket === undefined || request.method !== 'GET') return viewer(request, response, next);
    letIn(request, response, await tickets.redeem(String(ticket)));
    return next();
  };

  async function stream({ query, request, response }: StreamCall): Promise<void> {
    const caller = callerOf(response);
    const view = hasRole(caller, 'moderator') ? MODERATOR_VIEW : viewerView;
    const types = query.types === undefined ? null : typesOf(view, query.types);
    const lastId = request.get('last-event-id') ?? query.lastEventId;
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
    const signal = AbortSignal.any([gone.signal, ending.signal]);
    const reader = {
      view,
      types,
      write,
      mayStay: signInOf(response).isStillValid,
    };
    try {
      await followEvents(database, start, reader, signal);
      response.end();
    } catch (error) {
      if (!(error instanceof ClientDisconnected)) throw error;
      response.destroy();
    }
  }

  return {
    ticketGuard,
    routes: [
      route(operations.followEvents, async (call) => {
        const isViewer = !hasRole(callerOf(call.response), 'moderator');
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
          await stream(call);
        } finally {
          open.all -= 1;
          open.viewers -= viewers;
        }
      }),
      route(operations.createTicket, async ({ response }) => {
        const { ticket, expiresAt } = await tickets.create(signInOf(response));
        const url = `${baseUrlOf(response)}${operations.followEvents.path}?ticket=${ticket}`;
        response.status(201).json({ url, expiresAt });
      }),
    ],
    end: () => ending.abort(),
  };
}

type StreamCall = Call<typeof operations.followEvents>;

/** @throws AppError `invalid_request` for a type that the view does not have */
function typesOf(view: EventView, types: readonly string[]): string[] {
  const known = z.enum(view.types, { error: `one of ${view.types.join(', ')}` });
  return validate(z.object({ types: z.array(known) }), { types }).types;
}
