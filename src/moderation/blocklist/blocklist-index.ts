import { setImmediate } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Database, Transaction } from '../../database/database.ts';
import { type BlocklistKind, Prisma } from '../../generated/prisma/client.ts';
import type { PdqIndex, PdqMatch } from '../../pdq/pdq-index.ts';

/** The PDQ hashes of the blocklist in memory, as fresh as its reader needs them. */
export interface BlocklistIndex {
  /** Resolves when all entries were loaded once; starts loading unless it has started already. */
  ready(): Promise<void>;
  /**
   * Loads what was committed since the last refresh.
   *
   * @param db the database, or a transaction that holds the blocklist and so sees all of it
   */
  refresh(db: Pick<Transaction, '$queryRaw'>): Promise<void>;
  /** Whether all entries were loaded once. */
  isReady(): boolean;
  /** The last change that it has loaded. */
  position(): bigint;
  /** How many hashes it holds. */
  size(): number;
  /** The ids of all entries with a similar hash, nearest first; some may have been removed since. */
  search(hash: Uint8Array): PdqMatch<number>[];
}

// Changes per page: a few milliseconds of the event loop.
const PAGE = 5000n;
const HASH_BYTES = 32;

interface Page {
  ids: number[];
  are_there: boolean[];
  hashes: string;
}

export function createBlocklistIndex(
  { prisma }: Database,
  index: PdqIndex<number>,
): BlocklistIndex {
  let position = 0n;
  let loading: Promise<void> | undefined;
  let isLoaded = false;

  function applyPage({ ids, are_there, hashes }: Page, to: bigint): void {
    const bytes = Buffer.from(hashes, 'hex');
    for (const [n, id] of ids.entries()) {
      if (are_there[n]) index.add(id, bytes.subarray(n * HASH_BYTES, (n + 1) * HASH_BYTES));
      else index.remove(id);
    }
    position = to;
  }

  async function refresh(db: Pick<Transaction, '$queryRaw'>): Promise<void> {
    const last = await lastChange(db);
    for (let from = position; from < last; from = position) {
      const to = from + PAGE < last ? from + PAGE : last;
      const page = await readPage(db, from, to);
      // Refreshes may run concurrently: a page older than what is loaded already would undo it.
      if (position === from) applyPage(page, to);
      // The embedded database runs one statement at a time: other work gets a turn between pages.
      await setImmediate();
    }
  }

  return {
    ready() {
      loading ??= refresh(prisma).then(
        () => {
          isLoaded = true;
        },
        (error) => {
          loading = undefined;
          throw error;
        },
      );
      return loading;
    },
    refresh,
    isReady: () => isLoaded,
    position: () => position,
    size: () => index.size,
    search: (hash) => index.search(hash, MAX_DISTANCE),
  };
}

/**
 * The last change, 0 for none; all before it are committed too, because numbers become visible in order.
 */
export const LAST_CHANGE = Prisma.sql`(
  SELECT coalesce(max(change), 0) FROM blocklist_entry WHERE kind = 'pdq')`;

async function lastChange(db: Pick<Transaction, '$queryRaw'>): Promise<bigint> {
  const [{ last }] = await db.$queryRaw<[{ last: bigint }]>`SELECT ${LAST_CHANGE} AS last`;
  return last;
}

/**
 * Reads a page as one row: a million separate rows take the driver a dozen seconds. Bounded at both ends:
 * with LIMIT, a table that grew fast would be sorted anew for each page.
 */
async function readPage(
  db: Pick<Transaction, '$queryRaw'>,
  from: bigint,
  to: bigint,
): Promise<Page> {
  const [page] = await db.$queryRaw<[Page]>`
    SELECT coalesce(json_agg(id ORDER BY change), '[]') AS ids,
      coalesce(json_agg(removed_at IS NULL ORDER BY change), '[]') AS are_there,
      coalesce(string_agg(hash, '' ORDER BY change), '') AS hashes
    FROM blocklist_entry WHERE kind = 'pdq' AND change > ${from} AND change <= ${to}`;
  return page;
}

/** What is blocked: bytes by their SHA-256, or similar pictures by their PDQ hash. */
export interface BlocklistHash {
  kind: BlocklistKind;
  /** 64 lower case hexadecimal digits. */
  hash: string;
}

/** A picture's PDQ hash, and how distinctive it is. */
export interface PictureHash {
  /** 64 hexadecimal digits. */
  hash: string;
  /** 0 to 100. */
  quality: number;
}

/** Below this quality a hash is not distinctive: plain areas all look alike [PDQ, hashing.pdf]. */
export const MIN_QUALITY = 50;
/** How many of 256 bits may differ in hashes of the same picture, as in programmes that share hashes. */
export const MAX_DISTANCE = 31;

/** Whether a picture's hash distinguishes it from other pictures. */
export function isMatchable(picture: PictureHash | null): picture is PictureHash {
  return picture !== null && picture.quality >= MIN_QUALITY;
}

/** The hashes that identify a file: of its bytes and, for a matchable picture, its PDQ hash. */
export function hashesOf(sha256: string, picture: PictureHash | null): BlocklistHash[] {
  const bytes: BlocklistHash = { kind: 'sha256', hash: sha256 };
  return isMatchable(picture) ? [bytes, { kind: 'pdq', hash: picture.hash }] : [bytes];
}

/** The caller does not wait: only pictures wait until the index is loaded. */
export function loadBlocklist(index: BlocklistIndex, log: Logger, stopping: AbortSignal): void {
  const startedAt = performance.now();
  index
    .ready()
    .then(() => {
      const ms = Math.round(performance.now() - startedAt);
      log.info({ pictures: index.size(), ms }, 'blocklist loaded');
    })
    .catch((error: Error) => {
      if (!stopping.aborted) log.error({ err: error }, 'the blocklist is not loaded yet');
    });
}
