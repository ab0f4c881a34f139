import { jsonObject } from '../database/json-object.ts';
import type {
  AuditEntry,
  BulkAct,
  BulkItem,
  Deletion,
  DeletionTarget,
  Media,
} from '../generated/prisma/client.ts';
import { scanVerdict } from '../screening/classifier.ts';
import type { StoryItem } from './story-operations.ts';

function item(at: Date, kind: string, more: Partial<StoryItem> = {}): StoryItem {
  const nothing = {
    by: null,
    reasonCode: null,
    reason: null,
    text: null,
    before: null,
    after: null,
  };
  return { at, kind, ...nothing, ...more };
}

export function arrivalItems(media: Media, source: string): StoryItem[] {
  const { receivedAt, firstTriedAt, fetchedAt, storedAt, attempts, reason } = media;
  const times: [kind: string, at: Date | null, after: Record<string, unknown> | null][] = [
    ['received', receivedAt, { source }],
    ['fetch', firstTriedAt, { attempts, reason }],
    ['fetched', fetchedAt, null],
    ['stored', storedAt, null],
  ];
  return times.flatMap(([kind, at, after]) => (at === null ? [] : [item(at, kind, { after })]));
}

/** @param scan the verdict that stands, as it is stored with the bytes */
export function verdictItems({ receivedAt, fetchedAt }: Media, scan: unknown): StoryItem[] {
  const verdict = scanVerdict.safeParse(scan).data;
  if (verdict === undefined) return [];
  const { action, labels, reason } = verdict;
  // It may have been given for the same bytes before.
  const counts = Math.max(Date.parse(verdict.at), (fetchedAt ?? receivedAt).getTime());
  return [item(new Date(counts), 'verdict', { reason, after: { action, labels } })];
}

/** What the policy for a sender decided is in the row alone. */
export function receiptItems(media: Media, entries: readonly AuditEntry[]): StoryItem[] {
  const { decidedBy: by, decidedAt, receivedAt, moderation, decisionCode, decisionReason } = media;
  if (by === null || entries.some(({ actor }) => actor === by)) return [];
  const reasons = { reasonCode: decisionCode, reason: decisionReason };
  const after = { moderation };
  return [item(decidedAt ?? receivedAt, 'media.quarantine', { by, ...reasons, after })];
}

/** @param textOf the words of a report or a note */
export function entryItem(
  entry: AuditEntry,
  textOf: (entry: AuditEntry) => string | null,
): StoryItem {
  const { at, action, actor: by, reasonCode, reason } = entry;
  const before = entry.before === null ? null : jsonObject(entry.before);
  const after = entry.after === null ? null : jsonObject(entry.after);
  return item(at, action, { by, reasonCode, reason, text: textOf(entry), before, after });
}

/** It was selected for a bulk act; what that has changed is an entry of its own. */
export function bulkItem({ act, outcome }: BulkItem & { act: BulkAct }): StoryItem {
  const { id: bulkId, createdAt, requestedBy: by, reasonCode, reason, action } = act;
  return item(createdAt, 'bulk', { by, reasonCode, reason, after: { bulkId, action, outcome } });
}

export function deletionItem({
  deletion,
  ...target
}: DeletionTarget & { deletion: Deletion }): StoryItem {
  const { requestedBy: by, reasonCode, reason, scope, createdAt, completedAt } = deletion;
  const { local, previews, upstream, attempts } = target;
  return item(createdAt, 'deletion', {
    by,
    reasonCode,
    reason,
    after: {
      deletionId: String(target.deletionId),
      ...{ scope, local, previews, upstream, attempts, completedAt },
    },
  });
}
