import { Router } from 'express';

/**
 * Keeps answers under both APIs out of every cache: they hold phone numbers, texts and signed links. The
 * bytes of media, which say themselves how they may be kept, replace it.
 */
export function createNoStore(): Router {
  const router = Router();
  router.use(['/api/v1', '/2010-04-01'], (_request, response, next) => {
    response.set('Cache-Control', 'private, no-store');
    next();
  });
  return router;
}
