import { randomBytes } from 'node:crypto';
import type { Database } from '../database/database.ts';
import { createGroupedLookup } from '../database/grouped-lookup.ts';
import { AppError } from '../errors/app-error.ts';
import { type ApiKeys, hashSecret, hashWithKey } from './api-keys.ts';
import type { SignIn } from './authentication.ts';
import type { Sessions } from './sessions.ts';

/** What tickets are for. Those of one kind are of no use for another. */
interface TicketKind {
  /** Of every ticket of this kind. */
  prefix: string;
  /** How long a ticket can be used. */
  seconds: number;
}

/** For one event stream, opened by a client that cannot send a header: `EventSource` in browsers. */
export const EVENT_TICKETS: TicketKind = { prefix: '', seconds: 60 };
/** For one session, begun by whoever opens a link. */
export const SIGN_IN_TICKETS: TicketKind = { prefix: 'mmst_', seconds: 600 };

/**
 * Tickets are used once, instead of a key. Only the hash is stored; the process that deletes its row has used
 * the ticket.
 */
export interface Tickets {
  /**
   * Creates a ticket that has the rights of a key, and ends with it and with the session that creates it.
   *
   * @throws AppError `forbidden` for a user of the sign-in proxy, who has no key
   */
  create(signIn: SignIn): Promise<{ ticket: string; expiresAt: Date }>;
  /**
   * Uses a ticket.
   *
   * @returns the holder of its key, which is still valid
   * @throws AppError `ticket_invalid`
   */
  redeem(ticket: string): Promise<SignIn>;
}

/** A ticket whose row was deleted, which makes it used. */
interface UsedTicket {
  hash: string;
  keyId: string | null;
  keyHash: string;
  sessionId: string | null;
  isFresh: boolean;
}

export function createTickets(
  { prisma }: Database,
  { apiKeys, sessions }: { apiKeys: ApiKeys; sessions: Sessions },
  { prefix, seconds }: TicketKind,
): Tickets {
  const format = new RegExp(`^${prefix}[A-Za-z0-9_-]{43}$`);
  // Unauthenticated clients can send any ticket, so concurrent requests share a statement.
  const remove = createGroupedLookup<UsedTicket>(async (hashes) => {
    const rows = await prisma.$queryRaw<UsedTicket[]>`
      DELETE FROM event_ticket WHERE hash = ANY(${hashes})
      RETURNING hash, key_id AS "keyId", key_hash AS "keyHash", session_id AS "sessionId",
        expires_at > now() AS "isFresh"`;
    return new Map(rows.map((row) => [row.hash, row]));
  });
  /** Two concurrent requests with the same ticket get the same row: only the first may use it. */
  const redeemed = new WeakSet<UsedTicket>();

  /** @returns null for an unknown, used or expired ticket, or one whose key or session is no longer valid */
  async function use(ticket: string): Promise<SignIn | null> {
    if (!format.test(ticket)) return null;
    const row = await remove(hashSecret(ticket));
    if (row === undefined || !row.isFresh || redeemed.has(row)) return null;
    redeemed.add(row);
    const { keyId, keyHash, sessionId } = row;
    const caller = await apiKeys.find(keyId);
    if (caller === null || keyHash !== hashWithKey(ticket, caller)) return null;
    const isStillValid = async () =>
      sessionId === null ? (await apiKeys.find(keyId)) !== null : await sessions.isValid(sessionId);
    if (sessionId !== null && !(await isStillValid())) return null;
    return { by: 'ticket', caller, sessionId, isStillValid };
  }

  return {
    async create({ by, caller, sessionId }) {
      if (by === 'proxy') {
        throw new AppError('forbidden', 'Users of the sign-in proxy have no key for tickets.');
      }
      const ticket = prefix + randomBytes(32).toString('base64url');
      await prisma.$executeRaw`DELETE FROM event_ticket WHERE expires_at <= now()`;
      // On the database's clock, because the clocks of the processes may differ.
      const [row] = await prisma.$queryRaw<[{ expiresAt: Date }]>`
        INSERT INTO event_ticket (hash, key_id, key_hash, session_id, expires_at)
        VALUES (${hashSecret(ticket)}, ${caller.keyId}, ${hashWithKey(ticket, caller)}, ${sessionId},
          now() + make_interval(secs => ${seconds}))
        RETURNING expires_at AS "expiresAt"`;
      return { ticket, expiresAt: row.expiresAt };
    },
    async redeem(ticket) {
      const signIn = await use(ticket);
      if (signIn !== null) return signIn;
      throw new AppError('ticket_invalid', 'Request a new ticket: each can be used once.');
    },
  };
}
