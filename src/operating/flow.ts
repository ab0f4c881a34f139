import { setImmediate } from 'node:timers/promises';
import type { Database } from '../database/database.ts';
import { type MediaPlace, NEWEST_MEDIA_FIRST } from '../database/media-scan.ts';
import { type MessageKey, NEWEST_MESSAGE_FIRST } from '../database/message-order.ts';
import { Prisma } from '../generated/prisma/client.ts';
import { shareInProportion } from '../lifecycle/share-results.ts';
import type { Flow, FlowHour } from './flow-operations.ts';

const HOUR_MS = 3_600_000;
/** Rows of a window: the embedded database runs one statement at a time. */
const MAX_COUNTED = 1000;
// So that pages that ask again and again take at most a twentieth of the database's time.
const SHARE_FACTOR = 20;
/** Delays are grouped by the logarithm of their seconds, ten groups for each power of e: 5 % to each side. */
const GROUPS = 10;

/** Attachments of one hour with the same outcome, and of those that are stored with about the same delay. */
interface MediaGroup {
  hour: Date;
  outcome: 'stored' | 'failed' | 'waiting' | 'other';
  /** Rounded logarithm of the delay; null unless stored. */
  delay: number | null;
  count: number;
}

/** Reads throughput and delay of the last 24 or 48 hours. Results are shared. */
export function createReadFlow({ prisma }: Database): (hours: number) => Promise<Flow> {
  const share = (hours: number) => shareInProportion(() => read(hours), SHARE_FACTOR);
  const shared = new Map([24, 48].map((hours) => [hours, share(hours)]));
  return (hours) => (shared.get(hours) ?? share(hours))();

  async function read(count: number): Promise<Flow> {
    const [{ since }] = await prisma.$queryRaw<[{ since: Date }]>`
      SELECT date_trunc('hour', now(), 'UTC') - make_interval(hours => ${count - 1}::int) AS since`;
    const messages = await readMessages(since);
    const media = Map.groupBy(await readMedia(since), ({ hour }) => hour.getTime());
    const refusals = await prisma.$queryRaw<{ hour: Date; count: number }[]>`
      SELECT hour, sum(count)::int AS count FROM refused_webhook WHERE hour >= ${since} GROUP BY hour`;
    const refused = new Map(refusals.map(({ hour, count }) => [hour.getTime(), count]));
    const hours = Array.from({ length: count }, (_, hour): FlowHour => {
      const at = new Date(since.getTime() + hour * HOUR_MS);
      return {
        at,
        messages: messages.get(at.getTime()) ?? 0,
        ...outcomes(media.get(at.getTime()) ?? []),
        refused: refused.get(at.getTime()) ?? 0,
      };
    });
    return { since, hours };
  }

  async function readMessages(since: Date): Promise<Map<number, number>> {
    const counts = new Map<number, number>();
    for (let last: MessageKey | undefined; ; ) {
      const { orderBy, after } = NEWEST_MESSAGE_FIRST;
      const behind = last === undefined ? Prisma.sql`true` : after(last);
      const rows = await prisma.$queryRaw<
        (MessageKey & { hour: Date; count: number; seen: number })[]
      >`
        WITH scanned AS MATERIALIZED (
          SELECT received_at, sid FROM message WHERE received_at >= ${since} AND ${behind}
          ORDER BY ${orderBy} LIMIT ${MAX_COUNTED}
        ), ends AS (
          SELECT received_at AS "receivedAt", sid, (SELECT count(*)::int FROM scanned) AS seen
          FROM scanned ORDER BY received_at, sid LIMIT 1
        )
        SELECT date_trunc('hour', scanned.received_at, 'UTC') AS hour, count(*)::int AS count,
          "receivedAt", ends.sid, seen
        FROM scanned, ends GROUP BY hour, "receivedAt", ends.sid, seen`;
      for (const { hour, count } of rows) {
        counts.set(hour.getTime(), (counts.get(hour.getTime()) ?? 0) + count);
      }
      const [first] = rows;
      if (first === undefined || first.seen < MAX_COUNTED) return counts;
      last = first;
      // Other work gets a turn between windows.
      await setImmediate();
    }
  }

  async function readMedia(since: Date): Promise<MediaGroup[]> {
    const groups: MediaGroup[] = [];
    for (let last: MediaPlace | undefined; ; ) {
      const { orderBy, after } = NEWEST_MEDIA_FIRST;
      const behind = last === undefined ? Prisma.sql`true` : after(last);
      const rows = await prisma.$queryRaw<(MediaPlace & MediaGroup & { seen: number })[]>`
        WITH scanned AS MATERIALIZED (
          SELECT received_at, message_sid, index, CASE
              WHEN stored_at IS NOT NULL THEN 'stored' WHEN state = 'failed' THEN 'failed'
              WHEN state = 'pending' THEN 'waiting' ELSE 'other' END AS outcome,
            round(${GROUPS}::int * ln(greatest(extract(epoch FROM stored_at - received_at), 0.001)))::int AS delay
          FROM media WHERE received_at >= ${since} AND ${behind} ORDER BY ${orderBy} LIMIT ${MAX_COUNTED}
        ), ends AS (
          SELECT received_at AS "receivedAt", message_sid AS "messageSid", index,
            (SELECT count(*)::int FROM scanned) AS seen
          FROM scanned ORDER BY received_at, message_sid, index DESC LIMIT 1
        )
        SELECT date_trunc('hour', received_at, 'UTC') AS hour, outcome, delay, count(*)::int AS count,
          "receivedAt", "messageSid", ends.index, seen
        FROM scanned, ends GROUP BY hour, outcome, delay, "receivedAt", "messageSid", ends.index, seen`;
      groups.push(...rows);
      const [first] = rows;
      if (first === undefined || first.seen < MAX_COUNTED) return groups;
      last = first;
      await setImmediate();
    }
  }
}

/** The attachments of one hour. */
function outcomes(groups: readonly MediaGroup[]): Omit<FlowHour, 'at' | 'messages' | 'refused'> {
  const total = (outcome: MediaGroup['outcome']) =>
    groups.reduce((sum, group) => sum + (group.outcome === outcome ? group.count : 0), 0);
  const delays = groups
    .flatMap(({ delay, count }) => (delay === null ? [] : [{ delay, count }]))
    .toSorted((one, other) => one.delay - other.delay);
  return {
    stored: total('stored'),
    failed: total('failed'),
    waiting: total('waiting'),
    delay: { p50: percentile(delays, 0.5), p95: percentile(delays, 0.95) },
  };
}

/** @param sorted by delay */
function percentile(
  sorted: readonly { delay: number; count: number }[],
  share: number,
): number | null {
  const total = sorted.reduce((sum, { count }) => sum + count, 0);
  let seen = 0;
  const found = sorted.find(({ count }) => {
    seen += count;
    return seen >= total * share;
  });
  return found === undefined ? null : Number(Math.exp(found.delay / GROUPS).toPrecision(3));
}
