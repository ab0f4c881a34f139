import type { BulkAct } from '../../generated/prisma/client.ts';
import { QUEUES } from '../queues/queues.ts';
import type { BulkActItem, BulkCounts } from './bulk-schemas.ts';

/** An act as the API shows it. */
export function bulkActItem(act: BulkAct): BulkActItem {
  const { todo, changed, unchanged, unknown, deleted, claimed, decided, undone, ...rest } = act;
  const counts = { todo, changed, unchanged, unknown, deleted, claimed, decided, undone };
  return {
    ...rest,
    // The column is text, and only requests that were accepted are written to it.
    action: act.action as BulkActItem['action'],
    // One of another release has no place here.
    queue: QUEUES.find((known) => known === act.queue) ?? null,
    ...totalOf(counts),
  };
}

/** Counts with their sum. */
export function totalOf(counts: BulkCounts): { total: number; counts: BulkCounts } {
  return { total: Object.values(counts).reduce((sum, count) => sum + count, 0), counts };
}
