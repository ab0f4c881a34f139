import { recordAudit } from '../audit/record-audit.ts';
import type { Database } from '../database/database.ts';
import type { Decider } from './apply-decision.ts';

/**
 * Keeps in the audit log that somebody looks at a media that is held back. When this resolves, that
 * is written: only then may it be shown.
 */
export type RevealMedia = (sid: string, decider: Decider) => Promise<void>;

export function createRevealMedia({ prisma }: Database): RevealMedia {
  return (sid, decider) =>
    prisma.$transaction((tx) =>
      recordAudit(tx, [{ ...decider, action: 'media.reveal', target: sid }]),
    );
}
