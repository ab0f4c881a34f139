import { setImmediate } from 'node:timers/promises';
import { type Database, lockBlob, type Transaction } from '../../database/database.ts';
import type { JobHandler } from '../../jobs/job-list.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';
import { pictureOf } from '../../preview/screen.ts';
import { carryOut } from '../judgement.ts';
import { holdBlocklist } from './blocklist-entries.ts';
import type { BlocklistIndex } from './blocklist-index.ts';
import { judgeMatch, matchBlobs, type Recognisable } from './match-blob.ts';

const BATCH = 200;

/**
 * The job `apply-blocklist`: treats stored media as if they arrived now. Media that a moderator decided about
 * stay as they are.
 */
export function createApplyBlocklist(deps: {
  database: Database;
  queue: JobQueue;
  index: BlocklistIndex;
}): JobHandler<'apply-blocklist'> {
  const { database, queue, index } = deps;

  return async ({ id, after }, signal) => {
    await index.ready();
    const blobs = await database.prisma.blob.findMany({
      where: { sha256: { gt: after }, media: { some: { state: 'stored' } } },
      orderBy: { sha256: 'asc' },
      take: BATCH,
    });
    for (const blob of blobs) {
      signal.throwIfAborted();
      // The embedded database runs one statement at a time: other work gets a turn between blobs.
      await setImmediate();
      const bytes = { sha256: blob.sha256, picture: pictureOf(blob) };
      if ((await matchBlobs(database.prisma, index, [bytes])).size === 0) continue;
      await database.prisma.$transaction((tx) => treat(tx, bytes));
    }
    const last = blobs.at(-1);
    if (last === undefined || blobs.length < BATCH) return;
    await database.prisma.$transaction((tx) =>
      queue.send(tx, 'apply-blocklist', [{ payload: { id, after: last.sha256 } }]),
    );
  };

  async function treat(tx: Transaction, bytes: Recognisable): Promise<void> {
    await lockBlob(tx, bytes.sha256);
    await holdBlocklist(tx);
    const match = (await matchBlobs(tx, index, [bytes])).get(bytes.sha256);
    if (match === undefined) return;
    // Locked before it is looked at: a moderator may be deciding at this moment.
    const media = await tx.$queryRaw<{ sid: string }[]>`
      SELECT sid FROM media
      WHERE blob_sha256 = ${bytes.sha256} AND state = 'stored'
        AND (decided_by IS NULL OR starts_with(decided_by, 'system:'))
      ORDER BY sid FOR UPDATE`;
    const sids = media.map(({ sid }) => sid);
    await carryOut(tx, queue, sids, judgeMatch(match));
  }
}
