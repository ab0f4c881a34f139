import { randomBytes } from 'node:crypto';
import { recordAudit } from '../audit/record-audit.ts';
import { type Caller, hashSecret, hashWithKey } from '../auth/api-keys.ts';
import { IDLE_HOURS, isUnexpired, LIFETIME_HOURS } from '../auth/sessions.ts';
import type { Database, Transaction } from '../database/database.ts';
import { AppError } from '../errors/app-error.ts';
import { Prisma } from '../generated/prisma/client.ts';
import { createdPage } from '../http/created-page.ts';
import type { Page } from '../http/paging.ts';
import type { SessionItem, SessionListQuery } from './sessions-operations.ts';

/** Begins, lists and ends sessions; beginnings and ends are in the audit log. */
export interface SessionManagement {
  /**
   * Begins a session with a new secret, which is returned only here and not stored. The one of the same key that was
   * used least recently ends when there are too many.
   *
   * @param by for the audit log
   * @param replaced secret of a session that ends with this request, if there is one
   * @param browser in words, for the list of sessions
   */
  begin(
    caller: Caller,
    by: 'key' | 'ticket',
    replaced: string | undefined,
    browser: string | null,
  ): Promise<{ secret: string; session: SessionItem }>;
  /** Null when it has ended. */
  find(id: string): Promise<SessionItem | null>;
  /** Ends the session with this secret, if there is one: the secret may be anything. */
  end(secret: string): Promise<void>;
  /** One page, oldest first. */
  list(query: SessionListQuery): Promise<Page<SessionItem>>;
  /**
   * Ends the session of somebody.
   *
   * @param actor for the audit log
   * @throws AppError `not_found`
   */
  revoke(id: string, actor: string): Promise<void>;
}

const WITH_HOLDER = {
  id: true,
  browser: true,
  createdAt: true,
  lastUsedAt: true,
  expiresAt: true,
  key: { select: { name: true, role: true } },
} as const satisfies Prisma.SessionSelect;

type SessionRow = Prisma.SessionGetPayload<{ select: typeof WITH_HOLDER }>;

/** Of one key: whoever has a key could otherwise fill the database. */
const MAX_SESSIONS = 100;
const ADMIN = { name: 'ADMIN_API_KEY', role: 'admin' } as const;
const HOUR_MS = 3_600_000;

export function createSessionManagement({ prisma }: Database): SessionManagement {
  /** Deletes a session and records that; nothing without one. */
  async function remove(
    tx: Transaction,
    where: Prisma.SessionWhereUniqueInput,
    action: 'session.end' | 'session.revoke',
    actor?: string,
  ): Promise<boolean> {
    const row = await tx.session.findUnique({ where, select: WITH_HOLDER });
    if (row === null) return false;
    const { count } = await tx.session.deleteMany({ where: { id: row.id } });
    if (count === 0) return false;
    const { name } = row.key ?? ADMIN;
    await recordAudit(tx, [{ actor: actor ?? name, action, target: row.id, before: { name } }]);
    return true;
  }

  /** Makes room for another session of a key. */
  async function endLeastUsed(tx: Transaction, keyId: string | null): Promise<void> {
    // Sign-ins of one key wait for each other: otherwise all of them would count before any is there.
    await tx.$executeRaw`
      SELECT pg_advisory_xact_lock(hashtextextended(${`sessions of ${keyId ?? ADMIN.name}`}, 0))`;
    const isOfKey = keyId === null ? Prisma.sql`key_id IS NULL` : Prisma.sql`key_id = ${keyId}`;
    const surplus = await tx.$queryRaw<{ id: string }[]>`
      SELECT id FROM session WHERE ${isOfKey} AND ${isUnexpired}
      ORDER BY last_used_at DESC, created_at DESC, id OFFSET ${MAX_SESSIONS - 1}`;
    for (const { id } of surplus) await remove(tx, { id }, 'session.end');
  }

  return {
    async begin(caller, by, replaced, browser) {
      const { keyId, name, role } = caller;
      const secret = randomBytes(32).toString('base64url');
      // Not derived from the secret: ids are shown.
      const id = randomBytes(8).toString('hex');
      const row = await prisma.$transaction(async (tx) => {
        if (replaced !== undefined) {
          await remove(tx, { secretHash: hashSecret(replaced) }, 'session.end');
        }
        await endLeastUsed(tx, keyId);
        await tx.$executeRaw`
          INSERT INTO session
            (id, secret_hash, key_id, key_hash, browser, created_at, last_used_at, expires_at)
          VALUES (${id}, ${hashSecret(secret)}, ${keyId}, ${hashWithKey(secret, caller)}, ${browser},
            now(), now(),
            now() + make_interval(hours => ${LIFETIME_HOURS}::int))`;
        await recordAudit(tx, [
          { actor: name, action: 'session.begin', target: id, after: { role, by } },
        ]);
        return tx.session.findUniqueOrThrow({ where: { id }, select: WITH_HOLDER });
      });
      return { secret, session: sessionItem(row) };
    },
    async find(id) {
      const row = await prisma.session.findUnique({ where: { id }, select: WITH_HOLDER });
      return row === null ? null : sessionItem(row);
    },
    async end(secret) {
      const secretHash = hashSecret(secret);
      await prisma.$transaction((tx) => remove(tx, { secretHash }, 'session.end'));
    },
    async list(query) {
      const now = Date.now();
      const isLive: Prisma.SessionWhereInput = {
        expiresAt: { gt: new Date(now) },
        lastUsedAt: { gt: new Date(now - IDLE_HOURS * HOUR_MS) },
        OR: [{ keyId: null }, { key: { revokedAt: null } }],
      };
      const { items, nextCursor } = await createdPage(query, ({ where, ...page }) =>
        prisma.session.findMany({ ...page, where: { AND: [where, isLive] }, select: WITH_HOLDER }),
      );
      return { items: items.map(sessionItem), nextCursor };
    },
    async revoke(id, actor) {
      const isRemoved = await prisma.$transaction((tx) =>
        remove(tx, { id }, 'session.revoke', actor),
      );
      if (!isRemoved) throw new AppError('not_found', 'There is no session with this id.');
    },
  };
}

function sessionItem({
  id,
  browser,
  createdAt,
  lastUsedAt,
  expiresAt,
  key,
}: SessionRow): SessionItem {
  const { name, role } = key ?? ADMIN;
  const idleEndsAt = new Date(lastUsedAt.getTime() + IDLE_HOURS * HOUR_MS);
  return { id, name, role, browser, createdAt, lastUsedAt, idleEndsAt, expiresAt };
}
