import type { Request, RequestHandler, Response } from 'express';
import { Router } from 'express';
import {
  type Access,
  type AnswerBody,
  type Operation,
  type Parsed,
  refusesUnknownParameters,
} from './operation.ts';
import { methodNotAllowed } from './problem.ts';
import { createJsonBody, noQuery, validate } from './validate.ts';

/** A request that its operation's schemas have accepted. */
export interface Call<O extends Operation> {
  params: Parsed<O['params']>;
  query: Parsed<O['query']>;
  body: Parsed<O['body']>;
  request: Request;
  response: Response<AnswerBody<O>>;
}

/** The handlers of one operation. */
export interface Route {
  operation: Operation;
  /** Runs after the caller is accepted, before the body is validated: reads uploads, for example. */
  before: readonly RequestHandler[];
  handle: RequestHandler;
}

/** In the order of `Allow`. */
const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** Creates the handler that accepts the callers of an operation, and refuses all others. */
export type Guard = (access: Access) => RequestHandler;

/**
 * Joins an operation and its handler. Path parameters, query and JSON body are validated in this order, once
 * the body was read.
 *
 * @param before see `Route`
 */
export function route<const O extends Operation>(
  operation: O,
  handle: (call: Call<O>) => void | Promise<void>,
  ...before: RequestHandler[]
): Route {
  const { params, query, body } = operation;
  return {
    operation,
    before,
    handle: (request, response) =>
      handle({
        params: params && validate(params, request.params),
        query: query && validate(query, request.query),
        body: body && validate(body, request.body === undefined ? {} : request.body),
        request,
        response,
      } as Call<O>),
  };
}

/**
 * A router for the paths of one resource. A fixed path is matched before one whose parameter would match it,
 * too. Any other method of a path is answered with 405 and `Allow`.
 */
export function createResourceRouter(guard: Guard, routes: readonly Route[]): Router {
  const router = Router();
  const fixedFirst = routes.toSorted((a, b) => parametersOf(a) - parametersOf(b));
  for (const [path, ofPath] of Map.groupBy(fixedFirst, ({ operation }) => operation.path)) {
    const expressPath = router.route(path.replaceAll(/\{(\w+)\}/g, ':$1'));
    for (const { operation, before, handle } of ofPath) {
      expressPath[operation.method](
        guard(operation.access),
        ...inputHandlers(operation),
        ...before,
        handle,
      );
    }
    const methods = METHODS.filter((method) =>
      ofPath.some(({ operation }) => operation.method === method),
    );
    expressPath.all(methodNotAllowed(...methods.map((method) => method.toUpperCase())));
  }
  return router;
}

function parametersOf({ operation }: Route): number {
  return operation.path.split('{').length - 1;
}

/** Refuses unknown parameters of an operation without any, before its body is read; then reads the body. */
function inputHandlers(operation: Operation): RequestHandler[] {
  const { query, body, bodyLimit } = operation;
  return [
    ...(query === undefined && refusesUnknownParameters(operation) ? [noQuery] : []),
    ...(body === undefined ? [] : [createJsonBody(bodyLimit)]),
  ];
}

/** A guard for operations that everybody may call. */
export const anyoneMayCall: Guard = (access) => {
  if (access !== 'anyone') throw new Error(`This operation needs a guard for ${access}`);
  return (_request, _response, next) => next();
};
