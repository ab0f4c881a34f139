import type { Response } from 'express';

const RETRY_AFTER_SECONDS = 1;

/** Headers of a 202, with their descriptions. */
export const ACCEPTED_HEADERS = { 'Retry-After': 'When to look again, in seconds.' };

/** Starts a 202: a job does it, and the client may look again after a second. */
export function accepted<R extends Response>(response: R): R {
  return response.status(202).set('Retry-After', String(RETRY_AFTER_SECONDS));
}
