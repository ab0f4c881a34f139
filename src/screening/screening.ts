import type { Database, Transaction } from '../database/database.ts';
import { recordEvents } from '../events/record-events.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import { holdBlocklist } from '../moderation/blocklist/blocklist-entries.ts';
import type { BlocklistIndex } from '../moderation/blocklist/blocklist-index.ts';
import { judgeMatch, matchBlob } from '../moderation/blocklist/match-blob.ts';
import { carryOut, type Judgement } from '../moderation/judgement.ts';
import type { Screen, ScreeningInput, StoredMedia } from '../preview/preview-media.ts';

/** The result of a scan by the external classifier. */
interface ScanOpinion {
  /** Null when it has no objection. */
  judgement: Judgement | null;
  /** Records, in the transaction that stores the attachments, that a verdict is still missing. */
  keep?: (tx: Transaction) => Promise<void>;
}

/** Scans with the external classifier. */
export type Scan = (input: ScreeningInput, signal: AbortSignal) => Promise<ScanOpinion>;

/**
 * Screens attachments before they become visible: first by the blocklist, then, if that has no match, by the
 * classifier. A blocklist entry applies when it was committed before the attachment.
 */
export function createScreen(deps: {
  database: Database;
  queue: JobQueue;
  index: BlocklistIndex;
  scan: Scan;
}): Screen {
  const { database, queue, index, scan } = deps;
  return async (input, signal) => {
    await index.ready();
    const before = await matchBlob(database.prisma, index, input);
    const opinion = before === null ? await scan(input, signal) : null;
    return async (tx, sids, store) => {
      await holdBlocklist(tx);
      const match = await matchBlob(tx, index, input);
      // The job is retried, and then scanned by the classifier.
      if (match === null && before !== null) throw new Error('its blocklist entry was removed');
      const judgement = match === null ? (opinion?.judgement ?? null) : judgeMatch(match);
      const stored = judgement?.act === 'delete' ? [] : await store();
      if (match === null) await opinion?.keep?.(tx);
      if (judgement !== null) await carryOut(tx, queue, sids, judgement);
      if (judgement === null || judgement.act === 'hold') await recordHeldEvents(tx, stored);
    };
  };
}

/**
 * Records `media.held` events for attachments that are held only because MODERATION_MODE holds everything
 * new.
 *
 * @param tx the caller commits it
 */
function recordHeldEvents(tx: Transaction, stored: readonly StoredMedia[]): Promise<void> {
  const waiting = stored.filter(
    ({ moderation, decidedBy }) => moderation === 'held' && decidedBy === null,
  );
  return recordEvents(
    tx,
    waiting.map(({ sid: mediaSid, messageSid, accountSid, moderation }) => ({
      type: 'media.held',
      messageSid,
      mediaSid,
      data: {
        mediaSid,
        messageSid,
        accountSid,
        moderation,
        before: null,
        reasonCode: 'moderation_mode',
        decidedBy: 'system:hold',
      },
    })),
  );
}
