import type { Database } from '../../database/database.ts';

/** An act is known, and can be undone, for so long after it has ended. */
const KEPT_MS = 30 * 86_400_000;
/** Rows per statement: none blocks others for long. */
const BATCH = 500;

/** Removes acts that ended long ago, with the decisions that they have replaced: the audit log has what they did. */
export async function removeOldBulkActs({ prisma }: Database): Promise<void> {
  const before = new Date(Date.now() - KEPT_MS);
  for (;;) {
    // One that is selecting has lost its process. An undo reads what it puts back from the act that it undoes.
    const [act] = await prisma.$queryRaw<{ id: string }[]>`
      SELECT id FROM bulk_act AS act
      WHERE created_at < ${before} AND (ended_at < ${before} OR state = 'selecting')
        AND NOT EXISTS (
          SELECT 1 FROM bulk_act AS undo WHERE undo.undo_of = act.id AND undo.ended_at IS NULL)
      ORDER BY created_at, id LIMIT 1`;
    if (act === undefined) return;
    let removed: number;
    do {
      removed = await prisma.$executeRaw`
        DELETE FROM bulk_item WHERE act_id = ${act.id} AND media_sid IN (
          SELECT media_sid FROM bulk_item WHERE act_id = ${act.id} ORDER BY media_sid LIMIT ${BATCH})`;
    } while (removed === BATCH);
    await prisma.bulkAct.deleteMany({ where: { id: act.id } });
  }
}
