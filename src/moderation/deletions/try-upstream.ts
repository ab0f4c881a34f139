import type { Logger } from 'pino';
import type { Database, Transaction } from '../../database/database.ts';
import {
  markUpstreamRetrying,
  type UpstreamAnswer,
  type UpstreamTarget,
} from './upstream-targets.ts';

// A job that runs earlier than its row says, by more than this, was queued for an earlier try.
const SLACK_MS = 1000;

/** An attachment or a message that is to be deleted at Twilio. */
interface UpstreamTask {
  sid: string;
  accountSid: string;
  /** Its sid, under the field name for the log. */
  logged: { mediaSid: string } | { messageSid: string };
  /** Its state in a deletion; null when no deletion waits for it. */
  target: UpstreamTarget | null;
  /** Tries so far. */
  attempts: number;
  /** Since when its deletion at Twilio is due. */
  since: Date;
  /** Whether a moderator requested this try. */
  byHand: boolean;
  requestDelete(): Promise<UpstreamAnswer>;
  /** Called when Twilio's copy is gone. */
  finish(tx: Transaction): Promise<void>;
  /** Queues the next job; for media also stores the tries on the row, before targets are locked. */
  queueNext(tx: Transaction, attempts: number, startAfter: Date): Promise<void>;
}

/** Sends Twilio one request, and either finishes, or records the failure and queues the next job. */
export type TryUpstream = (task: UpstreamTask) => Promise<void>;

/** Called with every answer. */
export type ReportAnswer = (accountSid: string, answer: UpstreamAnswer) => void;

export function createTryUpstream(deps: {
  database: Database;
  onAnswer: ReportAnswer;
  /** Whether Twilio cannot be reached, and the log says so already. */
  isTwilioOut: () => boolean;
  log: Logger;
}): TryUpstream {
  const { onAnswer, isTwilioOut, log } = deps;
  const { prisma } = deps.database;

  return async (task) => {
    const { sid, accountSid, target, since } = task;
    const plannedAt = target?.nextAttemptAt?.getTime() ?? 0;
    if (!task.byHand && plannedAt > Date.now() + SLACK_MS) {
      const startAfter = new Date(plannedAt);
      await prisma.$transaction((tx) => task.queueNext(tx, task.attempts, startAfter));
      return;
    }
    const answer = await task.requestDelete();
    onAnswer(accountSid, answer);
    if (answer.done) {
      await prisma.$transaction((tx) => task.finish(tx));
      return;
    }
    const attempts = task.attempts + 1;
    const waited = (Date.now() - since.getTime()) / 1000;
    const nextAttemptAt = new Date(Date.now() + upstreamPause(answer, attempts, waited) * 1000);
    const isLogged = answer.failure === 'outage' && isTwilioOut();
    log[isLogged ? 'debug' : 'warn'](
      { ...task.logged, attempts: task.attempts, startAfter: nextAttemptAt },
      `upstream copy not deleted yet: ${answer.reason}`,
    );
    await prisma.$transaction(async (tx) => {
      await task.queueNext(tx, attempts, nextAttemptAt);
      await markUpstreamRetrying(tx, sid, answer, { attempts, nextAttemptAt });
    });
  };
}

const MINUTE = 60;
const HOUR = 3600;
// Twilio deletes only some time after arrival [error 20009]: over a minute, rarely up to 14 days.
const WAITING_LONG_SECONDS = HOUR;
const LONG_PAUSE_SECONDS = 15 * MINUTE;
const MAX_PAUSE_SECONDS = 6 * HOUR;
// Wrong credentials are corrected by an operator.
const MIN_REFUSED_SECONDS = 5 * MINUTE;

/**
 * The pause before Twilio is asked again to delete something. After "too early" it is steady: a minute, and
 * after an hour of waiting a quarter of an hour; after other failures it doubles from a minute up to six
 * hours. It is never shorter than Retry-After, has up to a quarter more as jitter, and tries never end: a
 * promised deletion is not given up.
 *
 * @param tries so far, at least 1
 * @param waitedSeconds since its deletion was due
 * @param random from 0 to 1
 * @returns seconds from now
 */
export function upstreamPause(
  { failure, retryAfterSeconds }: Extract<UpstreamAnswer, { done: false }>,
  tries: number,
  waitedSeconds: number,
  random = Math.random(),
): number {
  const steady = waitedSeconds < WAITING_LONG_SECONDS ? MINUTE : LONG_PAUSE_SECONDS;
  const doubled = Math.min(MINUTE * 2 ** Math.min(tries - 1, 16), MAX_PAUSE_SECONDS);
  const least = failure === 'refused' ? MIN_REFUSED_SECONDS : 0;
  const pause = failure === 'too-early' ? steady : Math.max(doubled, least);
  return Math.max(pause, retryAfterSeconds) * (1 + random / 4);
}
