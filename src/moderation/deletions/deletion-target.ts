import type { Transaction } from '../../database/database.ts';
import type { TargetState } from '../../generated/prisma/client.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';
import type { CountStrikes } from '../senders/strikes.ts';

export interface TombstoneDeps {
  queue: JobQueue;
  /** Whether Twilio's copies are deleted, too. */
  deleteUpstream: boolean;
  countStrikes: CountStrikes;
}

/** A deletion whose targets become tombstones: who requested it, and why. */
export interface RunningDeletion {
  id: bigint;
  /** A `DeletionScope`, or `erase`. */
  scope: string;
  requestedBy: string;
  reasonCode: string | null;
  reason: string | null;
}

/** A target whose row is now a tombstone, with the files that are still to be removed. */
export interface TombstonedTarget {
  sid: string;
  sha256: string | null;
  upstream: TargetState;
  localFiles: string[];
  previewFiles: string[];
}

/**
 * Records on each target what is left to do for it, in one statement. Skips targets that another worker of
 * the deletion has tombstoned already: they hold the files.
 */
export async function markTombstoned(
  tx: Transaction,
  deletionId: bigint,
  targets: readonly TombstonedTarget[],
): Promise<void> {
  if (targets.length === 0) return;
  await tx.$executeRaw`
    UPDATE deletion_target AS target SET forgotten_at = ${new Date()}, sha256 = row.sha256,
      upstream = row.upstream::"TargetState",
      local_files = ARRAY(SELECT jsonb_array_elements_text(row."localFiles")),
      preview_files = ARRAY(SELECT jsonb_array_elements_text(row."previewFiles"))
    FROM jsonb_to_recordset(${JSON.stringify(targets)}::jsonb) AS row (
      sid text, sha256 text, upstream text, "localFiles" jsonb, "previewFiles" jsonb
    )
    WHERE target.sid = row.sid AND target.deletion_id = ${deletionId}
      AND target.forgotten_at IS NULL`;
}
