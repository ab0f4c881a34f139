import { type RequestHandler, Router } from 'express';
import { methodNotAllowed } from './problem.ts';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** Handlers that run in order; a list among them belongs to one route of a domain. */
type Handlers = readonly (RequestHandler | readonly RequestHandler[])[];

/** Paths of one resource, with the handlers of each method. */
type RouteTable = Record<string, Partial<Record<(typeof METHODS)[number], Handlers>>>;

/**
 * A router for all paths of one resource. Any other method of a path is answered with 405 and `Allow`.
 *
 * @param table in matching order: a fixed path comes before one whose parameter would match it
 */
export function createResourceRouter(table: RouteTable): Router {
  const router = Router();
  for (const [path, handlersByMethod] of Object.entries(table)) {
    const route = router.route(path);
    const allowed: string[] = [];
    for (const method of METHODS) {
      const handlers = handlersByMethod[method];
      if (handlers === undefined) continue;
      route[method](...handlers.flat());
      allowed.push(method.toUpperCase());
    }
    route.all(methodNotAllowed(...allowed));
  }
  return router;
}
