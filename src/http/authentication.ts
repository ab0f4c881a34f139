import type { Request, RequestHandler } from 'express';
import { AppError } from '../errors.ts';
import type { Role } from '../generated/prisma/client.ts';
import type { ApiKeys } from './api-keys.ts';

const RANK: Record<Role, number> = { viewer: 1, moderator: 2, admin: 3 };

/** Makes a handler that lets a role and those above it pass. */
export type RequireRole = (role: Role) => RequestHandler;

/**
 * `Authorization: Bearer <key>` on every route it guards: 401 without a valid key, 403 with one
 * whose role is too small.
 */
export function createRequireRole(apiKeys: ApiKeys): RequireRole {
  return (role) => async (request, _response, next) => {
    const secret = bearerSecret(request);
    const caller = secret === undefined ? null : await apiKeys.authenticate(secret);
    if (caller === null) {
      throw new AppError('unauthorized', 'Send `Authorization: Bearer <key>` with a valid key.', {
        headers: { 'WWW-Authenticate': 'Bearer realm="mms-inbox"' },
      });
    }
    request.log.setBindings({ caller: caller.name });
    if (RANK[caller.role] < RANK[role]) {
      throw new AppError('forbidden', `This needs the role ${role}; the key has ${caller.role}.`);
    }
    next();
  };
}

/** What `Authorization: Bearer` of a request holds. */
export function bearerSecret(request: Request): string | undefined {
  return /^Bearer +([\x21-\x7e]+) *$/i.exec(request.get('authorization') ?? '')?.[1];
}
