import type { Transaction } from '../database/database.ts';
import type { JobClaim, JobHandlers, JobName, JobPayload } from './job-list.ts';

export interface NewJob<N extends JobName> {
  payload: JobPayload<N>;
  /** The job does not run before this; immediately when missing. */
  startAfter?: Date;
  /** Jobs with a higher priority run first, then older ones; 0 when missing. See `isPatient`. */
  priority?: number;
}

/** The queue: jobs are sent in the transaction of the rows they work on, and run at least once. */
export interface JobQueue {
  /** Sends jobs that exist if and only if `tx` commits; none for a key of which one waits already. */
  send<N extends JobName>(tx: Transaction, name: N, jobs: NewJob<N>[]): Promise<void>;
  /**
   * Like `send`, but skips a job when one with its key waits, runs or is to be retried.
   *
   * @returns how many were sent
   */
  sendMissing<N extends JobName>(tx: Transaction, name: N, jobs: NewJob<N>[]): Promise<number>;
  /**
   * Like `send`, but a job with the same key that waits for a later time gets the earlier one: `send` alone
   * would leave it as it is, and send nothing.
   */
  sendOrBringForward<N extends JobName>(tx: Transaction, name: N, jobs: NewJob<N>[]): Promise<void>;
  /**
   * Completes running jobs if and only if `tx` commits; the handler marks their claims afterwards. Jobs whose
   * claim was lost stay as they are.
   */
  complete(tx: Transaction, name: JobName, claims: readonly JobClaim[]): Promise<void>;
  /** Opens the queue, so that jobs can be sent. */
  start(): Promise<void>;
  /** Starts to run jobs. `concurrency` overrides the defaults of the list of jobs. */
  work(handlers: JobHandlers, concurrency?: Partial<Record<JobName, number>>): Promise<void>;
  /** Takes no more jobs, aborts running jobs and returns them to the queue. */
  stop(): Promise<void>;
}
