import { setTimeout } from 'node:timers/promises';
import type { RequestHandler } from 'express';
import type { BusyState } from '../database/busy-state.ts';
import { AppError } from '../errors/app-error.ts';
import type { ReadinessCheck } from '../monitoring/readiness.ts';

// Longer than a statement takes on a database of some hundred thousand messages, and shorter than the usual
// timeout of clients.
const MAX_WAIT_MS = 10_000;
const RETRY_AFTER_SECONDS = 5;
// Health checks of load balancers time out after a few seconds. Checks without the database take less.
const CHECK_MS = 200;

/**
 * Delays requests while the database is busy.
 *
 * @throws AppError `unavailable`, with `Retry-After`, when that takes longer than 10 s
 */
export function waitWhileBusy(busy: BusyState): RequestHandler {
  return async (_request, _response, next) => {
    if (!busy.isBusy()) return next();
    await busy.whenFree(AbortSignal.timeout(MAX_WAIT_MS)).catch((cause) => {
      throw new AppError('unavailable', 'The database is busy with maintenance. Try again soon.', {
        cause,
        headers: { 'Retry-After': String(RETRY_AFTER_SECONDS) },
      });
    });
    next();
  };
}

/** Wraps checks so that those that wait for a busy database are skipped, and reported as a problem. */
export function skipWhileBusy(
  checks: Record<string, ReadinessCheck>,
  busy: BusyState,
): Record<string, ReadinessCheck> {
  const skippable = (check: ReadinessCheck): ReadinessCheck => {
    return async () => {
      const answered = new AbortController();
      const { signal } = answered;
      const skipped = busy
        .whenBusy(signal)
        .then(() => setTimeout(CHECK_MS, 'not checked: the database is busy', { signal }));
      const answer = check();
      // The loser of the race may reject unobserved.
      for (const loser of [answer, skipped]) loser.catch(() => undefined);
      return Promise.race([answer, skipped]).finally(() => answered.abort());
    };
  };
  return Object.fromEntries(
    Object.entries(checks).map(([name, check]) => [name, skippable(check)]),
  );
}
