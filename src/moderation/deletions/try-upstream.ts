import type { Logger } from 'pino';
import type { Database, Transaction } from '../../database/database.ts';
import {
  markUpstreamRetrying,
  type UpstreamAnswer,
  type UpstreamTarget,
} from './upstream-targets.ts';

// A job that comes earlier than its row says was sent for an earlier try.
const SLACK_MS = 1000;

/** Something that is to be deleted at Twilio: a media or a message. */
interface UpstreamTask {
  sid: string;
  accountSid: string;
  /** What the log calls it. */
  logged: { mediaSid: string } | { messageSid: string };
  /** How far it is; null where no deletion waits for it. */
  target: UpstreamTarget | null;
  /** Tries so far. */
  attempts: number;
  /** Since when it is to be deleted. */
  since: Date;
  /** Whether a person wants it tried now. */
  byHand: boolean;
  ask(): Promise<UpstreamAnswer>;
  /** Twilio's copy is gone. */
  finish(tx: Transaction): Promise<void>;
  /** Sends the next job, and writes the tries down where no deletion does: media are locked before targets. */
  sendAgain(tx: Transaction, attempts: number, startAfter: Date): Promise<void>;
}

/** Asks Twilio once, and either finishes or writes down why not and sends the next job. */
export type TryUpstream = (task: UpstreamTask) => Promise<void>;

/** Told of every answer. */
export type ReportAnswer = (accountSid: string, answer: UpstreamAnswer) => void;

export function createTryUpstream(deps: {
  database: Database;
  onAnswer: ReportAnswer;
  /** Whether Twilio cannot be reached, which the log was told. */
  isTwilioOut: () => boolean;
  log: Logger;
}): TryUpstream {
  const { onAnswer, isTwilioOut, log } = deps;
  const { prisma } = deps.database;

  return async (task) => {
    const { sid, accountSid, target, since } = task;
    const announced = target?.nextAttemptAt?.getTime() ?? 0;
    if (!task.byHand && announced > Date.now() + SLACK_MS) {
      const startAfter = new Date(announced);
      await prisma.$transaction((tx) => task.sendAgain(tx, task.attempts, startAfter));
      return;
    }
    const answer = await task.ask();
    onAnswer(accountSid, answer);
    if (answer.done) {
      await prisma.$transaction((tx) => task.finish(tx));
      return;
    }
    const attempts = task.attempts + 1;
    const waited = (Date.now() - since.getTime()) / 1000;
    const nextAttemptAt = new Date(Date.now() + upstreamPause(answer, attempts, waited) * 1000);
    const isTold = answer.trouble === 'outage' && isTwilioOut();
    log[isTold ? 'debug' : 'warn'](
      { ...task.logged, attempts: task.attempts, startAfter: nextAttemptAt },
      `upstream copy not deleted yet: ${answer.reason}`,
    );
    await prisma.$transaction(async (tx) => {
      await task.sendAgain(tx, attempts, nextAttemptAt);
      await markUpstreamRetrying(tx, sid, answer, { attempts, nextAttemptAt });
    });
  };
}

const MINUTE = 60;
const HOUR = 3600;
// Twilio wants more than a minute after arrival [error 20009], rarely up to 14 days.
const WAITING_LONG_SECONDS = HOUR;
const LONG_PAUSE_SECONDS = 15 * MINUTE;
const MAX_PAUSE_SECONDS = 6 * HOUR;
// Wrong credentials are mended by a person.
const MIN_REFUSED_SECONDS = 5 * MINUTE;

/**
 * When to ask Twilio again to delete something. "Too early" is asked at a steady pace, a minute and
 * after an hour a quarter of an hour; for all else pauses double from a minute up to six hours. Never
 * before Twilio allows it, with up to a quarter more as jitter, and for ever: what was promised to be
 * deleted is not given up.
 *
 * @param tries so far, at least 1
 * @param waitedSeconds since it was to be deleted
 * @param random from 0 to 1
 * @returns seconds from now
 */
export function upstreamPause(
  { trouble, retryAfterSeconds }: Extract<UpstreamAnswer, { done: false }>,
  tries: number,
  waitedSeconds: number,
  random = Math.random(),
): number {
  const steady = waitedSeconds < WAITING_LONG_SECONDS ? MINUTE : LONG_PAUSE_SECONDS;
  const doubled = Math.min(MINUTE * 2 ** Math.min(tries - 1, 16), MAX_PAUSE_SECONDS);
  const least = trouble === 'refused' ? MIN_REFUSED_SECONDS : 0;
  const pause = trouble === 'too-early' ? steady : Math.max(doubled, least);
  return Math.max(pause, retryAfterSeconds) * (1 + random / 4);
}
