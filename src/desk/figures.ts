import { setImmediate } from 'node:timers/promises';
import { ALL_WORK } from '../auth/api-keys.ts';
import type { Database, Transaction } from '../database/database.ts';
import { Prisma } from '../generated/prisma/client.ts';
import { shareInProportion } from '../lifecycle/share-results.ts';
import { QUEUES } from '../moderation/queues/queues.ts';
import type { CountQueues } from './count-queues.ts';
import type { Figures } from './figures-operations.ts';

const HOURS = 24;
const HOUR_MS = 3_600_000;
/** Entries of a window: the embedded database runs one statement at a time. */
const MAX_COUNTED = 5000;
const MAX_MODERATORS = 100;
// So that pages that ask again and again take at most a twentieth of the database's time.
const SHARE_FACTOR = 20;

/** The condition of the partial index of the audit log: parameters would keep PostgreSQL from using it. */
const IS_DECISION = Prisma.sql`action = ANY (ARRAY['media.approve', 'media.hold', 'media.quarantine', 'media.delete'])
  AND NOT starts_with(actor, 'system:')`;

const WAS_DECIDED = Prisma.sql`before ->> 'decidedBy' <> actor
  AND ((before ->> 'moderation' = 'quarantined' AND action = 'media.approve')
    OR (before ->> 'moderation' = 'visible' AND action IN ('media.quarantine', 'media.delete')))`;
const IS_BY_RULE = Prisma.sql`starts_with(before ->> 'decidedBy', 'system:')`;
const LOOKED_ALIKE = Prisma.sql`before ->> 'decidedBy' = 'system:blocklist'
  AND before ->> 'reason' LIKE '%, distance %' AND action <> 'media.hold'`;
const HAD_VERDICT = Prisma.sql`before ->> 'verdict' IN ('allow', 'quarantine', 'delete')
  AND action <> 'media.hold'`;
const APPROVED = Prisma.sql`action = 'media.approve'`;

/** Counts of the decisions with one action, by one person, within one hour. */
interface Group {
  hour: Date;
  actor: string;
  action: string;
  count: number;
  ofPeople: number;
  ofRules: number;
  lookAlikes: number;
  lookAlikesApproved: number;
  verdicts: number;
  verdictsShared: number;
  /** Whether these are entries of undos, which restore decisions of others and are none themselves. */
  isUndo: boolean;
  /** The last entry of its window. */
  lastAt: Date;
  lastId: bigint;
  /** How many entries the window has. */
  seen: number;
}

/** Reads what was decided since the beginning of the hour 23 hours ago, from the audit log. Results are shared. */
export type ReadFigures = () => Promise<Figures>;

export function createReadFigures({ lists }: Database, countQueues: CountQueues): ReadFigures {
  async function readGroups(db: Transaction, since: Date): Promise<Group[]> {
    const groups: Group[] = [];
    for (let last = { at: since, id: 0n }; ; ) {
      const window = await readWindow(db, last);
      groups.push(...window.filter(({ isUndo }) => !isUndo));
      const [first] = window;
      if (first === undefined || first.seen < MAX_COUNTED) return groups;
      last = { at: first.lastAt, id: first.lastId };
      // Other work gets a turn between windows.
      await setImmediate();
    }
  }

  return shareInProportion(async () => {
    const counts = await countQueues(ALL_WORK);
    const { since, groups } = await lists.read(async (db) => {
      const [{ since }] = await db.$queryRaw<[{ since: Date }]>`
        SELECT date_trunc('hour', now(), 'UTC') - make_interval(hours => ${HOURS - 1}::int) AS since`;
      return { since, groups: await readGroups(db, since) };
    });
    const sum = (
      field: Exclude<keyof Group, 'hour' | 'actor' | 'action' | 'isUndo' | 'lastAt' | 'lastId'>,
    ) => groups.reduce((total, group) => total + group[field], 0);
    const shared = sum('verdictsShared');
    const approved = sum('lookAlikesApproved');
    return {
      queues: QUEUES.map((name) => ({ name, ...counts[name] })),
      since,
      hours: Array.from({ length: HOURS }, (_, hour) => {
        const at = new Date(since.getTime() + hour * HOUR_MS);
        return { at, ...decided(groups.filter((group) => group.hour.getTime() === at.getTime())) };
      }),
      moderators: byModerator(groups),
      overturned: { ofPeople: sum('ofPeople'), ofRules: sum('ofRules') },
      agreement: {
        classifier: { agreed: shared, disagreed: sum('verdicts') - shared },
        lookAlikes: { agreed: sum('lookAlikes') - approved, disagreed: approved },
      },
    };
  }, SHARE_FACTOR);
}

function readWindow(db: Transaction, last: { at: Date; id: bigint }): Promise<Group[]> {
  return db.$queryRaw<Group[]>`
    WITH scanned AS MATERIALIZED (
      SELECT at, id, actor, action, before, after ->> 'undoOf' IS NOT NULL AS "isUndo"
      FROM audit_entry
      WHERE ${IS_DECISION} AND (at, id) > (${last.at}, ${last.id})
      ORDER BY at, id LIMIT ${MAX_COUNTED}
    ), ends AS (
      SELECT at AS "lastAt", id AS "lastId", (SELECT count(*)::int FROM scanned) AS seen
      FROM scanned ORDER BY at DESC, id DESC LIMIT 1
    )
    SELECT date_trunc('hour', at, 'UTC') AS hour, actor, action, count(*)::int AS count,
      (count(*) FILTER (WHERE ${WAS_DECIDED} AND NOT ${IS_BY_RULE}))::int AS "ofPeople",
      (count(*) FILTER (WHERE ${WAS_DECIDED} AND ${IS_BY_RULE}))::int AS "ofRules",
      (count(*) FILTER (WHERE ${LOOKED_ALIKE}))::int AS "lookAlikes",
      (count(*) FILTER (WHERE ${LOOKED_ALIKE} AND ${APPROVED}))::int AS "lookAlikesApproved",
      (count(*) FILTER (WHERE ${HAD_VERDICT}))::int AS verdicts,
      (count(*) FILTER (
        WHERE ${HAD_VERDICT} AND (before ->> 'verdict' = 'allow') = (${APPROVED})))::int AS "verdictsShared",
      "isUndo", "lastAt", "lastId", seen
    FROM scanned, ends GROUP BY hour, actor, action, "isUndo", "lastAt", "lastId", seen`;
}

function byModerator(groups: readonly Group[]): Figures['moderators'] {
  const total = (own: readonly Group[]) => own.reduce((sum, { count }) => sum + count, 0);
  return [...Map.groupBy(groups, ({ actor }) => actor)]
    .toSorted(([, one], [, other]) => total(other) - total(one))
    .slice(0, MAX_MODERATORS)
    .map(([name, own]) => ({ name, ...decided(own) }));
}

/** How often each was decided. */
function decided(groups: readonly Group[]) {
  const times = (decision: string) =>
    groups
      .filter(({ action }) => action === `media.${decision}`)
      .reduce((sum, { count }) => sum + count, 0);
  return {
    approve: times('approve'),
    hold: times('hold'),
    quarantine: times('quarantine'),
    delete: times('delete'),
  };
}
