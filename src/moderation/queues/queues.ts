import type { Transaction } from '../../database/database.ts';
import {
  allOf,
  chooseRanges,
  type ScanOrder,
  type ScanSelection,
} from '../../database/scan-rows.ts';
import { Prisma } from '../../generated/prisma/client.ts';

/** The queues of moderators' work. An attachment may be in several; whoever takes it, takes it from all of them. */
export const QUEUES = ['held', 'quarantined', 'reported', 'failed', 'escalated'] as const;

export type QueueName = (typeof QUEUES)[number];

/** Which media of a queue; all that are given must match. */
export interface QueueFilter {
  from?: string | undefined;
  to?: string | undefined;
  /** A content type or a prefix of one. */
  contentType?: string | undefined;
  /** Of the decision, or of an open report. */
  reasonCode?: string | undefined;
  /** Of the classifier. */
  label?: string | undefined;
  receivedAfter?: Date | undefined;
  receivedBefore?: Date | undefined;
}

/** The place of an attachment in a queue: since when it waits, which its queue's column says. */
export interface QueuePlace {
  since: Date;
  sid: string;
}

interface Queue {
  order: ScanOrder<QueuePlace>;
  /** The condition of its partial index: parameters would keep PostgreSQL from using it. */
  members: Prisma.Sql;
}

const IS_PLAIN = Prisma.sql`escalated_at IS NULL`;

const BY_QUEUE: Record<QueueName, Queue> = {
  held: {
    order: orderedBy('received_at'),
    members: Prisma.sql`moderation = 'held' AND state = 'stored' AND ${IS_PLAIN}`,
  },
  quarantined: {
    order: orderedBy('received_at'),
    members: Prisma.sql`moderation = 'quarantined' AND state = 'stored'
      AND starts_with(decided_by, 'system:') AND ${IS_PLAIN}`,
  },
  reported: {
    order: orderedBy('reported_at'),
    members: Prisma.sql`reported_at IS NOT NULL AND state <> 'deleted' AND ${IS_PLAIN}`,
  },
  // What is quarantined needs no fetch any more: a moderator has decided, or its sender is refused.
  failed: {
    order: orderedBy('received_at'),
    members: Prisma.sql`state = 'failed' AND moderation <> 'quarantined' AND ${IS_PLAIN}`,
  },
  escalated: {
    order: orderedBy('escalated_at'),
    members: Prisma.sql`escalated_at IS NOT NULL AND state <> 'deleted'`,
  },
};

function orderedBy(column: string): ScanOrder<QueuePlace> {
  const since = Prisma.raw(column);
  return {
    table: Prisma.sql`media`,
    columns: { since: column, sid: 'sid' },
    orderBy: Prisma.sql`${since}, sid`,
    after: (place) => Prisma.sql`(${since}, sid) > (${place.since}, ${place.sid})`,
  };
}

/** The order of a queue: what waits longest comes first. */
export function queueOrder(name: QueueName): ScanOrder<QueuePlace> {
  return BY_QUEUE[name].order;
}

/** The condition that an attachment is in a queue. */
export function isInQueue(name: QueueName): Prisma.Sql {
  return Prisma.sql`(${BY_QUEUE[name].members})`;
}

/**
 * The rows of a queue that match a filter.
 *
 * @param also one more condition
 */
export async function queueSelection(
  db: Pick<Transaction, '$queryRaw'>,
  name: QueueName,
  filter: QueueFilter = {},
  also?: Prisma.Sql,
): Promise<ScanSelection> {
  const { order, members } = BY_QUEUE[name];
  const { from, to, receivedAfter, receivedBefore } = filter;
  const sent = [
    from === undefined ? undefined : Prisma.sql`"from" = ${from}`,
    to === undefined ? undefined : Prisma.sql`"to" = ${to}`,
  ].filter((condition) => condition !== undefined);
  const received = allOf([
    receivedAfter && Prisma.sql`received_at >= ${receivedAfter}`,
    receivedBefore && Prisma.sql`received_at < ${receivedBefore}`,
  ]);
  const { since } = order.columns;
  // What a sender has sent is in an index by its time of receipt only: in another order all of it would be sorted.
  const ranges = [members, ...(since === 'received_at' ? sent : [])];
  const candidates = ranges.map((range) => [Prisma.sql`${range} AND ${received}`]);
  const distance = Prisma.sql`extract(epoch FROM ${Prisma.raw(since)})`;
  return {
    ranges: await chooseRanges(db, { ...order, distance }, candidates),
    filter: allOf([isInQueue(name), ...sent, ...contentConditions(filter), also]),
  };
}

function contentConditions({ contentType, reasonCode, label }: QueueFilter) {
  return [
    contentType === undefined
      ? undefined
      : Prisma.sql`starts_with(coalesce(content_type, declared_content_type), ${contentType})`,
    reasonCode === undefined
      ? undefined
      : Prisma.sql`(decision_code = ${reasonCode} OR (reported_at IS NOT NULL AND EXISTS (
          SELECT 1 FROM report
          WHERE report.media_sid = media.sid AND resolved_at IS NULL AND reason_code = ${reasonCode})))`,
    label === undefined
      ? undefined
      : Prisma.sql`(SELECT scan -> 'labels' ? ${label} FROM blob WHERE blob.sha256 = media.blob_sha256)`,
  ];
}
