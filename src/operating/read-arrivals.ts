import type { Database } from '../database/database.ts';
import { Prisma } from '../generated/prisma/client.ts';

/** What came in, and what was refused, lately. */
export interface Arrivals {
  /** Within the last two hours: it is counted by the hour. */
  refused: { cause: string; count: number }[];
  /** When the last message came in by a webhook; null if none of the last 100 did. */
  lastWebhookAt: Date | null;
  /** Whether one came in within the last two hours. */
  isAccepting: boolean;
}

/** Messages that are looked at: imports and reconciliations are among them. */
const MAX_SEEN = 100;

export async function readArrivals({ prisma }: Pick<Database, 'prisma'>): Promise<Arrivals> {
  const refused = await prisma.$queryRaw<Arrivals['refused']>(Prisma.sql`
    SELECT cause, sum(count)::int AS count FROM refused_webhook
    WHERE hour > now() - interval '2 hours' GROUP BY cause ORDER BY count DESC, cause`);
  const [last] = await prisma.$queryRaw<{ at: Date; isRecent: boolean }[]>(Prisma.sql`
    WITH newest AS (
      SELECT received_at, source FROM message ORDER BY received_at DESC, sid DESC LIMIT ${MAX_SEEN}
    )
    SELECT received_at AS at, received_at > now() - interval '2 hours' AS "isRecent" FROM newest
    WHERE source = 'webhook' ORDER BY received_at DESC LIMIT 1`);
  return { refused, lastWebhookAt: last?.at ?? null, isAccepting: last?.isRecent ?? false };
}
