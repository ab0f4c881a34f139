import { createHmac } from 'node:crypto';
import type { Request } from 'express';
import { AppError } from '../errors/app-error.ts';
import { equalInConstantTime } from './equal-in-constant-time.ts';

/** URLs that show one media item to anyone who has them, until they expire. */
export interface MediaLinkSet {
  expiresAt: Date;
  content: string;
  /** By size; null without a preview. */
  thumbnails: Record<string, string> | null;
}

/** Whether a link shows only visible media, or also held and quarantined ones. */
type LinkKind = 'view' | 'reveal';

export interface MediaLinks {
  /**
   * Signs links to a media item.
   *
   * @param baseUrl of this server as the reader reaches it
   * @param expiresIn seconds from now
   * @param kind `reveal` also shows held and quarantined media
   */
  create(
    media: { sid: string; preview: { sizes: Record<string, unknown> } | null },
    baseUrl: string,
    expiresIn: number,
    kind?: LinkKind,
  ): MediaLinkSet;
  /**
   * The kind of link that a request uses.
   *
   * @returns null for a request without a signature
   * @throws AppError `link_invalid` for a signature that is not ours, was changed or has expired
   */
  check(request: Request): LinkKind | null;
}

/** Links are signed with HMAC-SHA-256 over path, size, expiry and kind, so they need no storage. */
export function createMediaLinks(secret: string): MediaLinks {
  function sign(path: string, size: string, expires: number, kind: LinkKind): string {
    const signed = `${path}\n${size}\n${expires}${kind === 'reveal' ? '\nreveal' : ''}`;
    return createHmac('sha256', secret).update(signed).digest('base64url');
  }

  return {
    create({ sid, preview }, baseUrl, expiresIn, kind = 'view') {
      const expires = Math.floor(Date.now() / 1000) + expiresIn;
      const link = (part: string, size = '') => {
        const path = `/api/v1/media/${sid}/${part}`;
        const query = new URLSearchParams({
          ...(size === '' ? {} : { size }),
          ...(kind === 'reveal' ? { reveal: 'true' } : {}),
          expires: String(expires),
          signature: sign(path, size, expires, kind),
        });
        return `${baseUrl}${path}?${query}`;
      };
      const sizes = Object.keys(preview?.sizes ?? {});
      return {
        expiresAt: new Date(expires * 1000),
        content: link('content'),
        thumbnails:
          sizes.length === 0
            ? null
            : Object.fromEntries(sizes.map((size) => [size, link('thumbnail', size)])),
      };
    },
    check(request) {
      const { signature, expires, size = '', reveal } = request.query;
      if (signature === undefined) return null;
      const kind = reveal === 'true' ? 'reveal' : 'view';
      const expected = sign(request.path, String(size), Number(expires), kind);
      const isOurs = equalInConstantTime(String(signature), expected);
      if (isOurs && Number(expires) * 1000 > Date.now()) return kind;
      throw new AppError('link_invalid', 'Request a new link: this one is invalid or has expired.');
    },
  };
}
