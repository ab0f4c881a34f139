import type { RequestHandler, Response } from 'express';
import { callerOf, hasRole, type RequireRole } from '../auth/authentication.ts';
import type { MediaLinks } from '../auth/media-links.ts';
import type { Visibility } from './visibility.ts';

declare global {
  namespace Express {
    interface Locals {
      /** Set by a signed link. */
      access?: Access;
    }
  }
}

/** What a request for one media may see. */
export interface Access {
  visibility: Visibility;
  /** Whether what is held back is shown as it is: by a link that reveals it, and no other way. */
  isRevealed: boolean;
  /** Whether whoever has the URL gets in. */
  byLink: boolean;
}

/** Lets in who has a link or the role viewer; `accessOf` tells what they may see. */
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

/** What the holder of a key may know of. */
export function visibilityOf(response: Response): Visibility {
  return hasRole(callerOf(response), 'moderator') ? 'everything' : 'visible';
}
