import { lockBlobs, type Transaction } from '../database/database.ts';
import { mediaStored } from '../events/event-payloads.ts';
import { recordEvents } from '../events/record-events.ts';
import type { Media } from '../generated/prisma/client.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import { linkBytes, type NewBytes } from '../media/link-bytes.ts';
import { linkPreviews } from './link-previews.ts';
import type { NewPreview } from './render-blob.ts';
import type { Findings, Screen, ScreenedBytes, Verdict } from './screen.ts';

/** What the job of an attachment has made of it. Its files are in the blob store when it is stored. */
export interface ReadyMedia {
  mediaSid: string;
  sha256: string;
  key: string;
  byteSize: number;
  /** Of its job. */
  priority: number;
  /** Of bytes that the attachment is not linked to yet. */
  newBytes: NewBytes | null;
  preview: NewPreview | null;
  /** Of bytes whose attachments can be stored; null when that is left to the job `preview-media`. */
  screening: { picture: ScreenedBytes['picture']; findings: Findings } | null;
}

export interface StoreDeps {
  queue: JobQueue;
  screen: Screen;
  /** Called for bytes that attachments are stored with. Undefined when renditions are made on request. */
  requestRenditions: ((tx: Transaction, sha256s: string[]) => Promise<void>) | undefined;
  /** The same, of sounds. Undefined without a transcription server. */
  requestTranscripts: ((tx: Transaction, sha256s: string[]) => Promise<void>) | undefined;
  /** Whether to delete Twilio's copy as soon as ours is complete. */
  deleteUpstreamAfterStore: boolean;
}

/**
 * Links attachments to their bytes and these to their previews, and stores all attachments that wait for bytes
 * that have a preview and were screened: one statement for each step, whatever the number of attachments. What was
 * deleted meanwhile is skipped; what cannot be stored yet gets a job `preview-media`.
 *
 * @param tx the caller commits it
 * @returns the keys of the new files that rows reference now, and what was stored
 */
export async function storeMedia(
  tx: Transaction,
  deps: StoreDeps,
  given: readonly ReadyMedia[],
): Promise<{ used: Set<string>; stored: Media[] }> {
  const ready = firstOfEach(given, ({ mediaSid }) => mediaSid);
  const verdicts = await lockAndDecide(tx, deps, ready);
  const linked = await linkBytes(
    tx,
    ready.flatMap(({ newBytes }) => newBytes ?? []),
  );
  const present = ready
    .filter(({ newBytes, mediaSid }) => newBytes === null || linked.sids.has(mediaSid))
    // Those that were linked just now come first: others may be of a blob that was deleted meanwhile.
    .toSorted((a, b) => Number(a.newBytes === null) - Number(b.newBytes === null));
  const previewed = await linkNewPreviews(tx, present);
  const complete = await selectComplete(tx, present, previewed);
  const sha256s = new Set(complete.map(({ sha256 }) => sha256));
  const left = present.filter(({ newBytes, sha256 }) => newBytes !== null && !sha256s.has(sha256));
  const jobs = left.map(({ mediaSid, priority }) => ({ payload: { mediaSid }, priority }));
  await deps.queue.send(tx, 'preview-media', jobs);
  const stored = await storeComplete(tx, deps, complete, verdicts);
  const previewKeys = previewed.flatMap(
    ({ preview }) => preview?.files.map(({ key }) => key) ?? [],
  );
  return { used: new Set([...linked.keys, ...previewKeys]), stored };
}

/**
 * Locks in the order that all transactions keep, so that none deadlocks with a deletion or a decision: the hashes
 * of the bytes, the blocklist, then the media.
 */
async function lockAndDecide(
  tx: Transaction,
  { screen }: StoreDeps,
  ready: readonly ReadyMedia[],
): Promise<Map<string, Verdict>> {
  const sha256s = [...new Set(ready.map(({ sha256 }) => sha256))];
  await lockBlobs(tx, sha256s);
  const screened = firstOfEach(ready.filter(isScreened), ({ sha256 }) => sha256);
  const verdicts =
    screened.length === 0
      ? new Map()
      : await screen.decide(
          tx,
          screened.map(({ sha256, screening }) => ({ sha256, ...screening })),
        );
  await tx.$queryRaw`
    SELECT sid FROM media
    WHERE state = 'pending'
      AND (sid = ANY(${ready.map(({ mediaSid }) => mediaSid)}) OR blob_sha256 = ANY(${sha256s}))
    ORDER BY sid FOR UPDATE`;
  return verdicts;
}

type Screened = ReadyMedia & { screening: NonNullable<ReadyMedia['screening']> };

function isScreened(ready: ReadyMedia): ready is Screened {
  return ready.screening !== null;
}

function firstOfEach<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  return [...new Map(items.toReversed().map((item) => [keyOf(item), item])).values()].toReversed();
}

/** @returns those whose preview is the one of their blob now: of several for the same bytes, the first */
async function linkNewPreviews(
  tx: Transaction,
  present: readonly ReadyMedia[],
): Promise<ReadyMedia[]> {
  const withPreview = present.filter(({ preview }) => preview !== null);
  const firsts = firstOfEach(withPreview, ({ sha256 }) => sha256);
  const sha256s = await linkPreviews(
    tx,
    firsts.flatMap(({ sha256, key, newBytes, preview }) =>
      preview === null ? [] : { sha256, key: newBytes === null ? key : null, preview },
    ),
    'missing',
  );
  return firsts.filter(({ sha256 }) => sha256s.has(sha256));
}

/**
 * The first item of each bytes that were screened and have a preview. Bytes may have been deleted meanwhile, and have
 * arrived again: their blob has another key then, no preview yet, and attachments with a job of their own.
 */
async function selectComplete(
  tx: Transaction,
  present: readonly ReadyMedia[],
  previewed: readonly ReadyMedia[],
): Promise<Screened[]> {
  const certain = new Set(previewed.map(({ sha256 }) => sha256));
  const screened = present.filter(isScreened);
  const uncertain = screened.filter(({ sha256 }) => !certain.has(sha256));
  const blobs =
    uncertain.length === 0
      ? []
      : await tx.blob.findMany({
          where: {
            sha256: { in: uncertain.map(({ sha256 }) => sha256) },
            previewKind: { not: null },
          },
          select: { sha256: true, key: true },
        });
  const keys = new Map(blobs.map(({ sha256, key }) => [sha256, key]));
  const complete = screened.filter(({ sha256, key, newBytes }) => {
    if (certain.has(sha256)) return true;
    return newBytes === null ? keys.get(sha256) === key : keys.has(sha256);
  });
  return firstOfEach(complete, ({ sha256 }) => sha256);
}

async function storeComplete(
  tx: Transaction,
  deps: StoreDeps,
  complete: readonly Screened[],
  verdicts: ReadonlyMap<string, Verdict>,
): Promise<Media[]> {
  if (complete.length === 0) return [];
  const isKept = ({ sha256 }: ReadyMedia) => verdicts.get(sha256)?.act !== 'delete';
  const stored = await store(tx, deps, complete.filter(isKept));
  const sha256s = [...new Set(stored.flatMap((media) => media.blobSha256 ?? []))];
  await deps.requestRenditions?.(tx, sha256s);
  await deps.requestTranscripts?.(tx, sha256s);
  const judged = [];
  for (const { sha256 } of complete) {
    const verdict = verdicts.get(sha256);
    if (verdict === undefined) continue;
    const own = stored.filter(({ blobSha256 }) => blobSha256 === sha256);
    const sids =
      verdict.act === 'delete' ? await sidsOfPending(tx, sha256) : own.map(({ sid }) => sid);
    judged.push({ verdict, own, sids });
  }
  await lockMessages(
    tx,
    judged.flatMap(({ verdict, sids }) => (verdict.act === null ? [] : sids)),
  );
  for (const { verdict, own, sids } of judged) await verdict.apply(tx, sids, own);
  return stored;
}

/** Locks the messages that follow the media, all at once and in order, as a deletion does. */
async function lockMessages(tx: Transaction, sids: readonly string[]): Promise<void> {
  if (sids.length === 0) return;
  await tx.$queryRaw`
    SELECT sid FROM message
    WHERE sid IN (SELECT message_sid FROM media WHERE sid = ANY(${sids})) AND follows_media
    ORDER BY sid FOR NO KEY UPDATE`;
}

async function store(
  tx: Transaction,
  { queue, deleteUpstreamAfterStore }: StoreDeps,
  given: readonly ReadyMedia[],
): Promise<Media[]> {
  const bySha256 = new Map(given.map((bytes) => [bytes.sha256, bytes]));
  const storedAt = new Date();
  const stored = await tx.media.updateManyAndReturn({
    where: { blobSha256: { in: [...bySha256.keys()] }, state: 'pending' },
    data: { state: 'stored', storedAt, reason: null },
  });
  await recordEvents(
    tx,
    stored.map((media) => {
      const { sha256 = '', byteSize = 0 } = bySha256.get(media.blobSha256 ?? '') ?? {};
      return mediaStored(media, { sha256, byteSize: BigInt(byteSize) }, storedAt);
    }),
  );
  const kept = stored.filter(({ upstream }) => upstream === 'kept').map(({ sid }) => sid);
  if (!deleteUpstreamAfterStore || kept.length === 0) return stored;
  await tx.media.updateMany({ where: { sid: { in: kept } }, data: { upstream: 'deleting' } });
  const jobs = kept.map((mediaSid) => ({ payload: { mediaSid } }));
  await queue.send(tx, 'delete-upstream', jobs);
  return stored;
}

async function sidsOfPending(tx: Transaction, blobSha256: string): Promise<string[]> {
  const rows = await tx.media.findMany({
    where: { blobSha256, state: 'pending' },
    select: { sid: true },
  });
  return rows.map(({ sid }) => sid);
}
