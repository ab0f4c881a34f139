import type { Transaction } from '../database/database.ts';
import type { MediaExport, Prisma } from '../generated/prisma/client.ts';
import { extensionOf } from '../media/file-extension.ts';

/** Which media an export selects, and which of them its maker may see. */
export type ExportSelection = Pick<MediaExport, 'sids' | 'seesAll' | 'unreadable'>;

/** Whether an attachment is in the zip although it is held back. */
export type IsRevealed = (sid: string) => boolean;

/** Why an attachment of the selection is not in the zip. */
export type OmissionReason =
  | 'not_found'
  | 'deleted'
  | 'pending'
  | 'failed'
  | 'held'
  | 'quarantined'
  | 'unreadable';

const SELECT = {
  sid: true,
  messageSid: true,
  from: true,
  to: true,
  receivedAt: true,
  state: true,
  moderation: true,
  contentType: true,
  fileName: true,
  blob: { select: { key: true, sha256: true, byteSize: true } },
  message: { select: { moderation: true } },
} satisfies Prisma.MediaSelect;

type Row = Prisma.MediaGetPayload<{ select: typeof SELECT }>;

/** An attachment in the zip: what the manifest says about it, and where its bytes are. */
export interface ExportEntry {
  item: {
    sid: string;
    messageSid: string;
    /** Null when the maker of the export may not see the numbers of the message. */
    from: string | null;
    to: string | null;
    receivedAt: Date;
    contentType: string | null;
    /** As the sender named it: untrusted, and not the name in the zip. */
    fileName: string | null;
    file: string;
    sha256: string;
    byteSize: number;
  };
  key: string;
  isHeldBack: boolean;
}

export interface Omission {
  sid: string;
  reason: OmissionReason;
}

/** Few enough that the database looks them up one by one, instead of reading the whole table. */
const BATCH = 200;

/** The attachments of a selection from the position `begin` on, in its order, as they are stored now. */
export async function* readSelection(
  db: Pick<Transaction, 'media'>,
  { sids, seesAll, unreadable }: ExportSelection,
  isRevealed: IsRevealed,
  begin = 0,
): AsyncGenerator<ExportEntry | Omission> {
  const damaged = new Set(unreadable);
  for (let start = begin; start < sids.length; start += BATCH) {
    const batch = sids.slice(start, start + BATCH);
    const rows = await db.media.findMany({ where: { sid: { in: batch } }, select: SELECT });
    const rowOf = new Map(rows.map((row) => [row.sid, row]));
    for (const [n, sid] of batch.entries()) {
      const row = rowOf.get(sid);
      const reason = omissionOf(row, seesAll, isRevealed);
      if (reason !== null) yield { sid, reason };
      else if (damaged.has(sid)) yield { sid, reason: 'unreadable' };
      else if (row?.blob) yield entryOf(row, row.blob, { seesAll, position: start + n + 1 });
      else yield { sid, reason: 'pending' };
    }
  }
}

/** What the maker of an export may not see is not there, as in all other answers. */
function omissionOf(
  row: Row | undefined,
  seesAll: boolean,
  isRevealed: IsRevealed,
): OmissionReason | null {
  if (row === undefined || (!seesAll && row.moderation !== 'visible')) return 'not_found';
  if (row.state !== 'stored') return row.state;
  if (row.moderation !== 'visible' && !isRevealed(row.sid)) return row.moderation;
  return null;
}

function entryOf(
  row: Row,
  blob: NonNullable<Row['blob']>,
  { seesAll, position }: { seesAll: boolean; position: number },
): ExportEntry {
  const { sid, messageSid, from, to, receivedAt, contentType, fileName, message } = row;
  const isMessageHidden = !seesAll && message.moderation !== 'visible';
  return {
    item: {
      sid,
      messageSid,
      from: isMessageHidden ? null : from,
      to: isMessageHidden ? null : to,
      receivedAt,
      contentType,
      fileName,
      file: nameOf(receivedAt, position, contentType),
      sha256: blob.sha256,
      byteSize: Number(blob.byteSize),
    },
    key: blob.key,
    isHeldBack: row.moderation !== 'visible',
  };
}

/**
 * The name in the zip: `media/2026-11-29_161530_00001.jpg`, in UTC. Valid on every file system, and unique by
 * the position. Nothing that a sender wrote is in it, nor a phone number: names are shown, logged and
 * shared more freely than the manifest.
 */
function nameOf(receivedAt: Date, position: number, contentType: string | null): string {
  const [date = '', time = ''] = receivedAt.toISOString().split(/[T.]/);
  const number = String(position).padStart(5, '0');
  return `media/${date}_${time.replaceAll(':', '')}_${number}${extensionOf(contentType)}`;
}
