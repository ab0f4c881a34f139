import type { Database } from '../database/database.ts';
import { jsonObject } from '../database/json-object.ts';
import { AppError } from '../errors/app-error.ts';
import type { AuditEntry, Deletion, DeletionTarget, Media } from '../generated/prisma/client.ts';
import { type Route, route } from '../http/resource-router.ts';
import { type Story, type StoryItem, storyOperations } from './story-operations.ts';

/** `GET /api/v1/media/{sid}/story`. */
export function createStoryRoute(database: Database): Route {
  return route(storyOperations.showStory, async ({ params: { sid }, response }) => {
    response.json(await tellStory(database, sid));
  });
}

const MAX_ENTRIES = 1000;
const MAX_DELETIONS = 100;

/**
 * Tells what happened to an attachment, from its row, the audit log, and the deletions that it is a target of.
 *
 * @throws AppError `not_found`
 */
async function tellStory({ prisma }: Database, sid: string): Promise<Story> {
  const media = await prisma.media.findUnique({
    where: { sid },
    include: { message: { select: { source: true } } },
  });
  if (media === null) throw new AppError('not_found', 'There is no media with this sid.');
  const entries = await prisma.auditEntry.findMany({
    where: { target: sid },
    orderBy: { id: 'desc' },
    take: MAX_ENTRIES + 1,
  });
  const shown = entries.slice(0, MAX_ENTRIES).toReversed();
  const textOf = await findTexts(prisma, shown);
  const targets = await prisma.deletionTarget.findMany({
    where: { sid },
    include: { deletion: true },
    orderBy: { deletionId: 'asc' },
    take: MAX_DELETIONS,
  });
  const items = [
    ...arrival(media, media.message.source),
    ...decisionOnReceipt(media, shown),
    ...shown.map((entry) => entryItem(entry, textOf)),
    ...targets.map(deletionItem),
  ];
  return {
    mediaSid: sid,
    state: media.state,
    // Items of the same moment stay in this order.
    items: items.toSorted((a, b) => a.at.getTime() - b.at.getTime()),
    isComplete: entries.length <= MAX_ENTRIES,
  };
}

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

function arrival(media: Media, source: string): StoryItem[] {
  const { receivedAt, firstTriedAt, fetchedAt, storedAt, attempts, reason } = media;
  const times: [kind: string, at: Date | null, after: Record<string, unknown> | null][] = [
    ['received', receivedAt, { source }],
    ['fetch', firstTriedAt, { attempts, reason }],
    ['fetched', fetchedAt, null],
    ['stored', storedAt, null],
  ];
  return times.flatMap(([kind, at, after]) => (at === null ? [] : [item(at, kind, { after })]));
}

/** What the policy for a sender decided is in the row alone. */
function decisionOnReceipt(media: Media, entries: readonly AuditEntry[]): StoryItem[] {
  const { decidedBy: by, decidedAt, receivedAt, moderation, decisionCode, decisionReason } = media;
  if (by === null || entries.some(({ actor }) => actor === by)) return [];
  const reasons = { reasonCode: decisionCode, reason: decisionReason };
  const after = { moderation };
  return [item(decidedAt ?? receivedAt, 'media.quarantine', { by, ...reasons, after })];
}

function entryItem(entry: AuditEntry, textOf: (entry: AuditEntry) => string | null): StoryItem {
  const { at, action, actor: by, reasonCode, reason } = entry;
  const before = entry.before === null ? null : jsonObject(entry.before);
  const after = entry.after === null ? null : jsonObject(entry.after);
  return item(at, action, { by, reasonCode, reason, text: textOf(entry), before, after });
}

/** @returns the words of a report or a note, if it is still there */
async function findTexts(
  { report, note }: Database['prisma'],
  entries: readonly AuditEntry[],
): Promise<(entry: AuditEntry) => string | null> {
  const idsOf = (action: string, name: string) =>
    entries
      .filter((entry) => entry.action === action)
      .map(({ after }) => String(jsonObject(after)[name]));
  const reports = await report.findMany({
    where: { id: { in: idsOf('media.report', 'reportId') } },
    select: { id: true, reason: true },
  });
  const notes = await note.findMany({
    where: { id: { in: idsOf('note.create', 'noteId') } },
    select: { id: true, text: true },
  });
  const texts = new Map<string, string>([
    ...reports.map(({ id, reason }) => [`media.report ${id}`, reason] as const),
    ...notes.map(({ id, text }) => [`note.create ${id}`, text] as const),
  ]);
  return ({ action, after }) => {
    const { reportId, noteId } = jsonObject(after);
    return texts.get(`${action} ${reportId ?? noteId}`) ?? null;
  };
}

function deletionItem({ deletion, ...target }: DeletionTarget & { deletion: Deletion }): StoryItem {
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
