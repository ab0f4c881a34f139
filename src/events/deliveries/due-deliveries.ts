import type { Database } from '../../database/database.ts';
import { Prisma } from '../../generated/prisma/client.ts';

// Longer than a request may take, so that nobody sends what somebody is sending.
const CLAIM_SECONDS = 40;

/**
 * What keeps events of a media in order: one waits while an earlier one of the same media, or of its
 * whole message, is still to be delivered. Those of other media go on.
 */
const IS_NEXT_OF_ITS_MEDIA = Prisma.sql`NOT EXISTS (
  SELECT 1 FROM event_delivery AS earlier
  WHERE earlier.endpoint_id = delivery.endpoint_id AND earlier.message_sid = delivery.message_sid
    AND (earlier.media_sid IS NULL OR earlier.media_sid = delivery.media_sid)
    AND earlier.state = 'pending' AND earlier.position < delivery.position)`;

/**
 * Claims the oldest delivery that is due, so that no other process sends it meanwhile. A claim ends
 * by itself, should its process do so.
 *
 * @returns its id; undefined where nothing is due
 */
export async function claimDelivery(
  { prisma }: Database,
  endpointId: string,
): Promise<string | undefined> {
  const [claimed] = await prisma.$queryRaw<{ id: string }[]>`
    UPDATE event_delivery SET next_attempt_at = now() + make_interval(secs => ${CLAIM_SECONDS})
    WHERE id = (
      SELECT id FROM event_delivery AS delivery
      WHERE endpoint_id = ${endpointId} AND state = 'pending' AND next_attempt_at <= now()
        AND ${IS_NEXT_OF_ITS_MEDIA}
      ORDER BY position LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    RETURNING id`;
  return claimed?.id;
}

/** When the next delivery to an endpoint is due; null where none waits. */
export async function nextDueAt({ prisma }: Database, endpointId: string): Promise<Date | null> {
  const [next] = await prisma.$queryRaw<[{ at: Date | null }]>`
    SELECT min(next_attempt_at) AS at FROM event_delivery AS delivery
    WHERE endpoint_id = ${endpointId} AND state = 'pending' AND ${IS_NEXT_OF_ITS_MEDIA}`;
  return next.at;
}
