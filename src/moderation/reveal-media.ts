import { recordAudit } from '../audit/record-audit.ts';
import type { Database, Transaction } from '../database/database.ts';
import type { Decider } from './decisions.ts';

/** Long enough to view, too short to share. */
const REVEAL_SECONDS = 300;
/** A reveal that ends sooner is of no use to whoever asks for links. */
const MIN_LEFT_SECONDS = 5;
/** Of the last reveals of everybody: those of five minutes are among them. */
const MOST_RECENT = 1000;

interface Reveal {
  /** For how long the attachment may be shown. */
  seconds: number;
  /** False while an earlier reveal of the same bytes lasts. */
  isNew: boolean;
}

/**
 * Records in the audit log that a caller views an attachment that is held back. When this resolves, the record is
 * written: only then may the attachment be shown. While it lasts, it counts for all attachments with the same bytes.
 */
export type RevealMedia = (
  media: { sid: string; sha256: string },
  decider: Decider,
) => Promise<Reveal>;

export function createRevealMedia({ prisma }: Database): RevealMedia {
  return ({ sid: target, sha256 }, decider) =>
    prisma.$transaction(async (tx) => {
      const left = await secondsLeft(tx, sha256, decider.actor);
      if (left !== null) return { seconds: left, isNew: false };
      await recordAudit(tx, [{ ...decider, action: 'media.reveal', target }]);
      return { seconds: REVEAL_SECONDS, isNew: true };
    });
}

/** For how long the last reveal of these bytes by somebody lasts; null when it has ended. */
async function secondsLeft(tx: Transaction, sha256: string, actor: string): Promise<number | null> {
  const [last] = await tx.$queryRaw<{ left: number }[]>`
    SELECT floor(${REVEAL_SECONDS}::int - extract(epoch FROM now() - recent.at))::int AS left
    FROM (
      SELECT actor, target, at FROM audit_entry WHERE action = 'media.reveal'
      ORDER BY id DESC LIMIT ${MOST_RECENT}
    ) AS recent
    JOIN media ON media.sid = recent.target
    WHERE recent.actor = ${actor}
      AND recent.at > now() - make_interval(secs => ${REVEAL_SECONDS}::int)
      AND coalesce(media.blob_sha256, media.deleted_sha256) = ${sha256}
    ORDER BY recent.at DESC LIMIT 1`;
  return last === undefined || last.left < MIN_LEFT_SECONDS ? null : last.left;
}
