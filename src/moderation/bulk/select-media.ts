import type { Caller } from '../../auth/api-keys.ts';
import type { Transaction } from '../../database/database.ts';
import { mediaSelection, NEWEST_MEDIA_FIRST } from '../../database/media-scan.ts';
import { countRows, type ScanSelection, scanRows } from '../../database/scan-rows.ts';
import { type BulkOutcome, type MediaState, Prisma } from '../../generated/prisma/client.ts';
import { DECISIONS, SCAN_FAILED } from '../decisions.ts';
import { isOffered } from '../queues/own-queues.ts';
import { queueOrder, queueSelection } from '../queues/queues.ts';
import { isAtHandOfOthers } from '../reviews/at-hand.ts';
import type { BulkAction, BulkCounts, BulkRequest } from './bulk-schemas.ts';

/** Rows per statement: none blocks others for long, however many rows are selected. */
const BATCH = 1000;

type Db = Pick<Transaction, '$queryRaw'>;
type Selecting = Pick<BulkRequest, 'action' | 'sids' | 'queue' | 'filter'>;
/** Who requests an act, and on what they work. */
export type Selector = Pick<Caller, 'name' | 'work'>;

/** An attachment that a bulk act selects; `outcome` when it is known in advance, else null. */
export interface Selected {
  mediaSid: string;
  outcome: BulkOutcome | null;
}

export function noCounts(): BulkCounts {
  return {
    todo: 0,
    changed: 0,
    unchanged: 0,
    unknown: 0,
    deleted: 0,
    claimed: 0,
    decided: 0,
    undone: 0,
  };
}

/** Counts the media that a request selects, by the outcome that is known in advance. */
export async function countMedia(
  db: Db,
  request: Selecting,
  selector: Selector,
): Promise<BulkCounts> {
  const { action, sids, queue, filter = {} } = request;
  const counts = noCounts();
  if (sids !== undefined) {
    for (const batch of batchesOf(sids)) {
      const atHand = action === 'scan' ? [] : await findAtHand(db, selector, batch);
      for (const { mediaSid, outcome } of await readOutcomes(db, batch, action)) {
        const isLeft = outcome === null && atHand.includes(mediaSid);
        counts[isLeft ? 'claimed' : (outcome ?? 'todo')] += 1;
      }
    }
    return counts;
  }
  const selection = await selectionOf(db, request, selector);
  const total = await countSelection(db, request, selection);
  // Either all of the selected media are deleted, or none is.
  if (queue === undefined && filter.state === 'deleted') return { ...counts, deleted: total };
  const unchanged =
    action === 'delete'
      ? 0
      : await countSelection(db, request, {
          ...selection,
          filter: Prisma.sql`${selection.filter} AND ${isDone(action)}`,
        });
  const claimed = action === 'scan' ? 0 : await countAtHand(db, selection, action, selector);
  return { ...counts, todo: total - unchanged - claimed, unchanged, claimed };
}

/** The media that a request selects, in batches. */
export async function* selectMedia(
  db: Db,
  request: Selecting,
  selector: Selector,
): AsyncGenerator<Selected[]> {
  const { action, sids, queue } = request;
  if (sids !== undefined) {
    for (const batch of batchesOf(sids)) yield await readOutcomes(db, batch, action);
    return;
  }
  const selection = await selectionOf(db, request, selector);
  const windows =
    queue === undefined
      ? scanRows(db, NEWEST_MEDIA_FIRST, selection)
      : scanRows(db, queueOrder(queue), selection);
  for await (const rows of windows) {
    const batch = rows.map(({ sid }) => sid);
    yield await readOutcomes(db, batch, action);
  }
}

/** A queue contains what it would offer the selector. */
function selectionOf(db: Db, { queue, filter = {} }: Selecting, selector: Selector) {
  return queue === undefined
    ? mediaSelection(db, filter)
    : queueSelection(db, queue, filter, isOffered(selector));
}

function countSelection(db: Db, { queue }: Selecting, selection: ScanSelection): Promise<number> {
  return queue === undefined
    ? countRows(db, NEWEST_MEDIA_FIRST, selection)
    : countRows(db, queueOrder(queue), selection);
}

function* batchesOf(sids: readonly string[]): Generator<string[]> {
  const wanted = [...new Set(sids)].sort();
  for (let start = 0; start < wanted.length; start += BATCH) {
    yield wanted.slice(start, start + BATCH);
  }
}

async function readOutcomes(
  db: Db,
  sids: readonly string[],
  action: BulkAction,
): Promise<Selected[]> {
  const rows = await db.$queryRaw<{ sid: string; state: MediaState; isDone: boolean }[]>`
    SELECT sid, state, ${isDone(action)} AS "isDone" FROM media WHERE sid = ANY(${[...sids]})`;
  const found = new Map(rows.map((row) => [row.sid, row]));
  return sids.map((mediaSid) => {
    const row = found.get(mediaSid);
    if (row === undefined) return { mediaSid, outcome: 'unknown' };
    if (row.state === 'deleted') return { mediaSid, outcome: 'deleted' };
    return { mediaSid, outcome: row.isDone ? 'unchanged' : null };
  });
}

/**
 * The condition that an action would change nothing. A decision about what has the state already still confirms that of a
 * rule, and answers reports and an escalation.
 */
function isDone(action: BulkAction): Prisma.Sql {
  if (action === 'delete') return Prisma.sql`false`;
  if (action === 'scan') return Prisma.sql`state <> 'stored'`;
  return Prisma.sql`(moderation = ${DECISIONS[action].moderation}::"Moderation"
    AND reported_at IS NULL AND escalated_at IS NULL AND NOT coalesce(
      (moderation = 'quarantined' AND starts_with(decided_by, 'system:'))
        OR (moderation = 'held' AND decided_by = 'system:scan' AND decision_code = ${SCAN_FAILED}),
      false))`;
}

/** Which of some media somebody else works on. */
async function findAtHand(db: Db, { name }: Selector, sids: readonly string[]): Promise<string[]> {
  const rows = await db.$queryRaw<{ sid: string }[]>`
    SELECT sid FROM media WHERE sid = ANY(${[...sids]}) AND ${isAtHandOfOthers(name)}`;
  return rows.map(({ sid }) => sid);
}

/** How many of a selection somebody else works on that would change: there are few, so they are looked up. */
async function countAtHand(
  db: Db,
  { filter }: ScanSelection,
  action: BulkAction,
  { name }: Selector,
): Promise<number> {
  const [{ count }] = await db.$queryRaw<[{ count: number }]>`
    SELECT count(*)::int AS count FROM media
    WHERE sid IN (
        SELECT media_sid FROM claim WHERE ended_at IS NULL AND owner <> ${name}
        UNION SELECT media_sid FROM delayed_act WHERE state = 'waiting' AND requested_by <> ${name})
      AND ${isAtHandOfOthers(name)} AND (${filter}) AND NOT ${isDone(action)}`;
  return count;
}
