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

/** Creates a handler that accepts a role and those above it; `callerOf` returns the caller afterwards. */
export type RequireRole = (role: Role) => RequestHandler;

/**
 * Requires `Authorization: Bearer <key>` on every route it guards: 401 without a valid key, 403 when the
 * role of the key is not sufficient.
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
      throw new AppError(
        'forbidden',
        `This requires the role ${role}; the key has ${caller.role}.`,
      );
    }
    next();
  };
}

/** Whether a caller has a role or one above it. */
export function hasRole(caller: Caller, role: Role): boolean {
  return RANK[caller.role] >= RANK[role];
}

/**
 * The caller of a request that `RequireRole` accepted.
 *
 * @throws Error on a route without `RequireRole`
 */
export function callerOf(response: Response): Caller {
  const { caller } = response.locals;
  if (caller === undefined) throw new Error('This route has no requireRole');
  return caller;
}

/** The secret in the `Authorization: Bearer` header of a request. */
function bearerSecret(request: Request): string | undefined {
  return /^Bearer +([\x21-\x7e]+) *$/i.exec(request.get('authorization') ?? '')?.[1];
}

/** Whether a request has a valid key, of any role. Never rejects: a failed query counts as no key. */
export function createHasKey({
  authenticate,
}: Pick<ApiKeys, 'authenticate'>): (request: Request) => Promise<boolean> {
  return async (request) => {
    const secret = bearerSecret(request);
    if (secret === undefined) return false;
    return (await authenticate(secret).catch(() => null)) !== null;
  };
}
