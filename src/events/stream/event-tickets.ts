import { createHash, randomBytes } from 'node:crypto';
import type { ApiKeys, Caller } from '../../auth/api-keys.ts';
import type { Database } from '../../database/database.ts';
import { createGroupedLookup } from '../../database/grouped-lookup.ts';
import { AppError } from '../../errors/app-error.ts';

const SECONDS = 60;
const TICKET = /^[A-Za-z0-9_-]{43}$/;

/**
 * Tickets open one stream each, for clients that cannot send a header, such as `EventSource` in browsers.
 * Only the hash is stored; the process that deletes its row has used the ticket.
 */
interface EventTickets {
  /** Creates a ticket that has the rights of a key. `expiresAt` is a minute from now. */
  create(caller: Caller): Promise<{ ticket: string; expiresAt: Date }>;
  /**
   * Uses a ticket.
   *
   * @returns the holder of its key, which is still valid
   * @throws AppError `ticket_invalid`
   */
  redeem(ticket: string): Promise<Caller>;
}

/** A ticket whose row was deleted, which makes it used. */
interface UsedTicket {
  hash: string;
  keyId: string | null;
  keyHash: string;
  isFresh: boolean;
}

export function createEventTickets({ prisma }: Database, apiKeys: ApiKeys): EventTickets {
  // Unauthenticated clients can send any ticket, so concurrent requests share a statement.
  const remove = createGroupedLookup<UsedTicket>(async (hashes) => {
    const rows = await prisma.$queryRaw<UsedTicket[]>`
      DELETE FROM event_ticket WHERE hash = ANY(${hashes})
      RETURNING hash, key_id AS "keyId", key_hash AS "keyHash", expires_at > now() AS "isFresh"`;
    return new Map(rows.map((row) => [row.hash, row]));
  });
  /** Two concurrent requests with the same ticket get the same row: only the first may use it. */
  const redeemed = new WeakSet<UsedTicket>();

  /** @returns null for an unknown, used or expired ticket, or one whose key is no longer valid */
  async function use(ticket: string): Promise<Caller | null> {
    if (!TICKET.test(ticket)) return null;
    const row = await remove(sha256(ticket));
    if (row === undefined || !row.isFresh || redeemed.has(row)) return null;
    redeemed.add(row);
    const caller = await apiKeys.find(row.keyId);
    return caller !== null && row.keyHash === hashWith(ticket, caller) ? caller : null;
  }

  return {
    async create(caller) {
      const ticket = randomBytes(32).toString('base64url');
      await prisma.$executeRaw`DELETE FROM event_ticket WHERE expires_at <= now()`;
      // On the database's clock, because the clocks of the processes may differ.
      const [row] = await prisma.$queryRaw<[{ expiresAt: Date }]>`
        INSERT INTO event_ticket (hash, key_id, key_hash, expires_at)
        VALUES (${sha256(ticket)}, ${caller.keyId}, ${hashWith(ticket, caller)},
          now() + make_interval(secs => ${SECONDS}))
        RETURNING expires_at AS "expiresAt"`;
      return { ticket, expiresAt: row.expiresAt };
    },
    async redeem(ticket) {
      const caller = await use(ticket);
      if (caller !== null) return caller;
      throw new AppError('ticket_invalid', 'Request a new ticket: each opens one stream.');
    },
  };
}

/** Includes the key's hash, so that a ticket of `ADMIN_API_KEY` is invalid once that has another value. */
function hashWith(ticket: string, { secretHash }: Caller): string {
  return sha256(`${ticket}.${secretHash}`);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
