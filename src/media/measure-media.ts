import type { Database, Transaction } from '../database/database.ts';
import { type MediaPlace, NEWEST_MEDIA_FIRST } from '../database/media-scan.ts';
import { countRows, type ScanOrder } from '../database/scan-rows.ts';
import { MediaState, Moderation, Prisma } from '../generated/prisma/client.ts';
import { shareInProportion } from '../lifecycle/share-results.ts';
import type { Metrics } from '../monitoring/metrics.ts';

// A fiftieth of the database's time at most, however many attachments there are and however often it is asked.
const SHARE_FACTOR = 50;

/** The columns of the indexes alone, so that no row of the table is read. */
const PLACES: ScanOrder<MediaPlace> = {
  ...NEWEST_MEDIA_FIRST,
  columns: { receivedAt: 'received_at', messageSid: 'message_sid', index: 'index' },
};

/** Counts the attachments of a state, or moderation state, in windows of its index. */
function countWhere(db: Transaction, isCounted: Prisma.Sql): Promise<number> {
  return countRows(db, PLACES, { ranges: [isCounted], filter: Prisma.sql`true` });
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
