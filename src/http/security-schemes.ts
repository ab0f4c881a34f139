import type { Access } from './operation.ts';

const BEARER = { bearerKey: [] };
const COOKIE = { sessionCookie: [] };
/** A link or a ticket is in the URL: no credentials are needed besides. */
const URL_ALONE = {};

/** What each access needs, as OpenAPI's security requirements; one of several is enough. */
export const SECURITY: Record<Access, Record<string, string[]>[]> = {
  viewer: [BEARER, COOKIE],
  moderator: [BEARER, COOKIE],
  admin: [BEARER, COOKIE],
  link: [BEARER, COOKIE, URL_ALONE],
  ticket: [BEARER, COOKIE, URL_ALONE],
  session: [COOKIE],
  operator: [BEARER, COOKIE],
  basic: [{ basic: [] }],
  // In a header, which is described as one.
  signature: [],
  anyone: [],
};

/** Every way to be let in, as OpenAPI describes it. */
export const SECURITY_SCHEMES = {
  bearerKey: {
    type: 'http',
    scheme: 'bearer',
    description:
      'An API key, or `ADMIN_API_KEY`; for the metrics also `OPS_TOKEN`. Here: the key alone, without `Bearer`.',
  },
  sessionCookie: {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-mms_inbox_session',
    description:
      'The session of a browser, from `POST /api/v1/session`; by plain http the name has no `__Host-`. What changes ' +
      'something also needs `Sec-Fetch-Site: same-origin` or the `Origin` of this server.',
  },
  basic: {
    type: 'http',
    scheme: 'basic',
    description: "An account's sid and auth token, or the name and secret of an API key.",
  },
} as const;
