import type { Transaction } from '../database/database.ts';
import type { JobHandlers, JobName, JobPayload } from './job-list.ts';

export interface NewJob<N extends JobName> {
  payload: JobPayload<N>;
  /** Not before; at once when missing. */
  startAfter?: Date;
}

/** The queue: jobs are sent in the transaction of the rows they serve, and run at least once. */
export interface JobQueue {
  /** Sends jobs that exist when, and only when, `tx` commits. */
  send<N extends JobName>(tx: Transaction, name: N, jobs: NewJob<N>[]): Promise<void>;
  /**
   * As `send`, but leaves out those of whose key a job waits, runs or is to be run again.
   *
   * @returns how many were sent
   */
  sendMissing<N extends JobName>(tx: Transaction, name: N, jobs: NewJob<N>[]): Promise<number>;
  /** Opens the queue, so that jobs can be sent. */
  start(): Promise<void>;
  /** Begins to run jobs: so many of a kind at once, or as many as the list of jobs says. */
  work(handlers: JobHandlers, concurrency?: Partial<Record<JobName, number>>): Promise<void>;
  /** Takes no more jobs, aborts those that are running and hands them back. */
  stop(): Promise<void>;
}
