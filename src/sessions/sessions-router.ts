import type { Router } from 'express';
import { recordAudit } from '../audit/record-audit.ts';
import type { ApiKeys } from '../auth/api-keys.ts';
import {
  type Authenticate,
  callerOf,
  type SignIn,
  sessionEnded,
  signInOf,
  unauthorized,
} from '../auth/authentication.ts';
import { refuseOtherOrigin, requireOwnOrigin } from '../auth/same-origin.ts';
import type { SessionCookie } from '../auth/session-cookie.ts';
import type { Tickets } from '../auth/tickets.ts';
import type { Database } from '../database/database.ts';
import { AppError } from '../errors/app-error.ts';
import { baseUrlOf } from '../http/api-headers.ts';
import { sendPage } from '../http/paging.ts';
import type { NoteRefusal } from '../http/refusal-limit.ts';
import { createResourceRouter, type Guard, route } from '../http/resource-router.ts';
import { browserWords } from './browser-words.ts';
import { createSessionManagement } from './manage-sessions.ts';
import { type Credentials, sessionOperations as operations } from './sessions-operations.ts';

/** `/api/v1/session`: signing in and out in a browser; `/api/v1/sessions`: those of everybody. */
export function createSessionsRouter(
  guard: Guard,
  deps: {
    database: Database;
    apiKeys: ApiKeys;
    authenticate: Authenticate;
    cookie: SessionCookie;
    /** Of the kind `SIGN_IN_TICKETS`. */
    tickets: Tickets;
    noteRefusal: NoteRefusal;
    publicUrl: string | undefined;
  },
): Router {
  const { database, apiKeys, authenticate, cookie, tickets, noteRefusal, publicUrl } = deps;
  const sessions = createSessionManagement(database);

  /** @returns null for a wrong key */
  async function redeem({ key, ticket }: Credentials): Promise<Pick<SignIn, 'caller'> | null> {
    if (ticket !== undefined) return tickets.redeem(ticket);
    const caller = await apiKeys.authenticate(key ?? '');
    return caller === null ? null : { caller };
  }

  return createResourceRouter(guard, [
    route(operations.createSession, async ({ body, request, response }) => {
      refuseOtherOrigin(request, publicUrl);
      const redeemed = await redeem(body);
      if (redeemed === null) {
        await noteRefusal(request, response);
        throw unauthorized('This is not a valid key.');
      }
      const { caller } = redeemed;
      request.log.setBindings({ caller: caller.name });
      const by = body.ticket === undefined ? 'key' : 'ticket';
      const { secret, session } = await sessions.begin(
        caller,
        by,
        cookie.read(request),
        browserWords(request.get('user-agent')),
      );
      cookie.set(request, response, secret, session.expiresAt);
      response.status(201).json(session);
    }),
    route(operations.showSession, async ({ request, response }) => {
      const { by, sessionId } = await authenticate(request, response);
      if (by !== 'session' || sessionId === null) {
        throw unauthorized('There is no session: this request is signed in by other means.');
      }
      const session = await sessions.find(sessionId);
      if (session === null) throw sessionEnded();
      response.json(session);
    }),
    route(operations.endSession, async ({ request, response }) => {
      const secret = cookie.read(request);
      if (secret !== undefined) {
        requireOwnOrigin(request, publicUrl);
        await sessions.end(secret);
      }
      cookie.clear(request, response);
      response.status(204).end();
    }),
    route(operations.createSignInLink, async ({ response }) => {
      const signIn = signInOf(response);
      if (signIn.by !== 'key') {
        throw new AppError('forbidden', 'Use a key: a session would live on in another one.');
      }
      const { name } = signIn.caller;
      await database.prisma.$transaction((tx) =>
        recordAudit(tx, [{ actor: name, action: 'session.link', target: name }]),
      );
      const { ticket, expiresAt } = await tickets.create(signIn);
      // The page at `/` reads it. Behind `#` it is in no log.
      const url = `${baseUrlOf(response)}/#ticket=${ticket}`;
      response.status(201).json({ url, ticket, expiresAt });
    }),
    route(operations.listSessions, async ({ query, request, response }) => {
      sendPage(request, response, await sessions.list(query));
    }),
    route(operations.revokeSession, async ({ params: { id }, response }) => {
      await sessions.revoke(id, callerOf(response).name);
      response.status(204).end();
    }),
  ]);
}
