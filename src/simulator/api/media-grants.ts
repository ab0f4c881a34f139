import { randomBytes } from 'node:crypto';
import type { UpstreamMedia } from '../upstream-store.ts';

/** Four hours, the lifetime of Twilio's media links: https://support.twilio.com/hc/en-us/articles/223183748 */
const LIFETIME_MS = 4 * 60 * 60 * 1000;

/** The links the API redirects to. */
export interface MediaGrants {
  /** A new link to `media`: path and query, to append to the media server's address. */
  issue(media: UpstreamMedia): string;
  /** The media item of a link; null when the link is unknown, altered or expired. */
  find(pathAndQuery: string): UpstreamMedia | null;
}

/** Keeps the links in memory. */
export function createMediaGrants(): MediaGrants {
  const grants = new Map<string, { media: UpstreamMedia; expiresAt: number }>();

  return {
    issue(media) {
      const expiresAt = Date.now() + LIFETIME_MS;
      const query = new URLSearchParams({
        Expires: String(Math.floor(expiresAt / 1000)),
        Signature: randomBytes(20).toString('base64url'),
      });
      const link = `/${media.accountSid}/${randomBytes(32).toString('hex')}?${query}`;
      grants.set(link, { media, expiresAt });
      return link;
    },

    find(pathAndQuery) {
      const grant = grants.get(pathAndQuery);
      return grant && grant.expiresAt > Date.now() ? grant.media : null;
    },
  };
}
