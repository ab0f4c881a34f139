import type { RequestHandler, Response } from 'express';
import { callerOf, hasRole, type RequireRole } from '../auth/authentication.ts';
import type { MediaLinks } from '../auth/media-links.ts';
import type { Visibility } from './visibility.ts';

declare global {
  namespace Express {
    interface Locals {
      /** Set for requests with a signed link. */
      access?: Access;
    }
  }
}

/** What a request for one media item may see. */
export interface Access {
  visibility: Visibility;
  /** Whether held-back media are shown unblurred: only with a reveal link. */
  isRevealed: boolean;
  /** Whether a signed link gave access, so that everybody with the URL has it. */
  byLink: boolean;
}

/** Requires a signed link or the role viewer; `accessOf` returns what the caller may see. */
export function viewerOrLink(links: MediaLinks, requireRole: RequireRole): RequestHandler {
  const viewer = requireRole('viewer');
  return (request, response, next) => {
    const kind = links.check(request);
    if (kind === null) return viewer(request, response, next);
    const isRevealed = kind === 'reveal';
    response.locals.access = {
      visibility: isRevealed ? 'everything' : 'visible',
      isRevealed,
      byLink: true,
    };
    return next();
  };
}

export function accessOf(response: Response): Access {
  return (
    response.locals.access ?? {
      visibility: visibilityOf(response),
      isRevealed: false,
      byLink: false,
    }
  );
}

/** What the caller's API key may see. */
export function visibilityOf(response: Response): Visibility {
  return hasRole(callerOf(response), 'moderator') ? 'everything' : 'visible';
}
