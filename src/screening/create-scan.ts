import type { Logger } from 'pino';
import type { ScanConfig } from '../config/config.ts';
import type { Database } from '../database/database.ts';
import { Prisma } from '../generated/prisma/client.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import { ScanError } from './ask-classifier.ts';
import type { Scan } from './create-gate.ts';
import { judgeUnscanned, judgeVerdict } from './judge-scan.ts';
import type { ScanVerdict } from './scan-answer.ts';
import { FIRST_PAUSE_MS } from './scan-schedule.ts';
import type { Scanner } from './scanner.ts';

/**
 * Shows new bytes to the classifier, once: the verdict is kept with them. Where it has none, the configured
 * policy decides, so that nothing waits for it, and it is asked again later.
 */
export function createScan(deps: {
  database: Database;
  queue: JobQueue;
  policy: ScanConfig['failure'];
  scanner: Scanner;
  log: Logger;
}): Scan {
  const { database, queue, policy, scanner, log } = deps;

  return async (arrival, signal) => {
    const { sha256, key, mediaSid } = arrival;
    const known = await database.prisma.blob.findUnique({
      where: { sha256, key },
      select: {
        scan: true,
        media: { where: { sid: mediaSid }, select: { declaredContentType: true } },
      },
    });
    if (known === null) return { judgement: null };
    if (known.scan !== null) {
      return { judgement: judgeVerdict(known.scan as unknown as ScanVerdict) };
    }
    const declaredContentType = known.media[0]?.declaredContentType ?? null;
    try {
      const verdict = await scanner({ ...arrival, declaredContentType }, signal);
      await database.prisma.blob.updateMany({ where: { sha256, key }, data: { scan: verdict } });
      return { judgement: judgeVerdict(verdict) };
    } catch (error) {
      if (!(error instanceof ScanError)) throw error;
      log.warn({ mediaSid, policy }, `media not scanned: ${error.message}`);
      return {
        judgement: policy === 'hold' ? judgeUnscanned(error.message) : null,
        async keep(tx) {
          const scanDueAt = new Date(Date.now() + FIRST_PAUSE_MS);
          await tx.blob.updateMany({
            where: { sha256, key, scan: { equals: Prisma.DbNull } },
            data: { scanDueAt, scanTries: 1 },
          });
          await queue.send(tx, 'scan-again', [{ payload: {}, startAfter: scanDueAt }]);
        },
      };
    }
  };
}
