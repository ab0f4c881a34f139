import type { Database } from '../database/database.ts';
import { createGroupedLookup } from '../database/grouped-lookup.ts';
import { Prisma, type Session } from '../generated/prisma/client.ts';
import { type ApiKeys, type Caller, hashSecret, hashWithKey } from './api-keys.ts';

/** How long a session lives without a request. */
export const IDLE_HOURS = 12;
/** How long a session lives at most: seven days. */
export const LIFETIME_HOURS = 168;
// A write per request is not worth its cost.
const USE_RESOLUTION_SECONDS = 60;
/** 256 random bits in base64url. */
const SECRET = /^[A-Za-z0-9_-]{43}$/;

/** On the database's clock, because the clocks of the processes may differ. */
export const isUnexpired = Prisma.sql`
  (session.expires_at > now()
    AND session.last_used_at > now() - make_interval(hours => ${IDLE_HOURS}::int))`;

/** Sessions of browsers: whoever has the secret of one has the rights of the key that it was begun with. */
export interface Sessions {
  /**
   * Accepts the secret of a session, and extends the session by that.
   *
   * @param secret as it was sent, which may be anything
   * @returns null for an unknown session, or one that has ended, by itself or with its key
   */
  authenticate(secret: string): Promise<{ caller: Caller; sessionId: string } | null>;
  /** Whether a session that was accepted before has not ended since. Does not extend it. */
  isValid(id: string): Promise<boolean>;
}

type SessionRow = Pick<Session, 'id' | 'secretHash' | 'keyId' | 'keyHash'> & {
  isUseNoted: boolean;
};

export function createSessions({ prisma }: Database, apiKeys: ApiKeys): Sessions {
  // Unauthenticated clients can send any secret, and a page asks for many pictures at once.
  const findRow = createGroupedLookup<SessionRow>(async (hashes) => {
    const rows = await prisma.$queryRaw<SessionRow[]>`
      SELECT id, secret_hash AS "secretHash", key_id AS "keyId", key_hash AS "keyHash",
        last_used_at > now() - make_interval(secs => ${USE_RESOLUTION_SECONDS}) AS "isUseNoted"
      FROM session WHERE secret_hash = ANY(${hashes}) AND ${isUnexpired}`;
    return new Map(rows.map((row) => [row.secretHash, row]));
  });

  /** Concurrent requests write once: the condition holds for the first. */
  async function noteUse(id: string): Promise<void> {
    await prisma.$executeRaw`
      UPDATE session SET last_used_at = now()
      WHERE id = ${id}
        AND last_used_at <= now() - make_interval(secs => ${USE_RESOLUTION_SECONDS})`;
  }

  return {
    async authenticate(secret) {
      if (!SECRET.test(secret)) return null;
      const row = await findRow(hashSecret(secret));
      if (row === undefined) return null;
      const caller = await apiKeys.find(row.keyId);
      if (caller === null || row.keyHash !== hashWithKey(secret, caller)) return null;
      if (!row.isUseNoted) await noteUse(row.id);
      return { caller, sessionId: row.id };
    },
    async isValid(id) {
      const rows = await prisma.$queryRaw<unknown[]>`
        SELECT 1 FROM session LEFT JOIN api_key ON api_key.id = session.key_id
        WHERE session.id = ${id} AND ${isUnexpired} AND api_key.revoked_at IS NULL`;
      return rows.length > 0;
    },
  };
}

/** Removes the sessions that let nobody in any more. */
export async function removeExpiredSessions({ prisma }: Database): Promise<void> {
  await prisma.$executeRaw`DELETE FROM session WHERE NOT ${isUnexpired}`;
}
