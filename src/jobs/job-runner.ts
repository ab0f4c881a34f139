import pTimeout from 'p-timeout';
import type { JobWithMetadata, PgBoss } from 'pg-boss';
import { createGroupCommit } from '../database/group-commit.ts';
import { asError } from '../errors/caught.ts';
import { isPatient, type JobClaim, type JobName } from './job-list.ts';

/** Runs the jobs of one queue. */
export interface JobRunner {
  /** Takes jobs as soon as there is room for them: there may be some. */
  wake(): void;
  /**
   * Takes no more jobs, aborts the running ones and returns them to the queue.
   *
   * @param graceMs how long a running job may take to end
   */
  stop(graceMs: number): Promise<void>;
}

interface RunningJob {
  claim: JobClaim;
  abort: AbortController;
  startedAt: number;
  ended: Promise<void>;
}

// While others run, jobs are taken when a quarter of the places is free, or after this time: one statement
// then takes several.
const TAKE_DELAY_MS = 50;
// The lowest priority of a job that is not patient: a quarter of the places is for those.
const URGENT = 0;
const MAX_COMPLETED = 64;
const RENEWALS_A_LEASE = 4;
const CHECK_MS = 5000;
const MAX_PAUSE_MS = 5000;

/**
 * Takes as many jobs at once as there is room for, runs each on its own, and completes in one statement what
 * has ended meanwhile.
 *
 * @param deps.concurrency how many jobs may run at once
 * @param deps.leaseSeconds after which a job whose process does not renew its lease counts as dead
 * @param deps.expireInSeconds after which a run is aborted
 * @param deps.run runs one job; when it rejects, the job is run again later
 * @param deps.untilAnswering waits until the database answers, or the process stops
 * @param deps.onError called when the queue itself cannot be read or written
 */
export function createJobRunner(deps: {
  boss: Pick<PgBoss, 'fetch' | 'complete' | 'fail' | 'touch'>;
  name: JobName;
  concurrency: number;
  leaseSeconds: number;
  expireInSeconds: number;
  run: (claim: JobClaim, data: unknown, signal: AbortSignal) => Promise<void>;
  untilAnswering: () => Promise<void>;
  onError: (error: Error) => void;
}): JobRunner {
  const { boss, name, concurrency, leaseSeconds, expireInSeconds, onError } = deps;
  const running = new Set<RunningJob>();
  let isStopping = false;
  const reserved = Math.floor(concurrency / 4);
  let mayHaveMore = false;
  let mayHaveUrgent = false;
  let isWoken = false;
  let taking: Promise<void> | undefined;
  let takeTimer: NodeJS.Timeout | undefined;

  const complete = createGroupCommit<JobClaim, undefined>(
    async (claims) => {
      await boss.complete(name, claims.map(attemptOf));
      return claims.map(() => undefined);
    },
    { concurrency: 1, maxSize: MAX_COMPLETED },
  );

  /** @param isDue whether jobs have waited long enough for more places to become free */
  function takeSoon(isDue = false): void {
    if (isStopping || taking !== undefined) return;
    const free = concurrency - running.size;
    const freeForAll = Math.min(free, concurrency - reserved - countPatient());
    const isWorthwhile = isDue || running.size === 0 || freeForAll >= reserved;
    if (mayHaveMore && freeForAll > 0 && isWorthwhile) {
      takeNow(freeForAll);
    } else if (free > 0 && (isWoken || (mayHaveUrgent && isDue))) {
      takeNow(free, URGENT);
    } else if ((mayHaveMore && freeForAll > 0) || (mayHaveUrgent && free > 0)) {
      takeTimer ??= setTimeout(() => {
        takeTimer = undefined;
        takeSoon(true);
      }, TAKE_DELAY_MS);
    }
  }

  function countPatient(): number {
    return [...running].filter(({ claim }) => isPatient(claim)).length;
  }

  function takeNow(batchSize: number, minPriority?: number): void {
    if (isStopping) return;
    clearTimeout(takeTimer);
    takeTimer = undefined;
    isWoken = false;
    mayHaveUrgent = false;
    if (minPriority === undefined) mayHaveMore = false;
    taking = take(batchSize, minPriority).finally(() => {
      taking = undefined;
      takeSoon();
    });
  }

  async function take(batchSize: number, minPriority?: number): Promise<void> {
    const urgency = minPriority === undefined ? {} : { minPriority };
    try {
      const options = { batchSize, includeMetadata: true, ...urgency } as const;
      const jobs = await boss.fetch<object>(name, options);
      for (const job of jobs) start(job);
      if (jobs.length < batchSize) return;
      mayHaveUrgent = true;
      if (minPriority === undefined) mayHaveMore = true;
    } catch (error) {
      // The query for due jobs finds them once the database answers.
      onError(asError(error));
    }
  }

  function start({ id, retryCount, priority, data }: JobWithMetadata): void {
    // After a pause longer than the lease, this process may get a job again that it still runs.
    for (const { claim, abort } of running) {
      if (claim.id === id) abort.abort(new Error('the claim on the job was lost'));
    }
    const claim: JobClaim = { id, retryCount, priority, isCompleted: false };
    const abort = new AbortController();
    const job = { claim, abort, startedAt: performance.now(), ended: Promise.resolve() };
    running.add(job);
    job.ended = runToItsEnd(job, data).finally(() => {
      running.delete(job);
      takeSoon();
    });
  }

  async function runToItsEnd({ claim, abort }: RunningJob, data: unknown): Promise<void> {
    try {
      await deps.run(claim, data, abort.signal);
    } catch (error) {
      await deps.untilAnswering();
      await settle(() => boss.fail(name, attemptOf(claim), asError(error)));
      return;
    }
    if (!claim.isCompleted) await settle(() => complete(claim));
  }

  /** Tries until it succeeds, or the process stops: otherwise the job stays active until its lease expires. */
  async function settle(write: () => Promise<unknown>): Promise<void> {
    for (let pauseMs = 0; ; pauseMs = Math.min(pauseMs * 2 + 100, MAX_PAUSE_MS)) {
      try {
        await write();
        return;
      } catch (error) {
        onError(asError(error));
        if (isStopping) return;
        await new Promise((resume) => setTimeout(resume, pauseMs));
        await deps.untilAnswering();
      }
    }
  }

  async function renewLeases(): Promise<void> {
    const held = [...running];
    if (held.length === 0) return;
    try {
      const answer: { settled?: string[] } = await boss.touch(name, claimsOf(held).map(attemptOf));
      // The ids of the jobs that are still ours; missing in pg-boss' types.
      const { settled } = answer;
      if (settled === undefined) return;
      const kept = new Set(settled);
      // One that has ended meanwhile is not active either; aborting it has no effect.
      for (const { claim, abort } of held) {
        if (!kept.has(claim.id)) abort.abort(new Error('the claim on the job was lost'));
      }
    } catch (error) {
      // Says nothing about the claims.
      onError(asError(error));
    }
  }

  function abortExpired(): void {
    for (const { abort, startedAt } of running) {
      if (performance.now() - startedAt < expireInSeconds * 1000) continue;
      abort.abort(new Error(`the job took longer than ${expireInSeconds} s`));
    }
  }

  const timers = [
    setInterval(() => void renewLeases(), (leaseSeconds * 1000) / RENEWALS_A_LEASE),
    setInterval(abortExpired, CHECK_MS),
  ];

  return {
    wake() {
      mayHaveMore = true;
      isWoken = true;
      takeSoon();
    },
    async stop(graceMs) {
      isStopping = true;
      for (const timer of timers) clearInterval(timer);
      clearTimeout(takeTimer);
      await taking;
      for (const { abort } of running) abort.abort(new Error('the process is stopping'));
      const ends = Promise.all([...running].map(({ ended }) => ended));
      await pTimeout(ends, { milliseconds: graceMs, fallback: () => [] });
      const left = claimsOf(running);
      if (left.length === 0) return;
      const reason = { message: 'the process stopped while the job was running' };
      await boss.fail(name, left.map(attemptOf), reason).catch((error) => onError(asError(error)));
    },
  };
}

function claimsOf(jobs: Iterable<RunningJob>): JobClaim[] {
  return [...jobs].map(({ claim }) => claim);
}

function attemptOf({ id, retryCount }: JobClaim) {
  return { id, retryCount };
}
