import { createHash, randomBytes } from 'node:crypto';
import type { ApiKeys, Caller } from '../../auth/api-keys.ts';
import type { Database } from '../../database/database.ts';
import { createGroupedLookup } from '../../database/grouped-lookup.ts';
import { AppError } from '../../errors/app-error.ts';

const SECONDS = 60;
const TICKET = /^[A-Za-z0-9_-]{43}$/;

/**
 * Tickets open one stream each, for programs that cannot send a header, as `EventSource` of browsers cannot.
 * Only their hash is kept, and whichever process removes it has used the ticket.
 */
interface EventTickets {
  /** Makes a ticket that has the rights of a key. `expiresAt` is a minute from now. */
  create(caller: Caller): Promise<{ ticket: string; expiresAt: Date }>;
  /**
   * Uses a ticket.
   *
   * @returns whose it is: the key is valid now
   * @throws AppError `ticket_invalid`
   */
  redeem(ticket: string): Promise<Caller>;
}

/** A ticket that was removed, which makes it used. */
interface UsedTicket {
  hash: string;
  keyId: string | null;
  keyHash: string;
  isFresh: boolean;
}

export function createEventTickets({ prisma }: Database, apiKeys: ApiKeys): EventTickets {
  // Anybody may ask with any ticket: those who ask at once share a statement.
  const remove = createGroupedLookup<UsedTicket>(async (hashes) => {
    const rows = await prisma.$queryRaw<UsedTicket[]>`
      DELETE FROM event_ticket WHERE hash = ANY(${hashes})
      RETURNING hash, key_id AS "keyId", key_hash AS "keyHash", expires_at > now() AS "isFresh"`;
    return new Map(rows.map((row) => [row.hash, row]));
  });
  /** Who asks twice at once shares the row, too: the first has it. */
  const given = new WeakSet<UsedTicket>();

  /** @returns null for one that is not known, used or expired, or whose key is not valid any more */
  async function use(ticket: string): Promise<Caller | null> {
    if (!TICKET.test(ticket)) return null;
    const row = await remove(sha256(ticket));
    if (row === undefined || !row.isFresh || given.has(row)) return null;
    given.add(row);
    const caller = await apiKeys.find(row.keyId);
    return caller !== null && row.keyHash === hashWith(ticket, caller) ? caller : null;
  }

  return {
    async create(caller) {
      const ticket = randomBytes(32).toString('base64url');
      await prisma.$executeRaw`DELETE FROM event_ticket WHERE expires_at <= now()`;
      // By the database's clock, because those of receivers may differ.
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
      throw new AppError('ticket_invalid', 'Ask for a new ticket: each opens one stream.');
    },
  };
}

/** Ends tickets of `ADMIN_API_KEY` with its value: another value is another key. */
function hashWith(ticket: string, { secretHash }: Caller): string {
  return sha256(`${ticket}.${secretHash}`);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
