import type { Request, RequestHandler, Response } from 'express';
import { AppError } from '../errors/app-error.ts';
import type { Role } from '../generated/prisma/client.ts';
import type { ApiKeys, Caller } from './api-keys.ts';

declare global {
  namespace Express {
    interface Locals {
      /** Set by `requireRole` and by the ticket of an event stream. */
      caller?: Caller;
    }
  }
}

const RANK: Record<Role, number> = { viewer: 1, moderator: 2, admin: 3 };

/** Makes a handler that lets a role and those above it pass; `callerOf` tells who it was. */
export type RequireRole = (role: Role) => RequestHandler;

/**
 * `Authorization: Bearer <key>` on every route it guards: 401 without a valid key, 403 with one
 * whose role is too small.
 */
export function createRequireRole(apiKeys: ApiKeys): RequireRole {
  return (role) => async (request, response, next) => {
    const secret = bearerSecret(request);
    const caller = secret === undefined ? null : await apiKeys.authenticate(secret);
    if (caller === null) {
      throw new AppError('unauthorized', 'Send `Authorization: Bearer <key>` with a valid key.', {
        headers: { 'WWW-Authenticate': 'Bearer realm="mms-inbox"' },
      });
    }
    request.log.setBindings({ caller: caller.name });
    response.locals.caller = caller;
    if (!hasRole(caller, role)) {
      throw new AppError('forbidden', `This needs the role ${role}; the key has ${caller.role}.`);
    }
    next();
  };
}

/** Whether a caller may do what needs a role. */
export function hasRole(caller: Caller, role: Role): boolean {
  return RANK[caller.role] >= RANK[role];
}

/**
 * Who sent a request.
 *
 * @throws Error on a route that authenticates nobody: a fault of the route
 */
export function callerOf(response: Response): Caller {
  const { caller } = response.locals;
  if (caller === undefined) throw new Error('This route has no requireRole');
  return caller;
}

/** What `Authorization: Bearer` of a request holds. */
function bearerSecret(request: Request): string | undefined {
  return /^Bearer +([\x21-\x7e]+) *$/i.exec(request.get('authorization') ?? '')?.[1];
}

/** Whether a request has a valid key, of any role. Never rejects: without an answer it has none. */
export function createHasKey({
  authenticate,
}: Pick<ApiKeys, 'authenticate'>): (request: Request) => Promise<boolean> {
  return async (request) => {
    const secret = bearerSecret(request);
    if (secret === undefined) return false;
    return (await authenticate(secret).catch(() => null)) !== null;
  };
}
