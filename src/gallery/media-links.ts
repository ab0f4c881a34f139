import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';
import { AppError } from '../errors.ts';
import type { MediaItem } from './media-item.ts';

/** URLs that show one media to whoever has them, until they expire. */
export interface MediaLinkSet {
  expiresAt: Date;
  content: string;
  /** By size; null where there is no preview. */
  thumbnails: Record<string, string> | null;
}

export interface MediaLinks {
  /**
   * Signs links to a media.
   *
   * @param baseUrl of this server as the reader reaches it
   * @param expiresIn seconds from now
   */
  create(
    media: Pick<MediaItem, 'sid' | 'preview'>,
    baseUrl: string,
    expiresIn: number,
  ): MediaLinkSet;
  /**
   * Whether a request is such a link.
   *
   * @returns false for a request without a signature
   * @throws AppError `link_invalid` for one that is not ours, was changed or has expired
   */
  check(request: Request): boolean;
}

/** Links are signed by HMAC-SHA-256 over path, size and time: nothing else needs to be kept. */
export function createMediaLinks(secret: string): MediaLinks {
  function sign(path: string, size: string, expires: number): string {
    return createHmac('sha256', secret).update(`${path}\n${size}\n${expires}`).digest('base64url');
  }

  return {
    create({ sid, preview }, baseUrl, expiresIn) {
      const expires = Math.floor(Date.now() / 1000) + expiresIn;
      const link = (part: string, size = '') => {
        const path = `/api/v1/media/${sid}/${part}`;
        const query = new URLSearchParams({
          ...(size === '' ? {} : { size }),
          expires: String(expires),
          signature: sign(path, size, expires),
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
      const { signature, expires, size = '' } = request.query;
      if (signature === undefined) return false;
      const expected = sign(request.path, String(size), Number(expires));
      const given = Buffer.from(String(signature));
      const isOurs =
        given.length === expected.length && timingSafeEqual(given, Buffer.from(expected));
      if (isOurs && Number(expires) * 1000 > Date.now()) return true;
      throw new AppError('link_invalid', 'Ask for a new link: this one is wrong or has expired.');
    },
  };
}
