import { randomUUID } from 'node:crypto';
import { recordAudit } from '../../audit/record-audit.ts';
import type { Database, Transaction } from '../../database/database.ts';
import { AppError } from '../../errors/app-error.ts';
import type { Note } from '../../generated/prisma/client.ts';
import { createdPage } from '../../http/created-page.ts';
import type { Page } from '../../http/paging.ts';
import { holdErasures } from '../senders/erasures.ts';
import type { SenderIds } from '../senders/sender-id.ts';
import type { NoteItem, NoteListQuery, NoteTarget } from './note-schemas.ts';

/** Moderators' notes. The audit log says that there was one, and not what it says. */
export interface Notes {
  /** @throws AppError `not_found`, `media_deleted`, `message_deleted` */
  write(target: NoteTarget, text: string, author: string): Promise<NoteItem>;
  /** One page of the notes about something, oldest first. */
  list(query: NoteListQuery): Promise<Page<NoteItem>>;
  /**
   * @param by its author, or an admin
   * @throws AppError `not_found`, `forbidden`
   */
  remove(id: string, by: { name: string; isAdmin: boolean }): Promise<void>;
}

export function createNotes({ prisma }: Database, senderIds: SenderIds): Notes {
  return {
    write: ({ mediaSid = null, messageSid = null, sender }, text, author) =>
      prisma.$transaction(async (tx) => {
        if (mediaSid !== null) await requireMedia(tx, mediaSid);
        if (messageSid !== null) await requireMessage(tx, messageSid);
        // An erasure removes what was committed before it.
        if (sender !== undefined) await holdErasures(tx);
        const senderId = sender === undefined ? null : senderIds.of(sender);
        const about = { mediaSid, messageSid, senderId };
        const id = randomUUID();
        const note = await tx.note.create({
          data: { id, ...about, text, writtenBy: author, createdAt: new Date() },
        });
        await recordAudit(tx, [
          { actor: author, action: 'note.create', target: targetOf(note), after: { noteId: id } },
        ]);
        return note;
      }),
    list({ mediaSid, messageSid, sender, ...page }) {
      const about =
        mediaSid !== undefined
          ? { mediaSid }
          : messageSid !== undefined
            ? { messageSid }
            : { senderId: { in: idsOf(senderIds, sender ?? '') } };
      return createdPage(page, ({ where, ...select }) =>
        prisma.note.findMany({ ...select, where: { ...about, ...where } }),
      );
    },
    remove: (id, { name, isAdmin }) =>
      prisma.$transaction(async (tx) => {
        const note = await tx.note.findUnique({ where: { id } });
        if (note === null) throw notFound();
        if (note.writtenBy !== name && !isAdmin) {
          throw new AppError(
            'forbidden',
            `Only ${note.writtenBy} and admins can delete this note.`,
          );
        }
        const { count } = await tx.note.deleteMany({ where: { id } });
        if (count === 0) throw notFound();
        await recordAudit(tx, [
          { actor: name, action: 'note.delete', target: targetOf(note), before: { noteId: id } },
        ]);
      }),
  };
}

/** All ids that the notes about a person may have. */
function idsOf(senderIds: SenderIds, address: string): string[] {
  return [senderIds.of(address), ...senderIds.formerOf(address)];
}

function notFound(): AppError {
  return new AppError('not_found', 'There is no note with this id.');
}

function targetOf({ mediaSid, messageSid, senderId }: Note): string {
  return mediaSid ?? messageSid ?? senderId ?? '';
}

/** Until the end of the transaction it does not become a tombstone, which would leave the note behind. */
async function requireMedia(tx: Transaction, sid: string): Promise<void> {
  const [media] = await tx.$queryRaw<{ state: string }[]>`
    SELECT state FROM media WHERE sid = ${sid} FOR SHARE`;
  if (media === undefined) throw new AppError('not_found', 'There is no media with this sid.');
  if (media.state === 'deleted') throw new AppError('media_deleted', 'This media was deleted.');
}

async function requireMessage(tx: Transaction, sid: string): Promise<void> {
  const [message] = await tx.$queryRaw<{ deletedAt: Date | null }[]>`
    SELECT deleted_at AS "deletedAt" FROM message WHERE sid = ${sid} FOR SHARE`;
  if (message === undefined) throw new AppError('not_found', 'There is no message with this sid.');
  if (message.deletedAt !== null) {
    throw new AppError('message_deleted', 'This message was deleted.');
  }
}
