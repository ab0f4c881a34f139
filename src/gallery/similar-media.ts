import { PICTURES_BY_HASH } from '../database/blob-scan.ts';
import type { Database } from '../database/database.ts';
import { type ScanSelection, scanRows } from '../database/scan-rows.ts';
import { MediaState, Prisma } from '../generated/prisma/client.ts';
import {
  isMatchable,
  MIN_QUALITY,
  type PictureHash,
} from '../moderation/blocklist/blocklist-index.ts';
import { BITS, distanceWithin, readWords } from '../pdq/hash-words.ts';
import type { MediaItem } from './item-schemas.ts';
import { MEDIA_INCLUDE, mediaItem } from './media-items.ts';
import type { SimilarQuery } from './similar-operations.ts';
import { type Visibility, visibilityFilter } from './visibility.ts';

export interface WantedPicture extends SimilarQuery {
  /** Of its bytes. */
  sha256: string;
  /** Null when it has no hash: only the same bytes are found. */
  picture: PictureHash | null;
  /** The sid of an attachment that is left out: the one that others are compared with. */
  except?: string;
}

interface SimilarItem {
  /** In how many of 256 bits the hashes of the pictures differ; 0 for the same bytes. */
  distance: number;
  media: MediaItem;
}

/**
 * Stored attachments with the same bytes or a similar picture that a reader may see, nearest first.
 *
 * @param signal ends the comparison with what is stored, when nobody waits for it any more
 */
export async function findSimilar(
  database: Database,
  wanted: WantedPicture,
  visibility: Visibility,
  signal: AbortSignal,
): Promise<SimilarItem[]> {
  signal.throwIfAborted();
  const blobs = await findBlobs(database, wanted, signal);
  const items: SimilarItem[] = [];
  // What the reader may not see leaves no gap.
  for (let from = 0; from < blobs.length && items.length < wanted.limit; from += BLOBS_AT_ONCE) {
    const some = blobs.slice(from, from + BLOBS_AT_ONCE);
    const { limit, except } = wanted;
    const rest = { limit: limit - items.length, except };
    items.push(...(await findItems(database, some, rest, visibility)));
  }
  return items;
}

const BLOBS_AT_ONCE = 200;

interface NearBlob {
  sha256: string;
  distance: number;
}

/** All bytes with a hash, or with a picture within a distance, nearest first. */
async function findBlobs(
  { prisma }: Database,
  { sha256, picture, distance }: WantedPicture,
  signal: AbortSignal,
): Promise<NearBlob[]> {
  const same: NearBlob = { sha256, distance: 0 };
  if (!isMatchable(picture)) return [same];
  const found: NearBlob[] = [];
  const query = readWords(picture.hash);
  // Every stored picture is compared, in short statements (docs/adr/0031-finding-media.md).
  for await (const near of scanRows(prisma, PICTURES_BY_HASH, similarTo(picture.hash, distance))) {
    signal.throwIfAborted();
    for (const { pdq, ...blob } of near) {
      if (blob.sha256 === sha256) continue;
      found.push({ ...blob, distance: distanceWithin(readWords(pdq), 0, query, BITS) });
    }
  }
  found.sort((a, b) => a.distance - b.distance || (a.sha256 < b.sha256 ? -1 : 1));
  return [same, ...found];
}

/** The distinctive pictures whose hash differs in at most so many bits. */
function similarTo(hash: string, distance: number): ScanSelection {
  return {
    ranges: [Prisma.sql`true`],
    filter: Prisma.sql`pdq_quality >= ${MIN_QUALITY}
      AND bit_count(('x' || pdq)::bit(256) # ${`x${hash}`}::bit(256)) <= ${distance}`,
  };
}

/** The attachments with these bytes that a reader may see, in the order of the bytes, the first received first. */
async function findItems(
  { prisma }: Database,
  blobs: readonly NearBlob[],
  { limit, except = '' }: { limit: number; except: string | undefined },
  visibility: Visibility,
): Promise<SimilarItem[]> {
  const seen = visibilityFilter(visibility);
  const distanceOf = new Map(blobs.map(({ sha256, distance }) => [sha256, distance]));
  const found = await prisma.$queryRaw<{ sid: string }[]>`
    SELECT media.sid
    FROM unnest(${[...distanceOf.keys()]}::text[]) WITH ORDINALITY AS near (sha256, place)
    CROSS JOIN LATERAL (
      SELECT sid FROM media
      WHERE blob_sha256 = near.sha256 AND state = 'stored' AND sid <> ${except}
        AND (${seen.moderation === undefined} OR moderation = 'visible')
      ORDER BY sid LIMIT ${limit}
    ) AS media
    ORDER BY place, sid LIMIT ${limit}`;
  const rows = await prisma.media.findMany({
    where: { sid: { in: found.map(({ sid }) => sid) }, state: MediaState.stored, ...seen },
    include: MEDIA_INCLUDE,
  });
  const rowOf = new Map(rows.map((row) => [row.sid, row]));
  return found.flatMap(({ sid }) => {
    const row = rowOf.get(sid);
    const distance = distanceOf.get(row?.blobSha256 ?? '');
    return row === undefined || distance === undefined
      ? []
      : [{ distance, media: mediaItem(row, visibility) }];
  });
}
