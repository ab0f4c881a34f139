import { type ApiKeys, createApiKeys } from '../auth/api-keys.ts';
import { type Authenticate, createAuthenticate } from '../auth/authentication.ts';
import { createSessionCookie, type SessionCookie } from '../auth/session-cookie.ts';
import { createSessions, type Sessions } from '../auth/sessions.ts';
import { createReadProxyUser } from '../auth/sign-in-proxy.ts';
import type { Config } from '../config/config.ts';
import type { Database } from '../database/database.ts';
import { createNoteRefusal, type NoteRefusal } from '../http/refusal-limit.ts';

/** All that finds out who sends a request. */
export interface SignInParts {
  apiKeys: ApiKeys;
  sessions: Sessions;
  cookie: SessionCookie;
  /** Counts wrong keys. */
  noteRefusal: NoteRefusal;
  authenticate: Authenticate;
}

/** One instance for a process: look-ups at the same time share a statement. */
export function createSignInParts(config: Readonly<Config>, database: Database): SignInParts {
  const { publicUrl } = config;
  const apiKeys = createApiKeys(database, config.adminApiKey);
  const sessions = createSessions(database, apiKeys);
  const cookie = createSessionCookie(publicUrl);
  const noteRefusal = createNoteRefusal();
  const authenticate = createAuthenticate({
    apiKeys,
    sessions,
    cookie,
    readProxyUser: createReadProxyUser(config.signInProxy),
    noteRefusal,
    publicUrl,
  });
  return { apiKeys, sessions, cookie, noteRefusal, authenticate };
}
