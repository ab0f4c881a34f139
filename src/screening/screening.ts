import type { Database, Transaction } from '../database/database.ts';
import { recordEvents } from '../events/record-events.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import { holdBlocklist } from '../moderation/blocklist/blocklist-entries.ts';
import type { BlocklistIndex } from '../moderation/blocklist/blocklist-index.ts';
import { type BlocklistMatch, judgeMatch, matchBlobs } from '../moderation/blocklist/match-blob.ts';
import { carryOut, type Judgement } from '../moderation/judgement.ts';
import type { Findings, Screen, ScreeningInput, StoredMedia, Verdict } from '../preview/screen.ts';

/** The result of a scan by the external classifier. */
interface ScanOpinion {
  /** Null when it has no objection. */
  judgement: Judgement | null;
  /** Records, in the transaction that stores the attachments, that a verdict is still missing. */
  keep?: (tx: Transaction) => Promise<void>;
}

/** Scans with the external classifier. */
export type Scan = (input: ScreeningInput, signal: AbortSignal) => Promise<ScanOpinion>;

/** What `inspect` hands over to `decide`. */
interface ScanFindings extends Findings {
  /** Whether the blocklist matched, so that the classifier was not asked. */
  isMatched: boolean;
  opinion: ScanOpinion | null;
}

/**
 * Screens attachments before they become visible: first by the blocklist, then, if that has no match, by the
 * classifier. A blocklist entry applies when it was committed before the attachment.
 *
 * @param deps.scan undefined without a classifier
 */
export function createScreen(deps: {
  database: Database;
  queue: JobQueue;
  index: BlocklistIndex;
  scan: Scan | undefined;
}): Screen {
  const { database, queue, index, scan } = deps;

  async function inspect(input: ScreeningInput, signal: AbortSignal): Promise<ScanFindings> {
    await index.ready();
    if (scan === undefined) return { isMatched: false, opinion: null };
    const isMatched = (await matchBlobs(database.prisma, index, [input])).size > 0;
    return { isMatched, opinion: isMatched ? null : await scan(input, signal) };
  }

  function verdictOf(
    { isMatched, opinion }: ScanFindings,
    match: BlocklistMatch | undefined,
  ): Verdict {
    // The job is retried, and then scanned by the classifier.
    if (match === undefined && isMatched) throw new Error('its blocklist entry was removed');
    const judgement = match === undefined ? (opinion?.judgement ?? null) : judgeMatch(match);
    return {
      act: judgement?.act ?? null,
      async apply(tx, sids, stored) {
        if (match === undefined) await opinion?.keep?.(tx);
        if (judgement !== null) await carryOut(tx, queue, sids, judgement);
        if (judgement === null || judgement.act === 'hold') await recordHeldEvents(tx, stored);
      },
    };
  }

  return {
    isInstant: () => scan === undefined && index.isReady(),
    inspect,
    async decide(tx, given) {
      await holdBlocklist(tx);
      const matches = await matchBlobs(tx, index, given);
      return new Map(
        given.map(({ sha256, findings }) => [
          sha256,
          verdictOf(findings as ScanFindings, matches.get(sha256)),
        ]),
      );
    },
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
