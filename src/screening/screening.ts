import type { Database, Transaction } from '../database/database.ts';
import { recordEvents } from '../events/record-events.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import { holdBlocklist } from '../moderation/blocklist/blocklist-entries.ts';
import type { BlocklistIndex } from '../moderation/blocklist/blocklist-index.ts';
import { judgeMatch, matchBlob } from '../moderation/blocklist/match-blob.ts';
import { carryOut, type Judgement } from '../moderation/judgement.ts';
import type { Screen, ScreeningInput, StoredMedia } from '../preview/preview-media.ts';

/** What an outside classifier has against something. */
interface ScanOpinion {
  /** Null for nothing. */
  judgement: Judgement | null;
  /** Keeps, in the transaction that stores it, that it has given no verdict yet. */
  keep?: (tx: Transaction) => Promise<void>;
}

/** Asks an outside classifier. */
export type Scan = (input: ScreeningInput, signal: AbortSignal) => Promise<ScanOpinion>;

/**
 * What stands between the bytes of media and those who look: the blocklist, then, for what it does
 * not know, the classifier. An entry of the blocklist counts when it was committed before the media.
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
      // The queue tries again, and has it scanned.
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
 * Tells which of the stored media wait for a moderator because everything new does.
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
