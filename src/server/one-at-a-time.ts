import type { RequestHandler } from 'express';

/**
 * Works on one request of a connection at a time. A client may send many in one go, and their answers
 * leave one after the other: what was read for those behind would only lie in memory for as long as
 * the first is not taken.
 */
export const oneAtATime: RequestHandler = (_request, response, next) => {
  // The server gives a response its socket when those before it are through. One whose connection
  // ends first never gets it, and is forgotten together with it.
  if (response.socket !== null) return next();
  // Not at once: the server is not through with giving it.
  response.once('socket', () => setImmediate(next));
};
