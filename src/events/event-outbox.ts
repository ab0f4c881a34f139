import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Database } from '../database/database.ts';
import { createLoggedTask } from '../database/logged-task.ts';
import { isDatabaseOutage } from '../database/server-client.ts';
import { asError } from '../errors/caught.ts';
import { Prisma } from '../generated/prisma/client.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import { repeatTask } from '../lifecycle/repeat-task.ts';
import { createFailureLog } from '../monitoring/outage-log.ts';

const PUBLISH_BATCH = 500;

/**
 * Gives events their position in the order that readers follow, and creates the deliveries to
 * endpoints. Transactions do not commit in the order of their sequence numbers, so positions are
 * assigned after the commit, by one publisher at a time: a reader that has read up to a position has
 * seen all events before it.
 *
 * @returns how many were published; 0 also when another process is publishing
 */
export async function publishEvents({ prisma }: Database, queue: JobQueue): Promise<number> {
  const [unpublished] = await prisma.$queryRaw<[{ waiting: boolean }]>`
    SELECT EXISTS (SELECT 1 FROM event WHERE position IS NULL) AS waiting`;
  if (!unpublished.waiting) return 0;
  return prisma.$transaction(async (tx) => {
    const [publication] = await tx.$queryRaw<{ last: bigint }[]>`
      SELECT last_position AS last FROM event_publication FOR UPDATE SKIP LOCKED`;
    if (publication === undefined) return 0;
    const [{ taken, endpoints }] = await tx.$queryRaw<
      [{ taken: number; endpoints: string[] }]
    >(Prisma.sql`
      WITH waiting AS (
        SELECT seq FROM event WHERE position IS NULL ORDER BY seq LIMIT ${PUBLISH_BATCH}
      ), batch AS (
        SELECT seq, ${publication.last}::bigint + row_number() OVER (ORDER BY seq) AS position FROM waiting
      ), published AS (
        UPDATE event SET position = batch.position FROM batch WHERE event.seq = batch.seq
        RETURNING event.position, event.type, event.message_sid, event.media_sid
      ), counted AS (
        UPDATE event_publication SET last_position = last_position + (SELECT count(*) FROM batch)
      ), addressed AS (
        INSERT INTO event_delivery (id, endpoint_id, position, message_sid, media_sid, next_attempt_at)
        SELECT 'dlv_' || replace(gen_random_uuid()::text, '-', ''), endpoint.id,
          published.position, published.message_sid, published.media_sid, now()
        FROM published JOIN event_endpoint AS endpoint
          ON cardinality(endpoint.types) = 0 OR published.type = ANY(endpoint.types)
        RETURNING endpoint_id
      )
      SELECT (SELECT count(*) FROM waiting)::int AS taken,
        ARRAY(SELECT DISTINCT endpoint_id FROM addressed) AS endpoints`);
    await queue.send(
      tx,
      'deliver-events',
      endpoints.map((endpointId) => ({ payload: { endpointId, at: 'now' } })),
    );
    return taken;
  });
}

const PUBLISH_EVERY_MS = 1000;

/**
 * Publishes events once a second, in every process: the writer of an event neither waits for readers
 * nor knows whether there are any (docs/adr/0014-events.md).
 *
 * @returns a function that stops it
 */
export function startPublishing(deps: {
  database: Database;
  queue: JobQueue;
  log: Logger;
}): () => Promise<void> {
  const { database, queue, log } = deps;
  const stopping = new AbortController();
  const failureLog = createFailureLog(log, {
    begins: 'events are not published, retrying',
    ends: 'events are published again',
    failuresInARow: 1,
  });

  async function publishAll(): Promise<void> {
    try {
      while (!stopping.signal.aborted && (await publishEvents(database, queue)) > 0);
      database.outage.pool.answered();
      failureLog.answered();
    } catch (error) {
      if (!isDatabaseOutage(error)) failureLog.failed(asError(error));
      // `ping` logs the start and the end of an outage.
      await database.ping().catch(() => undefined);
    }
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await publishAll();
      await wait(PUBLISH_EVERY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  const running = run();
  return async () => {
    stopping.abort();
    await running;
  };
}

const HOUSEKEEPING_EVERY_MS = 5 * 60_000;

/**
 * Now and every five minutes: removes old events, and sends a job for endpoints whose deliveries lost theirs.
 *
 * @returns a function that stops it
 */
export function startEventHousekeeping(deps: {
  database: Database;
  queue: JobQueue;
  log: Logger;
}): () => Promise<void> {
  const { database, queue, log } = deps;

  const housekeeping = createLoggedTask(
    log,
    {
      begins: 'housekeeping of events failed, retrying',
      ends: 'housekeeping of events works again',
    },
    async () => {
      const count = await pruneEvents(database);
      if (count > 0) log.info({ count }, 'old events removed');
      await resendStrandedDeliveries(database, queue);
    },
  );
  return repeatTask({ task: housekeeping, everyMs: HOUSEKEEPING_EVERY_MS });
}

const KEPT_MS = 30 * 86_400_000;
// Deleting an event also deletes its deliveries and their attempts.
const PRUNE_BATCH = 200;

/**
 * Removes events older than 30 days with their deliveries, and previous secrets that have expired.
 *
 * @returns the number of events removed
 */
export async function pruneEvents({ prisma }: Database, now = new Date()): Promise<number> {
  await prisma.eventEndpoint.updateMany({
    where: { previousSecretUntil: { lt: now } },
    data: { previousSecret: null, previousSecretUntil: null },
  });
  const before = new Date(now.getTime() - KEPT_MS);
  let removed = 0;
  for (;;) {
    // Ordered by position, which is indexed: the oldest events have the lowest positions. An array, because for a join
    // PostgreSQL reads all events when it expects that few are so old.
    const count = await prisma.$executeRaw`
      DELETE FROM event WHERE created_at < ${before} AND position = ANY (ARRAY(
        SELECT position FROM event WHERE position IS NOT NULL ORDER BY position LIMIT ${PRUNE_BATCH}))`;
    removed += count;
    if (count < PRUNE_BATCH) return removed;
  }
}

const STRANDED_AFTER_MS = 5 * 60_000;

/**
 * Sends a new job for endpoints with deliveries that are long overdue and so may have lost their job. A
 * superfluous job does nothing.
 */
async function resendStrandedDeliveries(
  { prisma }: Database,
  queue: JobQueue,
  now = new Date(),
): Promise<void> {
  const before = new Date(now.getTime() - STRANDED_AFTER_MS);
  await prisma.$transaction(async (tx) => {
    const endpoints = await tx.eventEndpoint.findMany({
      where: {
        state: 'active',
        deliveries: { some: { state: 'pending', nextAttemptAt: { lt: before } } },
      },
      select: { id: true },
      orderBy: { id: 'asc' },
    });
    await queue.send(
      tx,
      'deliver-events',
      endpoints.map(({ id: endpointId }) => ({ payload: { endpointId, at: 'now' } })),
    );
  });
}
