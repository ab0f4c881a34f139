import { setTimeout } from 'node:timers/promises';
import type { RequestHandler } from 'express';
import type { BusyState } from '../database/busy-state.ts';
import { AppError } from '../errors/app-error.ts';
import type { ReadinessCheck } from '../monitoring/readiness.ts';

// Longer than a statement takes on a database of some hundred thousand messages, and shorter than clients
// commonly wait.
const MAX_WAIT_MS = 10_000;
const RETRY_AFTER_SECONDS = 5;
// Who watches a load balancer's targets waits a few seconds at most. Checks that need no database take less.
const CHECK_MS = 200;

/**
 * Has requests wait while the database is busy.
 *
 * @throws AppError `unavailable`, with `Retry-After`, when that takes longer than 10 s
 */
export function waitWhileBusy(busy: BusyState): RequestHandler {
  return async (_request, _response, next) => {
    await busy.whenFree(AbortSignal.timeout(MAX_WAIT_MS)).catch((cause) => {
      throw new AppError('unavailable', 'The database is busy with its upkeep. Try again soon.', {
        cause,
        headers: { 'Retry-After': String(RETRY_AFTER_SECONDS) },
      });
    });
    next();
  };
}

/** The same checks; those that wait for a database that is busy are passed over. */
export function passOverWhileBusy(
  checks: Record<string, ReadinessCheck>,
  busy: BusyState,
): Record<string, ReadinessCheck> {
  const passable = (check: ReadinessCheck): ReadinessCheck => {
    return async () => {
      const answered = new AbortController();
      const { signal } = answered;
      const passedOver = busy
        .whenBusy(signal)
        .then(() => setTimeout(CHECK_MS, 'not looked at: the database is busy', { signal }));
      const answer = check();
      // Whichever comes second has nobody to tell.
      for (const late of [answer, passedOver]) late.catch(() => undefined);
      return Promise.race([answer, passedOver]).finally(() => answered.abort());
    };
  };
  return Object.fromEntries(Object.entries(checks).map(([name, check]) => [name, passable(check)]));
}
