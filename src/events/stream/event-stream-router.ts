import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { AppError } from '../../errors.ts';
import type { ApiKeys } from '../../http/api-keys.ts';
import { bearerSecret, type RequireRole } from '../../http/authentication.ts';
import { methodNotAllowed } from '../../http/problem.ts';
import { ReaderGone } from '../../http/send-file.ts';
import { validate } from '../../http/validate.ts';
import type { Database } from '../../storage/database.ts';
import { eventType } from '../event-types.ts';
import { followEvents } from './follow-events.ts';
import { createPacedWrite } from './paced-write.ts';
import { findStreamStart } from './stream-start.ts';

// Each asks the database once a second.
const MOST_STREAMS = 32;
// A reader that takes nothing for so long would hold memory for ever; it resumes where it was.
const STALL_MS = 30_000;

const query = z.strictObject({
  lastEventId: z.string().optional(),
  types: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(eventType))
    .optional(),
});

export interface EventStreams {
  router: Router;
  /** Ends every stream, so that a stop does not wait for them; readers resume. */
  end(): void;
}

/** `GET /api/v1/events`: events as Server-Sent Events, for moderators. */
export function createEventStreams(deps: {
  database: Database;
  apiKeys: ApiKeys;
  requireRole: RequireRole;
}): EventStreams {
  const { database, apiKeys, requireRole } = deps;
  const ending = new AbortController();
  let open = 0;

  async function stream(request: Request, response: Response): Promise<void> {
    const { types = null, lastEventId } = validate(query, request.query);
    const lastId = request.get('last-event-id') ?? lastEventId;
    const start = await findStreamStart(database, lastId);
    response.set({
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store',
      // nginx would wait for a buffer full of events.
      'X-Accel-Buffering': 'no',
    });
    if (request.method === 'HEAD') return void response.end();
    response.flushHeaders();
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    // It may have gone while its place was looked up.
    if (response.destroyed) return;
    const write = createPacedWrite(response, STALL_MS);
    const mayStay = async () => (await apiKeys.authenticate(bearerSecret(request) ?? '')) !== null;
    const signal = AbortSignal.any([gone.signal, ending.signal]);
    try {
      await followEvents(database, start, { types, write, mayStay }, signal);
      response.end();
    } catch (error) {
      if (!(error instanceof ReaderGone)) throw error;
      response.destroy();
    }
  }

  const router = Router();
  router
    .route('/api/v1/events')
    .get(requireRole('moderator'), async (request, response) => {
      if (open >= MOST_STREAMS) {
        const headers = { 'Retry-After': '10' };
        throw new AppError('unavailable', 'As many follow already as may.', { headers });
      }
      open += 1;
      try {
        await stream(request, response);
      } finally {
        open -= 1;
      }
    })
    .all(methodNotAllowed('GET'));
  return { router, end: () => ending.abort() };
}
