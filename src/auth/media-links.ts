import { createHmac } from 'node:crypto';
import type { Request } from 'express';
import { AppError } from '../errors/app-error.ts';
import { equalInConstantTime } from './equal-in-constant-time.ts';

/** URLs that show one media item to anyone who has them, until they expire. */
export interface MediaLinkSet {
  expiresAt: Date;
  /** Null when it has no form without metadata, and the links are for that form alone. */
  content: string | null;
  /** By size; null without a preview. */
  thumbnails: Record<string, string> | null;
  /** By form; null when there can be none. */
  renditions: Record<string, string> | null;
}

/** Whether a link shows only visible media, or also held and quarantined ones. */
type LinkKind = 'view' | 'reveal';

interface LinkOptions {
  /** `reveal` also shows held and quarantined media. */
  kind?: LinkKind;
  /** Whether the links show content and renditions without metadata, and only so. */
  stripMetadata?: boolean;
}

export interface MediaLinks {
  /**
   * Signs links to a media item.
   *
   * @param baseUrl of this server as the reader reaches it
   * @param expiresIn seconds from now
   */
  create(
    media: {
      sid: string;
      preview: { sizes: Record<string, unknown> } | null;
      renditions: { as: string }[];
    },
    baseUrl: string,
    expiresIn: number,
    options?: LinkOptions,
  ): MediaLinkSet & { content: string };
  /**
   * The kind of link that a request uses.
   *
   * @returns null for a request without a signature
   * @throws AppError `link_invalid` for a signature that is not ours, was changed or has expired
   */
  check(request: Request): LinkKind | null;
}

interface Signed {
  path: string;
  /** A size or form; empty without. */
  variant: string;
  expires: number;
  kind: LinkKind;
  stripMetadata: boolean;
}

/**
 * Links are signed with HMAC-SHA-256 over path, size or form, expiry, kind and whether metadata are removed, so they
 * need no storage. Each is for one form, of which it gives every `page`; another form makes its signature invalid.
 */
export function createMediaLinks(secret: string): MediaLinks {
  function sign({ path, variant, expires, kind, stripMetadata }: Signed): string {
    // What follows the number is a fixed word: no variant can imitate it. Without one, links are as in 0.1.0.
    const form = stripMetadata ? '\nmetadata=strip' : '';
    const signed = `${path}\n${variant}\n${expires}${form}${kind === 'reveal' ? '\nreveal' : ''}`;
    return createHmac('sha256', secret).update(signed).digest('base64url');
  }

  return {
    create({ sid, preview, renditions }, baseUrl, expiresIn, options = {}) {
      const { kind = 'view' } = options;
      const expires = Math.floor(Date.now() / 1000) + expiresIn;
      const link = (part: string, variant: { size?: string; as?: string } = {}) => {
        const path = `/api/v1/media/${sid}/${part}`;
        // Thumbnails never have metadata.
        const stripMetadata = options.stripMetadata === true && part !== 'thumbnail';
        const signed = variant.size ?? variant.as ?? '';
        const query = new URLSearchParams({
          ...variant,
          ...(stripMetadata ? { metadata: 'strip' } : {}),
          ...(kind === 'reveal' ? { reveal: 'true' } : {}),
          expires: String(expires),
          signature: sign({ path, variant: signed, expires, kind, stripMetadata }),
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
            : Object.fromEntries(sizes.map((size) => [size, link('thumbnail', { size })])),
        renditions:
          renditions.length === 0
            ? null
            : Object.fromEntries(renditions.map(({ as }) => [as, link('rendition', { as })])),
      };
    },
    check(request) {
      const { signature, expires, size, as, reveal, metadata } = request.query;
      if (signature === undefined) return null;
      const kind = reveal === 'true' ? 'reveal' : 'view';
      const expected = sign({
        path: request.path,
        variant: String(size ?? as ?? ''),
        expires: Number(expires),
        kind,
        stripMetadata: metadata === 'strip',
      });
      const isOurs = equalInConstantTime(String(signature), expected);
      if (isOurs && Number(expires) * 1000 > Date.now()) return kind;
      throw new AppError('link_invalid', 'Request a new link: this one is invalid or has expired.');
    },
  };
}
