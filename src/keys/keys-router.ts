import type { Router } from 'express';
import { z } from 'zod';
import { callerOf, type RequireRole } from '../auth/authentication.ts';
import { Role } from '../generated/prisma/client.ts';
import { createResourceRouter } from '../http/resource-router.ts';
import { jsonBody, noQuery, validate } from '../http/validate.ts';
import type { KeyManagement } from './manage-keys.ts';

const name = z
  .string()
  .regex(/^[\w.-]{1,64}$/, '1 to 64 letters, digits, dots, hyphens or underscores');

// Actor names in the audit log: ADMIN_API_KEY, and the account SID for requests with an account's token.
const TAKEN = /^(ADMIN_API_KEY|AC[0-9a-f]{32})$/i;
const ownName = name.refine(
  (text) => !TAKEN.test(text),
  'a name that the audit log does not use for another actor',
);

/** The body of a request for a new key. */
export const newKey = z.strictObject({ name: ownName, role: z.enum(Role) });

/** `/api/v1/keys`, for admins: the same as `npm run cli -- keys`, while the server runs. */
export function createKeysRouter(keys: KeyManagement, requireRole: RequireRole): Router {
  const admin = requireRole('admin');
  return createResourceRouter({
    '/api/v1/keys': {
      get: [
        admin,
        noQuery,
        async (_request, response) => {
          response.json({ items: await keys.list() });
        },
      ],
      post: [
        admin,
        noQuery,
        jsonBody,
        async (request, response) => {
          const { name, role } = validate(newKey, request.body ?? {});
          const { id, secret } = await keys.create(name, role, callerOf(response).name);
          response.status(201).set('Cache-Control', 'no-store').json({ id, name, role, secret });
        },
      ],
    },
    '/api/v1/keys/:name': {
      delete: [
        admin,
        noQuery,
        async (request, response) => {
          const { name: revoked } = validate(z.object({ name }), request.params);
          await keys.revoke(revoked, callerOf(response).name);
          response.status(204).end();
        },
      ],
    },
  });
}
