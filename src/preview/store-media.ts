import { lockBlobs, type Transaction } from '../database/database.ts';
import { mediaStored } from '../events/event-payloads.ts';
import { recordEvents } from '../events/record-events.ts';
import type { Media } from '../generated/prisma/client.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import { linkBytes, type NewBytes } from '../media/link-bytes.ts';
import { linkPreviews } from './link-previews.ts';
import type { NewPreview } from './render-blob.ts';
import type { Findings, Screen, ScreenedBytes, Verdict } from './screen.ts';

/** An attachment whose bytes are in the blob store, and what its job has made of them. */
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
  /** Of bytes whose attachments can be stored; null when their preview is left to another job. */
  screening: { picture: ScreenedBytes['picture']; findings: Findings } | null;
}

export interface StoreDeps {
  queue: JobQueue;
  screen: Screen;
  /** Whether to delete Twilio's copy as soon as ours is complete. */
  deleteUpstreamAfterStore: boolean;
}

/**
 * Links attachments to their bytes and these to their previews, and stores all attachments that wait for bytes
 * that were screened: one statement for each step, whatever the number of attachments. What was deleted
 * meanwhile is skipped.
 *
 * @param tx the caller commits it
 * @returns the keys of the new files that rows reference now
 */
export async function storeMedia(
  tx: Transaction,
  deps: StoreDeps,
  ready: readonly ReadyMedia[],
): Promise<Set<string>> {
  const verdicts = await lockAndDecide(tx, deps, ready);
  const linked = await linkBytes(
    tx,
    ready.flatMap(({ newBytes }) => newBytes ?? []),
  );
  const present = ready.filter(({ newBytes, mediaSid }) => {
    return newBytes === null || linked.sids.has(mediaSid);
  });
  const previewed = await linkNewPreviews(tx, present);
  const left = present.filter(({ screening }) => screening === null);
  const jobs = left.map(({ mediaSid, priority }) => ({ payload: { mediaSid }, priority }));
  await deps.queue.send(tx, 'preview-media', jobs);
  await storeScreened(tx, deps, await withBlobs(tx, present, previewed), verdicts);
  const previewKeys = previewed.flatMap(
    ({ preview }) => preview?.files.map(({ key }) => key) ?? [],
  );
  return new Set([...linked.keys, ...previewKeys]);
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
  const screened = firstOfEach(ready.filter(({ screening }) => screening !== null));
  const given = screened.flatMap(({ sha256, screening }) =>
    screening === null ? [] : { sha256, ...screening },
  );
  const verdicts = given.length === 0 ? new Map() : await screen.decide(tx, given);
  await tx.$queryRaw`
    SELECT sid FROM media
    WHERE state = 'pending'
      AND (sid = ANY(${ready.map(({ mediaSid }) => mediaSid)}) OR blob_sha256 = ANY(${sha256s}))
    ORDER BY sid FOR UPDATE`;
  return verdicts;
}

/** @returns those whose preview is the one of their blob now: of several for the same bytes, the first */
async function linkNewPreviews(
  tx: Transaction,
  present: readonly ReadyMedia[],
): Promise<ReadyMedia[]> {
  const firsts = firstOfEach(present.filter(({ preview }) => preview !== null));
  const sha256s = await linkPreviews(
    tx,
    firsts.flatMap(({ sha256, key, newBytes, preview }) =>
      preview === null ? [] : { sha256, key: newBytes === null ? key : null, preview },
    ),
    'missing',
  );
  return firsts.filter(({ sha256 }) => sha256s.has(sha256));
}

function firstOfEach(ready: readonly ReadyMedia[]): ReadyMedia[] {
  return [...new Map(ready.toReversed().map((item) => [item.sha256, item])).values()];
}

/**
 * Those whose blob exists. Bytes that were not linked just now may have been deleted meanwhile: if the same
 * bytes have arrived again, their blob has another key, and they have a job of their own.
 */
async function withBlobs(
  tx: Transaction,
  present: readonly ReadyMedia[],
  previewed: readonly ReadyMedia[],
): Promise<ReadyMedia[]> {
  const known = new Set(previewed);
  const uncertain = present.filter((item) => item.newBytes === null && !known.has(item));
  if (uncertain.length === 0) return [...present];
  const blobs = await tx.blob.findMany({
    where: { key: { in: uncertain.map(({ key }) => key) } },
    select: { key: true },
  });
  const keys = new Set(blobs.map(({ key }) => key));
  return present.filter((item) => !uncertain.includes(item) || keys.has(item.key));
}

async function storeScreened(
  tx: Transaction,
  deps: StoreDeps,
  present: readonly ReadyMedia[],
  verdicts: ReadonlyMap<string, Verdict>,
): Promise<void> {
  const given = firstOfEach(present.filter(({ screening }) => screening !== null));
  if (given.length === 0) return;
  const isDelete = ({ sha256 }: ReadyMedia) => verdicts.get(sha256)?.isDelete === true;
  const stored = await store(
    tx,
    deps,
    given.filter((bytes) => !isDelete(bytes)),
  );
  for (const { sha256 } of given) {
    const verdict = verdicts.get(sha256);
    if (verdict === undefined) continue;
    const own = stored.filter(({ blobSha256 }) => blobSha256 === sha256);
    const sids = verdict.isDelete ? await sidsOfPending(tx, sha256) : own.map(({ sid }) => sid);
    await verdict.apply(tx, sids, own);
  }
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
