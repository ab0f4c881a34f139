import type { BulkAct, BulkBody } from '../api/types.ts';
import { type QueueFilter, type QueueName, queueQueryOf } from '../desk/queue-filter.ts';
import { type Filter, queryOf } from '../find/filter.ts';

/** What a moderator may do with many attachments at once, in the order in which it is offered. */
export const BULK_ACTIONS = ['approve', 'hold', 'quarantine', 'delete', 'scan'] as const;
export type BulkAction = (typeof BULK_ACTIONS)[number];

/** Which attachments: certain ones, all that a filter finds, or all of a queue that its filter finds. */
export type BulkSelection =
  | { kind: 'sids'; sids: readonly string[] }
  | { kind: 'filter'; filter: Filter }
  | { kind: 'queue'; name: QueueName; filter: QueueFilter };

/**
 * As the API takes it.
 *
 * @param now what is older than some hours is older than that at this time; in milliseconds
 */
export function selectionBody(
  selection: BulkSelection,
  now = Date.now(),
): Pick<BulkBody, 'sids' | 'queue' | 'filter'> {
  switch (selection.kind) {
    case 'sids':
      return { sids: [...selection.sids] };
    case 'filter':
      return { filter: queryOf(selection.filter) };
    case 'queue':
      return { queue: selection.name, filter: queueQueryOf(selection.filter, now) };
  }
}

/** Whether it is everything that is stored here. */
export function isEverything(selection: BulkSelection): boolean {
  return selection.kind === 'filter' && Object.keys(selection.filter).length === 0;
}

/** Whether an act is asked about twice: nobody has seen all of the attachments, and it does not come back. */
export function needsConsent(selection: BulkSelection, action: BulkAction): boolean {
  return isEverything(selection) || (action === 'delete' && selection.kind !== 'sids');
}

/** Whether what an act has done, or some of it, can be put back. */
export function canUndo({ action, endedAt, counts }: BulkAct): boolean {
  const isDecision = action === 'approve' || action === 'hold' || action === 'quarantine';
  return isDecision && endedAt !== null && counts.changed > 0;
}
