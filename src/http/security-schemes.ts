import type { Access } from './operation.ts';

const BEARER = { bearerKey: [] };
/** A link or a ticket is in the URL: no credentials are needed besides. */
const URL_ALONE = {};

/** What each access needs, as OpenAPI's security requirements; one of several is enough. */
export const SECURITY: Record<Access, Record<string, string[]>[]> = {
  viewer: [BEARER],
  moderator: [BEARER],
  admin: [BEARER],
  link: [BEARER, URL_ALONE],
  ticket: [BEARER, URL_ALONE],
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
    description: 'An API key, or `ADMIN_API_KEY`. Here: the key alone, without `Bearer`.',
  },
  basic: {
    type: 'http',
    scheme: 'basic',
    description: "An account's sid and auth token, or the name and secret of an API key.",
  },
} as const;
