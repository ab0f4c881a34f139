import pLimit from 'p-limit';
import type { Database } from '../database/database.ts';
import { firstPage, type ListedMessage, readMessagePage, type Selection } from './message-page.ts';
import type { ReadTwilio } from './read-twilio.ts';
import type { TakeInMessage } from './take-in-message.ts';

/** The progress of one account. Counts are messages with media. */
export interface AccountProgress {
  /** Path and query of the next page; null at the start. */
  page: string | null;
  /** When the oldest message of the last page was sent; pages go backwards in time. */
  reachedAt: Date | null;
  /** In Twilio's list. */
  listed: number;
  /** Of those, not in the database: `takenIn` plus `failed`; in a dry run all without a row. */
  missing: number;
  takenIn: number;
  failed: number;
  /** Only in a dry run, at most `MAX_MISSING_SIDS`. */
  missingSids: string[];
}

export const MAX_MISSING_SIDS = 100;
// Concurrent requests to Twilio.
const CONCURRENCY = 4;

interface ReconcileAccountDeps {
  database: Database;
  readTwilio: ReadTwilio;
  takeInMessage: TakeInMessage;
  /** Called for every message that was taken in. */
  onReconciled?: ((count: number) => void) | undefined;
}

interface AccountTask {
  accountSid: string;
  selection: Selection;
  dryRun: boolean;
  /** The progress of an earlier run; updated in place. */
  progress: AccountProgress;
  /** Called after each page, and before an error is thrown. */
  save(progress: AccountProgress): Promise<void>;
}

/**
 * Takes in the messages with media that Twilio lists for an account and that are not in the database.
 * A message that is in the database is never changed, whatever the state of its media.
 *
 * @throws TwilioError; errors of `save` and the database; the reason of `signal`
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

  /** @returns how many failed; `takenIn` is counted immediately, because the page may be read again */
  async function takeIn(
    { accountSid, progress }: AccountTask,
    messages: ListedMessage[],
    signal: AbortSignal,
  ): Promise<number> {
    const limit = pLimit({ concurrency: CONCURRENCY, rejectOnClear: true });
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
          // The other requests would fail in the same way.
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
