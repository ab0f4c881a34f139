import pLimit from 'p-limit';
import type { Database } from '../database/database.ts';
import { firstPage, type ListedMessage, readMessagePage, type Selection } from './message-page.ts';
import type { ReadTwilio } from './read-twilio.ts';
import type { TakeInMessage } from './take-in-message.ts';

/** How far one account is. Counts are messages with media. */
export interface AccountProgress {
  /** Path and query of the page to read next; null at the beginning. */
  page: string | null;
  /** When the oldest message of the last page was sent; pages go backwards in time. */
  reachedAt: Date | null;
  /** At Twilio. */
  listed: number;
  /** Of those not here: `takenIn` and `failed`, or in a dry run what has no row. */
  missing: number;
  takenIn: number;
  failed: number;
  /** Of a dry run, up to `MAX_MISSING_SIDS`. */
  missingSids: string[];
}

export const MAX_MISSING_SIDS = 100;
// Requests to Twilio at a time.
const AT_ONCE = 4;

interface ReconcileAccountDeps {
  database: Database;
  readTwilio: ReadTwilio;
  takeInMessage: TakeInMessage;
  /** Hears of every message that was taken in. */
  onReconciled?: ((count: number) => void) | undefined;
}

interface AccountTask {
  accountSid: string;
  selection: Selection;
  dryRun: boolean;
  /** Where an earlier run has stopped; changed as this one goes on. */
  progress: AccountProgress;
  /** Called after each page, and before an error is thrown. */
  save(progress: AccountProgress): Promise<void>;
}

/**
 * Takes in the messages with media that Twilio lists for an account and that are not here. A message
 * that is here, whatever became of its media, is never touched.
 *
 * @throws TwilioError; what `save` and the database throw; the reason of `signal`
 */
export type ReconcileAccount = (task: AccountTask, signal: AbortSignal) => Promise<void>;

export const NO_PROGRESS: Readonly<Omit<AccountProgress, 'missingSids'>> = {
  page: null,
  reachedAt: null,
  listed: 0,
  missing: 0,
  takenIn: 0,
  failed: 0,
};

export function createReconcileAccount(deps: ReconcileAccountDeps): ReconcileAccount {
  const { database, readTwilio, takeInMessage, onReconciled } = deps;

  async function findMissing(messages: ListedMessage[]): Promise<ListedMessage[]> {
    const known = await database.prisma.message.findMany({
      where: { sid: { in: messages.map(({ sid }) => sid) } },
      select: { sid: true },
    });
    const sids = new Set(known.map(({ sid }) => sid));
    return messages.filter(({ sid }) => !sids.has(sid));
  }

  /** @returns how many failed; those taken in are counted at once, the page may be read again */
  async function takeIn(
    { accountSid, progress }: AccountTask,
    messages: ListedMessage[],
    signal: AbortSignal,
  ): Promise<number> {
    const limit = pLimit({ concurrency: AT_ONCE, rejectOnClear: true });
    let failed = 0;
    const one = async (message: ListedMessage) => {
      const outcome = await takeInMessage(accountSid, message, signal);
      if (outcome === 'failed') failed += 1;
      if (outcome !== 'new') return;
      progress.takenIn += 1;
      progress.missing += 1;
      onReconciled?.(1);
    };
    const all = await Promise.allSettled(
      messages.map((message) =>
        limit(one, message).catch((error) => {
          // The others would meet the same trouble.
          limit.clearQueue();
          throw error;
        }),
      ),
    );
    const rejected = all.find(({ status }) => status === 'rejected');
    if (rejected?.status === 'rejected') throw rejected.reason;
    return failed;
  }

  return async (task, signal) => {
    const { accountSid, selection, dryRun, progress, save } = task;
    let path: string | null = progress.page ?? firstPage(accountSid, selection);
    while (path !== null) {
      const page = readMessagePage(accountSid, await readTwilio(accountSid, path, signal));
      const missing = await findMissing(page.messages);
      if (dryRun) {
        const room = MAX_MISSING_SIDS - progress.missingSids.length;
        progress.missingSids.push(...missing.slice(0, room).map(({ sid }) => sid));
        progress.missing += missing.length;
      } else {
        const failed = await takeIn(task, missing, signal).catch(async (error) => {
          await save(progress);
          throw error;
        });
        progress.failed += failed;
        progress.missing += failed;
      }
      progress.listed += page.messages.length + page.unreadable;
      progress.failed += page.unreadable;
      progress.missing += page.unreadable;
      progress.reachedAt = page.reachedAt ?? progress.reachedAt;
      progress.page = page.next;
      await save(progress);
      path = page.next;
    }
  };
}
