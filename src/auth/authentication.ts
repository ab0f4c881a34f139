import type { Request, RequestHandler, Response } from 'express';
import { AppError } from '../errors/app-error.ts';
import type { Role } from '../generated/prisma/client.ts';
import type { NoteRefusal } from '../http/refusal-limit.ts';
import type { ApiKeys, Caller } from './api-keys.ts';
import { requireOwnOrigin } from './same-origin.ts';
import type { SessionCookie } from './session-cookie.ts';
import type { Sessions } from './sessions.ts';
import type { ReadProxyUser } from './sign-in-proxy.ts';

declare global {
  namespace Express {
    interface Locals {
      /** Set by `requireRole` and by the ticket of an event stream. */
      caller?: Caller;
      /** Set beside `caller`. */
      signIn?: SignIn;
    }
  }
}

/** What let a caller in. */
export interface SignIn {
  by: 'key' | 'session' | 'proxy' | 'ticket';
  caller: Caller;
  /** The session, or that which has created the ticket; otherwise null. */
  sessionId: string | null;
  /** Whether the caller would still be let in, for answers that take long. */
  isStillValid: () => Promise<boolean>;
}

/**
 * Finds out who sends a request: by the key in `Authorization: Bearer`, the cookie of a session, or the user that
 * the sign-in proxy names; the first of them that is there counts, except that a user of the proxy may have a
 * cookie that is no longer valid.
 *
 * @throws AppError `unauthorized`, `session_ended`, or `cross_origin` for a request without a key by a page of
 *   another origin
 */
export type Authenticate = (request: Request, response: Response) => Promise<SignIn>;

export function createAuthenticate(deps: {
  apiKeys: ApiKeys;
  sessions: Sessions;
  cookie: SessionCookie;
  readProxyUser: ReadProxyUser;
  noteRefusal: NoteRefusal;
  publicUrl: string | undefined;
}): Authenticate {
  const { apiKeys, sessions, cookie, readProxyUser, noteRefusal, publicUrl } = deps;

  async function byKey(request: Request, response: Response, secret: string): Promise<SignIn> {
    const caller = await apiKeys.authenticate(secret);
    if (caller === null) {
      await noteRefusal(request, response);
      throw unauthorized();
    }
    const isStillValid = async () => (await apiKeys.find(caller.keyId)) !== null;
    return { by: 'key', caller, sessionId: null, isStillValid };
  }

  async function bySession(secret: string | undefined): Promise<SignIn | null> {
    const found = secret === undefined ? null : await sessions.authenticate(secret);
    if (found === null) return null;
    const { caller, sessionId } = found;
    return { by: 'session', caller, sessionId, isStillValid: () => sessions.isValid(sessionId) };
  }

  function byProxy(request: Request): SignIn | null {
    const caller = readProxyUser(request);
    if (caller === null) return null;
    const until = Date.now() + PROXY_STREAM_MS;
    const isStillValid = async () => Date.now() < until;
    return { by: 'proxy', caller, sessionId: null, isStillValid };
  }

  return async (request, response) => {
    // Another scheme is of a proxy before this server, which asks for a password of its own.
    const authorization = request.get('authorization') ?? '';
    if (/^Bearer\b/i.test(authorization)) {
      const secret = bearerSecret(authorization);
      if (secret === undefined) throw unauthorized();
      return byKey(request, response, secret);
    }
    const secret = cookie.read(request);
    // First: pages of other origins must not extend a session either.
    if (secret !== undefined) requireOwnOrigin(request, publicUrl);
    const session = await bySession(secret);
    if (session !== null) return session;
    const user = byProxy(request);
    if (user === null) throw secret === undefined ? unauthorized() : sessionEnded();
    requireOwnOrigin(request, publicUrl);
    return user;
  };
}

// The proxy is asked again when the client connects again, and may by then know another role, or nobody.
const PROXY_STREAM_MS = 3_600_000;

/** The secret in the header `Authorization: Bearer`. */
export function bearerSecret(authorization: string): string | undefined {
  return /^Bearer +([\x21-\x7e]+) *$/i.exec(authorization)?.[1];
}

const CHALLENGE = { 'WWW-Authenticate': 'Bearer realm="mms-inbox"' };

export function unauthorized(
  detail = 'Send `Authorization: Bearer <key>` with a valid key.',
): AppError {
  return new AppError('unauthorized', detail, { headers: CHALLENGE });
}

export function sessionEnded(): AppError {
  return new AppError('session_ended', 'Sign in again: the session has ended.', {
    headers: CHALLENGE,
  });
}

const RANK: Record<Role, number> = { viewer: 1, moderator: 2, admin: 3 };

/** Creates a handler that accepts a role and those above it; `callerOf` returns the caller afterwards. */
export type RequireRole = (role: Role) => RequestHandler;

/** 401 for who is not signed in, 403 when the role of the caller is not sufficient. */
export function createRequireRole(authenticate: Authenticate): RequireRole {
  return (role) => async (request, response, next) => {
    const signIn = await authenticate(request, response);
    const { caller, by } = signIn;
    letIn(request, response, signIn);
    if (!hasRole(caller, role)) {
      const holder = by === 'proxy' ? 'user' : 'key';
      throw new AppError(
        'forbidden',
        `This requires the role ${role}; the ${holder} has ${caller.role}.`,
      );
    }
    next();
  };
}

/** Notes the caller for the log, and for `callerOf` and `signInOf`. */
export function letIn(request: Request, response: Response, signIn: SignIn): void {
  request.log.setBindings({ caller: signIn.caller.name });
  response.locals.caller = signIn.caller;
  response.locals.signIn = signIn;
}

/** Whether a caller has a role or one above it. */
export function hasRole(caller: Pick<Caller, 'role'>, role: Role): boolean {
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

/**
 * What let in a request that `RequireRole` accepted.
 *
 * @throws Error on a route without `RequireRole`
 */
export function signInOf(response: Response): SignIn {
  const { signIn } = response.locals;
  if (signIn === undefined) throw new Error('This route has no requireRole');
  return signIn;
}
