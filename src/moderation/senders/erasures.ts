import { randomUUID } from 'node:crypto';
import { recordAudit } from '../../audit/record-audit.ts';
import type { Database, Transaction } from '../../database/database.ts';
import { NEWEST_MEDIA_FIRST } from '../../database/media-scan.ts';
import { NEWEST_MESSAGE_FIRST, sentFrom } from '../../database/message-order.ts';
import { countRows, type ScanSelection, scanPage, scanRows } from '../../database/scan-rows.ts';
import { AppError } from '../../errors/app-error.ts';
import { type Erasure, Prisma } from '../../generated/prisma/client.ts';
import type { InboundMessage } from '../../inbound/inbound-message.ts';
import { namesSender, suspectsNaming } from '../../inbound/keep-suspects.ts';
import { insertErased } from '../../inbound/message-store.ts';
import type { MessageSpool } from '../../inbound/spool/message-spool.ts';
import type { SpooledMessage } from '../../inbound/spool/spooled-messages.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';
import { addressesOf } from '../../twilio/channel-address.ts';
import type { Decider } from '../decisions.ts';
import { addTargets, keepMutes, ofMessages, recordDeletion } from '../deletions/record-deletion.ts';
import type { SenderIds } from './sender-id.ts';
import type { ErasureItem } from './sender-schemas.ts';

// An erasure's row is its mark: the keyed hash of the person, and when the erasure was requested. What Twilio
// sent from that person before must not come in any more, wherever it was stored meanwhile. An import is a
// deliberate decision, and is exempt.

// Arbitrary, but different from the keys of other advisory locks.
const LOCK = 7_263_094_512n;

/** Prevents new marks until the transaction ends: what it commits was checked against all marks. */
export async function holdErasures(tx: Transaction): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock_shared(${LOCK})`;
}

/** Waits for the transactions of `holdErasures`, so that what they commit is visible to the caller. */
async function lockErasures(tx: Transaction): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${LOCK})`;
}

export interface Erasures {
  /** Counts what is stored here of a sender. */
  count(address: string): Promise<{ messages: number; media: number }>;
  /**
   * Erases everything of a sender, by a job; a block of the sender is kept, by the hash alone.
   *
   * The files of the spool are read before the transaction, those that are new in it once the mark is set: no
   * message is in neither. One that is drained between the two readings has a row, which the transaction sees
   * because the mark waits for such commits. One that is set aside between them is a new file. What is spooled
   * after the second reading is checked against the mark when it is drained, and every minute where it is set
   * aside; so is a file that was moved before it could be removed.
   */
  begin(address: string, decider: Decider): Promise<ErasureItem>;
  /** @throws AppError `not_found` */
  find(id: string): Promise<ErasureItem>;
}

export function createErasures(deps: {
  database: Database;
  queue: JobQueue;
  senderIds: SenderIds;
  /** Messages that the database has not taken yet. */
  spool: Pick<MessageSpool, 'everything'>;
}): Erasures {
  const { queue, senderIds, spool } = deps;
  const { prisma } = deps.database;

  async function spooledOf(address: string, seen = new Set<string>()): Promise<SpooledMessage[]> {
    const addresses = addressesOf(address);
    const found: SpooledMessage[] = [];
    for await (const spooled of spool.everything(seen)) {
      const { from, suspect, params } = spooled.message;
      const isNamed = suspect !== null && namesSender(params, address);
      if (isNamed || addresses.includes(from)) found.push(spooled);
    }
    return found;
  }

  /**
   * Once it is committed, no process takes in anything that was received before. Its time is the database's:
   * receivers' clocks may differ.
   */
  async function setMark(tx: Transaction, senderId: string, requestedBy: string): Promise<Erasure> {
    await lockErasures(tx);
    const [{ createdAt }] = await tx.$queryRaw<[{ createdAt: Date }]>`
      SELECT clock_timestamp()::timestamptz(3) AS "createdAt"`;
    return tx.erasure.create({ data: { id: randomUUID(), senderId, requestedBy, createdAt } });
  }

  /** @returns the deletion's id; null where there is nothing to delete */
  async function deleteAll(
    tx: Transaction,
    address: string,
    spooled: readonly InboundMessage[],
    decider: Decider,
  ): Promise<bigint | null> {
    if (spooled.length > 0) await insertErased(tx, spooled);
    // Suspect messages have no sender of their own: those that name this sender are deleted, too.
    const sids = [...spooled.map(({ sid }) => sid), ...(await suspectsNaming(tx, address))];
    const requested = { ...decider, scope: 'erase', mediaSid: null };
    const sent = sentFrom(addressesOf(address));
    if (!(await isAnyThere(tx, sids, sent))) return null;
    const { id } = await recordDeletion(tx, queue, requested, ofMessages(sids));
    const isNamed = new Set(sids);
    // In windows of the index: the planner reads all messages when it takes the sender for a frequent one.
    for await (const messages of scanRows(tx, NEWEST_MESSAGE_FIRST, sent)) {
      const others = messages.map(({ sid }) => sid).filter((sid) => !isNamed.has(sid));
      await addTargets(tx, id, ofMessages(others));
    }
    // The erasure ends the mute before the job runs the deletion.
    await keepMutes(tx, id);
    return id;
  }

  async function eraseAll(
    tx: Transaction,
    { id, senderId }: Erasure,
    address: string,
    spooled: readonly InboundMessage[],
    decider: Decider,
  ): Promise<ErasureItem> {
    const { actor, reasonCode, reason } = decider;
    const deletionId = await deleteAll(tx, address, spooled, decider);
    const ids = [senderId, ...senderIds.formerOf(address)];
    const isSender = { id: { in: ids } };
    await tx.note.deleteMany({ where: { senderId: { in: ids } } });
    await tx.sender.deleteMany({ where: { ...isSender, policy: 'none' } });
    await tx.sender.updateMany({
      where: isSender,
      data: { address: null, note: null, muted: false },
    });
    const erasure = await tx.erasure.update({ where: { id }, data: { deletionId } });
    const target = senderId;
    await recordAudit(tx, [{ actor, action: 'sender.erase', target, reasonCode, reason }]);
    await queue.send(tx, 'erase-sender', [{ payload: { id } }]);
    return erasureItem(erasure);
  }

  return {
    async count(address) {
      const sent = sentFrom(addressesOf(address));
      const spooled = (await spooledOf(address)).map(({ message }) => message);
      const sids = spooled.map(({ sid }) => sid);
      const [messages, media, suspects, known] = await Promise.all([
        countRows(prisma, NEWEST_MESSAGE_FIRST, sent),
        countRows(prisma, NEWEST_MEDIA_FIRST, sent),
        suspectsNaming(prisma, address),
        prisma.message.findMany({ where: { sid: { in: sids } }, select: { sid: true } }),
      ]);
      const isKnown = new Set(known.map(({ sid }) => sid));
      const waiting = spooled.filter(({ sid }) => !isKnown.has(sid));
      return {
        messages: messages + suspects.length + waiting.length,
        media: media + waiting.reduce((sum, message) => sum + message.media.length, 0),
      };
    },
    async begin(address, decider) {
      // Many files may wait or be set aside, and the transaction keeps every webhook waiting.
      const seen = new Set<string>();
      const before = await spooledOf(address, seen);
      // One transaction: an erasure that fails leaves no mark that keeps messages out.
      const { item, spooled } = await prisma.$transaction(async (tx) => {
        const mark = await setMark(tx, senderIds.of(address), decider.actor);
        const spooled = [...before, ...(await spooledOf(address, seen))];
        const messages = spooled.map(({ message }) => message);
        return { item: await eraseAll(tx, mark, address, messages, decider), spooled };
      });
      for (const { remove } of spooled) await remove();
      return item;
    },
    async find(id) {
      const erasure = await prisma.erasure.findUnique({ where: { id } });
      if (erasure === null) throw new AppError('not_found', 'There is no erasure with this id.');
      return erasureItem(erasure);
    },
  };
}

/** Whether one of these messages, or one of a sender, is not deleted yet. */
async function isAnyThere(
  tx: Transaction,
  sids: readonly string[],
  { ranges }: ScanSelection,
): Promise<boolean> {
  const live = { ranges, filter: Prisma.sql`deleted_at IS NULL` };
  const { page } = await scanPage(tx, NEWEST_MESSAGE_FIRST, live, undefined, 1);
  if (page.length > 0) return true;
  return (await tx.message.count({ where: { sid: { in: [...sids] }, deletedAt: null } })) > 0;
}

function erasureItem({ deletionId, ...erasure }: Erasure): ErasureItem {
  return { ...erasure, deletionId: deletionId === null ? null : String(deletionId) };
}
