import type { Transaction } from '../database/database.ts';
import type { Prisma } from '../generated/prisma/client.ts';
import type { Reason } from '../http/reason-schema.ts';
import type { AuditAction } from './audit-actions.ts';

/** What somebody did. Nothing in it names a person: of a sender `target` is the keyed hash. */
export interface NewAuditEntry extends Partial<Reason> {
  /** The name of a key, or `system:` and the rule that decided. */
  actor: string;
  action: AuditAction;
  /** A sid, an id, or the keyed hash of a sender. */
  target: string;
  before?: Prisma.InputJsonObject;
  after?: Prisma.InputJsonObject;
}

/**
 * Writes into the audit log, in the transaction of what was done.
 *
 * @param tx the caller commits it
 */
export async function recordAudit(
  tx: Transaction,
  entries: readonly NewAuditEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  await tx.auditEntry.createMany({ data: [...entries] });
}
