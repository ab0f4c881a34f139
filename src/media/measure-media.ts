import { setImmediate } from 'node:timers/promises';
import type { Database, Transaction } from '../database/database.ts';
import { MediaState, Moderation, Prisma } from '../generated/prisma/client.ts';
import { shareInProportion } from '../lifecycle/share-results.ts';
import type { Metrics } from '../monitoring/metrics.ts';

// A fiftieth of the database's time at most, however many attachments there are and however often it is asked.
const SHARE_FACTOR = 50;
/** Entries of a window: they are read from the index alone, or nearly so. */
const MAX_COUNTED = 5000;

interface Window {
  /** How many entries. */
  count: number;
  /** The place of its last one; null when it is empty. */
  receivedAt: Date | null;
  messageSid: string | null;
  index: number | null;
}

/** Counts the attachments of a state, or moderation state, in windows of its index. */
async function countWhere(db: Transaction, isCounted: Prisma.Sql): Promise<number> {
  let count = 0;
  for (let last: Window | undefined; ; ) {
    const behind: Prisma.Sql =
      last === undefined
        ? Prisma.sql`true`
        : Prisma.sql`(received_at, message_sid) <= (${last.receivedAt}, ${last.messageSid})
            AND NOT (received_at = ${last.receivedAt} AND message_sid = ${last.messageSid} AND index <= ${last.index})`;
    const [window] = await db.$queryRaw<[Window]>`
      WITH scanned AS MATERIALIZED (
        SELECT received_at, message_sid, index FROM media WHERE ${isCounted} AND ${behind}
        ORDER BY received_at DESC, message_sid DESC, index LIMIT ${MAX_COUNTED}
      )
      SELECT total.count, ends.* FROM (SELECT count(*)::int AS count FROM scanned) AS total LEFT JOIN (
        SELECT received_at AS "receivedAt", message_sid AS "messageSid", index FROM scanned
        ORDER BY received_at, message_sid, index DESC LIMIT 1
      ) AS ends ON true`;
    count += window.count;
    if (window.count < MAX_COUNTED) return count;
    last = window;
    // The embedded database runs one statement at a time: other work gets a turn between windows.
    await setImmediate();
  }
}

/** How many attachments are in each state and moderation state, as metrics. Deleted ones have a row left. */
export function measureMedia(metrics: Metrics, { lists }: Pick<Database, 'lists'>): void {
  const count = shareInProportion(
    () =>
      lists.read(async (db) => {
        const states = [];
        for (const state of Object.values(MediaState)) {
          const isCounted = Prisma.sql`state = ${state}::"MediaState"`;
          states.push([{ state }, await countWhere(db, isCounted)] as const);
        }
        const moderations = [];
        for (const moderation of Object.values(Moderation)) {
          const isCounted = Prisma.sql`moderation = ${moderation}::"Moderation"`;
          moderations.push([{ moderation }, await countWhere(db, isCounted)] as const);
        }
        return { states, moderations };
      }),
    SHARE_FACTOR,
  );
  metrics.gaugeBy(
    ['state'],
    'mms_inbox_media',
    'Attachments by state; counted every now and then',
    async () => (await count()).states,
  );
  metrics.gaugeBy(
    ['moderation'],
    'mms_inbox_media_moderation',
    'Attachments by moderation state; counted with those by state',
    async () => (await count()).moderations,
  );
}
