import type { RequestHandler } from 'express';
import type { RequireRole } from '../auth/authentication.ts';
import type { MediaLinks } from '../auth/media-links.ts';
import { viewerOrLink } from '../gallery/access.ts';
import { anyoneMayCall, type Guard } from '../http/resource-router.ts';

/** Lets the callers of each operation pass, by their key or session, their link or their ticket. */
export function createGuard(deps: {
  requireRole: RequireRole;
  links: MediaLinks;
  /** Accepts a viewer or a ticket of an event stream. */
  ticketGuard: RequestHandler;
}): Guard {
  const { requireRole, links, ticketGuard } = deps;
  const byLink = viewerOrLink(links, requireRole);
  return (access) => {
    if (access === 'viewer' || access === 'moderator' || access === 'admin') {
      return requireRole(access);
    }
    if (access === 'link') return byLink;
    if (access === 'ticket') return ticketGuard;
    // Its handlers also answer those whose session has ended.
    if (access === 'session') return anyoneMayCall('anyone');
    // Throws for access that the handlers of other routers check.
    return anyoneMayCall(access);
  };
}
