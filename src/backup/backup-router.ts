import type { Router } from 'express';
import { recordAudit } from '../audit/record-audit.ts';
import { callerOf } from '../auth/authentication.ts';
import type { Database } from '../database/database.ts';
import { createResourceRouter, type Guard, route } from '../http/resource-router.ts';
import { isDisconnect, STALL_MS } from '../http/send-range.ts';
import type { BeginBackup } from './backup.ts';
import { backupOperations as operations } from './backup-operations.ts';

/** `/api/v1/backup`: the whole installation as a tar archive. */
export function createBackupRouter(
  guard: Guard,
  { database, beginBackup }: { database: Database; beginBackup: BeginBackup },
): Router {
  return createResourceRouter(guard, [
    route(operations.createBackup, async ({ request, response }) => {
      const backup = await beginBackup();
      try {
        const { takenAt, byteSize } = backup;
        const actor = callerOf(response).name;
        await database.prisma.$transaction((tx) =>
          recordAudit(tx, [{ actor, action: 'backup.create', target: takenAt.toISOString() }]),
        );
        request.log.info({ takenAt, byteSize }, 'backup is being sent');
        response
          .attachment(`mms-inbox-${takenAt.toISOString().replaceAll(/[:.]/g, '-')}.tar`)
          .type('application/x-tar')
          .set({ 'Cache-Control': 'no-store', 'X-Archive-Bytes': String(byteSize) });
        // While nothing waits for the client, it is the disk that takes long.
        response.setTimeout(STALL_MS, () => {
          if (response.writableLength > 0) response.destroy();
          else response.setTimeout(STALL_MS);
        });
        response.prependOnceListener('finish', () => response.setTimeout(0));
        const { missing, damaged } = await backup.writeTo(response);
        request.log.info(
          { takenAt, missing: missing.length, damaged: damaged.length },
          'backup sent',
        );
      } catch (error) {
        if (!isDisconnect(error)) throw error;
        request.log.warn(
          { takenAt: backup.takenAt },
          'backup not sent: its client has disconnected',
        );
      } finally {
        await backup.discard();
      }
    }),
  ]);
}
