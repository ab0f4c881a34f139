import { lockBlobs, type Transaction } from '../database/database.ts';
import type { Blob } from '../generated/prisma/client.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import { holdBlocklist } from '../moderation/blocklist/blocklist-entries.ts';
import type { BlocklistIndex } from '../moderation/blocklist/blocklist-index.ts';
import { judgeMatch, matchBlobs } from '../moderation/blocklist/match-blob.ts';
import {
  carryOut,
  type Judgement,
  type ReleasedMedia,
  type ScreenAgain,
} from '../moderation/judgement.ts';
import { pictureOf } from '../preview/screen.ts';
import { judgeUnscanned, judgeVerdict, type ScanOptions, scanVerdict } from './classifier.ts';
import { releaseAllowed } from './scan-again.ts';

/** What the rules say about the attachments with the same bytes. */
interface Opinion {
  judgement: Judgement | null;
  /** Whether a verdict allows the bytes. */
  isAllowed: boolean;
  /** Whether attachments that arrive now would be held because there is no verdict. */
  isUnscanned: boolean;
}

type Known = Pick<Blob, 'sha256' | 'pdq' | 'pdqQuality' | 'scan' | 'nextScanAt'>;

const UNSCANNED = judgeUnscanned('it has not answered yet');

/**
 * Screens stored attachments as on arrival: by the blocklist, then, if that has no match, by the verdict that is stored
 * with the bytes.
 *
 * @param deps.failure what happens without a verdict; undefined without a classifier
 */
export function createScreenAgain(deps: {
  queue: JobQueue;
  index: BlocklistIndex;
  failure: ScanOptions['failure'] | undefined;
}): ScreenAgain {
  const { queue, index, failure } = deps;

  function opinionOf({ scan, nextScanAt }: Known): Opinion {
    const verdict = scanVerdict.safeParse(scan);
    if (verdict.success) {
      const judgement = judgeVerdict(verdict.data);
      return { judgement, isAllowed: judgement === null, isUnscanned: false };
    }
    const isUnscanned = failure === 'hold' && nextScanAt !== null;
    return { judgement: null, isAllowed: false, isUnscanned };
  }

  async function readOpinions(
    tx: Transaction,
    sha256s: readonly string[],
  ): Promise<Map<string, Opinion>> {
    const blobs = await tx.blob.findMany({
      where: { sha256: { in: [...sha256s] } },
      select: { sha256: true, pdq: true, pdqQuality: true, scan: true, nextScanAt: true },
    });
    const bytes = blobs.map((blob) => ({ sha256: blob.sha256, picture: pictureOf(blob) }));
    const matches = await matchBlobs(tx, index, bytes);
    return new Map(
      blobs.map((blob): [string, Opinion] => {
        const match = matches.get(blob.sha256);
        if (match === undefined) return [blob.sha256, opinionOf(blob)];
        const judgement = judgeMatch(match);
        return [blob.sha256, { judgement, isAllowed: false, isUnscanned: false }];
      }),
    );
  }

  async function apply(
    tx: Transaction,
    opinions: ReadonlyMap<string, Opinion>,
    media: readonly ReleasedMedia[],
  ): Promise<void> {
    const judged = media.flatMap(({ sid, blobSha256, isNew }) => {
      const opinion = opinions.get(blobSha256);
      const judgement = opinion?.judgement ?? (isNew && opinion?.isUnscanned ? UNSCANNED : null);
      return judgement === null ? [] : { sid, judgement };
    });
    // What is judged alike is decided at once: a batch is one transaction.
    const groups = Map.groupBy(judged, ({ judgement: { act, decider, caughtBy } }) =>
      JSON.stringify([act, decider, String(caughtBy?.entryId), caughtBy?.distance]),
    );
    for (const group of groups.values()) {
      const [first] = group;
      const sids = group.map(({ sid }) => sid);
      if (first !== undefined) await carryOut(tx, queue, sids, first.judgement);
    }
    const allowed = media.filter(({ blobSha256 }) => opinions.get(blobSha256)?.isAllowed);
    await releaseAllowed(tx, allowed);
  }

  return {
    ready: () => index.ready(),
    async decide(tx, sha256s) {
      await lockBlobs(tx, sha256s);
      await holdBlocklist(tx);
      const opinions = await readOpinions(tx, sha256s);
      return (media) => apply(tx, opinions, media);
    },
  };
}
