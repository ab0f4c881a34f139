import { z } from 'zod';
import { Role } from '../generated/prisma/client.ts';
import { createdCursor } from '../http/created-page.ts';
import { time } from '../http/fields.ts';
import { defineOperation } from '../http/operation.ts';
import { pageAnswer, pageLimit } from '../http/paging.ts';

const id = z.string().regex(/^[0-9a-f]{16}$/, 'the id of a session');

const sessionSchema = z
  .strictObject({
    id,
    name: z.string().describe('Of the key that it was begun with.'),
    role: z.enum(Role),
    browser: z
      .string()
      .nullable()
      .describe('Browser and system, such as `Firefox on Windows`; null when they are not known.'),
    createdAt: time,
    lastUsedAt: time.describe('To the minute.'),
    idleEndsAt: time.describe('When it ends if there is no request until then.'),
    expiresAt: time.describe('When it ends at the latest.'),
  })
  .meta({ id: 'Session', description: 'A session, without the secret that its cookie holds.' });

const EITHER = 'either `key` or `ticket`';

/** The body of a sign-in. */
const credentials = z
  .strictObject({
    key: z.string().min(1).optional().describe('The secret of an API key, or `ADMIN_API_KEY`.'),
    ticket: z.string().min(1).optional().describe('Of a sign-in link. It can be used once.'),
  })
  .refine(({ key, ticket }) => (key === undefined) !== (ticket === undefined), EITHER);

const listQuery = z.strictObject({
  limit: pageLimit(200, 50),
  cursor: createdCursor(id).optional().describe('`nextCursor` of the page before.'),
});

export type SessionItem = z.output<typeof sessionSchema>;
export type SessionListQuery = z.output<typeof listQuery>;
export type Credentials = z.output<typeof credentials>;

const tag = 'administration';
const path = '/api/v1/session';

/** Signing in and out in a browser. */
export const sessionOperations = {
  createSession: defineOperation({
    id: 'createSession',
    method: 'post',
    path,
    tag,
    summary: 'Sign in with a key, in a browser',
    description:
      'The cookie that is set counts as the key until the session ends. It is for pages of this server: with it, ' +
      'everything but GET and HEAD needs `Sec-Fetch-Site: same-origin` or the `Origin` of this server, which ' +
      'browsers send. A session that the request has already ends.',
    access: 'anyone',
    query: z.strictObject({}),
    body: credentials,
    bodyExample: { key: 'mmsi_…' },
    answers: {
      201: {
        description: 'Signed in.',
        body: sessionSchema,
        headers: { 'Set-Cookie': 'The secret of the session: `HttpOnly`, `SameSite=Strict`.' },
      },
    },
    problems: ['unauthorized', 'cross_origin', 'ticket_invalid', 'unavailable'],
  }),
  showSession: defineOperation({
    id: 'showSession',
    method: 'get',
    path,
    tag,
    summary: 'Show the session of the cookie',
    access: 'session',
    answers: { 200: { description: 'The session.', body: sessionSchema } },
  }),
  endSession: defineOperation({
    id: 'endSession',
    method: 'delete',
    path,
    tag,
    summary: 'Sign out',
    description: 'Also removes the cookie of a session that has ended already.',
    access: 'session',
    answers: {
      204: {
        description: 'There is no session any more.',
        headers: { 'Set-Cookie': 'Removes the cookie.' },
      },
    },
  }),
  createSignInLink: defineOperation({
    id: 'createSignInLink',
    method: 'post',
    path: `${path}/links`,
    tag,
    summary: 'Create a link that signs in once',
    description:
      'Within ten minutes, with the rights of the key that creates it. A session cannot create one: it would live ' +
      'on in another one.',
    access: 'admin',
    answers: {
      201: {
        description: 'The link, and the ticket in it.',
        body: z
          .strictObject({
            url: z.url().describe('With the ticket after `#`, which browsers send to no server.'),
            ticket: z.string(),
            expiresAt: time,
          })
          .meta({ id: 'SignInLink' }),
      },
    },
  }),
  listSessions: defineOperation({
    id: 'listSessions',
    method: 'get',
    path: '/api/v1/sessions',
    tag,
    summary: 'List sessions',
    description:
      'Oldest first, without those that have ended. Those of an `ADMIN_API_KEY` that was replaced let nobody in, ' +
      'and are listed until they expire.',
    access: 'admin',
    query: listQuery,
    answers: { 200: pageAnswer(sessionSchema) },
  }),
  revokeSession: defineOperation({
    id: 'revokeSession',
    method: 'delete',
    path: '/api/v1/sessions/{id}',
    tag,
    summary: 'End a session of somebody',
    description: 'At once.',
    access: 'admin',
    params: z.object({ id }),
    answers: { 204: { description: 'Ended.' } },
    problems: ['not_found'],
  }),
};
