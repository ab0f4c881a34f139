import type { Database } from '../database/database.ts';
import { jsonObject } from '../database/json-object.ts';
import { AppError } from '../errors/app-error.ts';
import type { AuditEntry, Prisma } from '../generated/prisma/client.ts';
import { type Route, route } from '../http/resource-router.ts';
import type { SenderIds } from '../moderation/senders/sender-id.ts';
import {
  arrivalItems,
  bulkItem,
  deletionItem,
  entryItem,
  receiptItems,
  verdictItems,
} from './story-items.ts';
import { type Story, storyOperations } from './story-operations.ts';

/** `GET /api/v1/media/{sid}/story`. */
export function createStoryRoute(database: Database, senderIds: SenderIds): Route {
  return route(storyOperations.showStory, async ({ params: { sid }, response }) => {
    response.json(await tellStory(database, senderIds, sid));
  });
}

const MAX_ENTRIES = 1000;
const MAX_DELETIONS = 100;
const MAX_BULK_ACTS = 100;

/**
 * Tells what happened to an attachment, from its row, the audit log, the bulk acts that it was selected for, and the
 * deletions that it is a target of.
 *
 * @throws AppError `not_found`
 */
async function tellStory({ prisma }: Database, senderIds: SenderIds, sid: string): Promise<Story> {
  const media = await prisma.media.findUnique({
    where: { sid },
    include: {
      message: { select: { source: true, from: true } },
      blob: { select: { scan: true } },
    },
  });
  if (media === null) throw new AppError('not_found', 'There is no media with this sid.');
  const targets = await prisma.deletionTarget.findMany({
    where: { sid },
    include: { deletion: true },
    orderBy: { deletionId: 'asc' },
    take: MAX_DELETIONS,
  });
  const bulkItems = await prisma.bulkItem.findMany({
    where: { mediaSid: sid },
    include: { act: true },
    take: MAX_BULK_ACTS,
  });
  const { from, source } = media.message;
  const ids = from === '' ? [] : [senderIds.of(from), ...senderIds.formerOf(from)];
  const since = { gte: media.receivedAt };
  const entries = await readEntries(prisma, [
    { target: sid },
    { target: media.messageSid },
    ...ids.map((target) => ({ target, action: 'sender.update', at: since })),
    ...targets.map(({ deletionId }) => ({
      target: String(deletionId),
      action: 'deletion.retry',
    })),
  ]);
  const shown = entries.slice(-MAX_ENTRIES);
  const ofMedia = shown.filter(({ target }) => target === sid);
  const textOf = await findTexts(prisma, shown);
  const items = [
    ...arrivalItems(media, source),
    ...verdictItems(media, media.blob?.scan),
    ...receiptItems(media, ofMedia),
    ...bulkItems.map(bulkItem),
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

/**
 * Entries of the audit log, oldest first: of each kind at least the last thousand.
 *
 * @param kinds each with its target: together, they would not be read in the order of an index
 */
async function readEntries(
  { auditEntry }: Database['prisma'],
  kinds: readonly (Prisma.AuditEntryWhereInput & { target: string })[],
): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = [];
  for (const where of kinds) {
    const select = { where, orderBy: { id: 'desc' }, take: MAX_ENTRIES + 1 } as const;
    entries.push(...(await auditEntry.findMany(select)));
  }
  return entries.toSorted((a, b) => (a.id < b.id ? -1 : 1));
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
