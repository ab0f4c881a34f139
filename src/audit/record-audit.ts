import type { Transaction } from '../database/database.ts';
import type { Prisma } from '../generated/prisma/client.ts';
import type { Reason } from '../http/fields.ts';

/** An action and its actor. It contains no personal data: for a sender, `target` is the keyed hash. */
interface NewAuditEntry extends Partial<Reason> {
  /** The name of a key, `proxy:` and the user of the sign-in proxy, or `system:` and the rule that decided. */
  actor: string;
  action: AuditAction;
  /** A sid, an id, or the keyed hash of a sender. */
  target: string;
  before?: Prisma.InputJsonObject;
  after?: Prisma.InputJsonObject;
}

/**
 * Writes entries to the audit log, in the transaction of the recorded change.
 *
 * @param tx committed by the caller
 */
export async function recordAudit(
  tx: Transaction,
  entries: readonly NewAuditEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  await tx.auditEntry.createMany({ data: [...entries] });
}

/** All actions that are recorded in the audit log. */
export const AUDIT_ACTIONS = [
  'media.approve',
  'media.hold',
  'media.quarantine',
  'media.reveal',
  'media.scan',
  'media.report',
  'media.skip',
  'media.escalate',
  'media.propose',
  'media.confirm',
  'media.block',
  'media.block-sender',
  'media.pin',
  'media.unpin',
  'media.delete',
  'media.repair',
  'message.approve',
  'message.hold',
  'message.quarantine',
  'message.delete',
  'report.dismiss',
  'note.create',
  'note.delete',
  'code.create',
  'code.update',
  'code.delete',
  'act.cancel',
  'deletion.retry',
  'bulk.begin',
  'bulk.cancel',
  'bulk.undo',
  'export.create',
  'export.download',
  'export.delete',
  'sender.update',
  'sender.export',
  'sender.erase',
  'blocklist.add',
  'blocklist.upload',
  'blocklist.apply',
  'blocklist.remove',
  'endpoint.create',
  'endpoint.update',
  'endpoint.delete',
  'endpoint.rotate-secret',
  'endpoint.test',
  'endpoint.resend',
  'reconciliation.begin',
  'verification.begin',
  'verification.cancel',
  'key.create',
  'key.revoke',
  'session.begin',
  'session.end',
  'session.revoke',
  'session.link',
  'audit.export',
  'backup.create',
] as const;

export type AuditAction = (typeof AUDIT_ACTIONS)[number];
