import type { Database, Transaction } from '../../database/database.ts';
import { recordEvents } from '../../events/record-events.ts';
import { type Message, type ReasonCode, SenderPolicy } from '../../generated/prisma/client.ts';
import { type Decider, type Decision, isRule } from '../decisions.ts';
import type { SenderIds } from './sender-id.ts';
import type { SenderChange } from './sender-schemas.ts';
import { updateSender } from './senders.ts';

/** So many have a consequence for the sender. */
const STRIKES = 3;
/** A decision counts for so long. */
const COUNTED_DAYS = 365;

/**
 * Counts what a person or a program has decided about media against their senders. With the third attachment that is
 * quarantined or deleted with one reason code, what the code says is set for the sender.
 *
 * @param tx has decided about the media, and locks no media afterwards; the caller commits it
 * @param sids of the media that the act has changed
 */
export type CountStrikes = (
  tx: Transaction,
  sids: readonly string[],
  act: Decision | 'delete',
  decider: Decider,
) => Promise<void>;

export function createCountStrikes(senderIds: SenderIds): CountStrikes {
  return async (tx, sids, act, { actor, reasonCode }) => {
    if (sids.length === 0 || isRule(actor)) return;
    const isUndone = act === 'approve' || act === 'hold';
    // Deleted without a code, it still is what it was quarantined for.
    if (!isUndone && reasonCode === null) return;
    const code = isUndone ? null : await findCounting(tx, reasonCode ?? '');
    if (code === null) {
      await tx.strike.deleteMany({ where: { mediaSid: { in: [...sids] } } });
      return;
    }
    const bySender = Map.groupBy(await findSent(tx, sids), ({ from }) => senderIds.of(from));
    const struck = await strike(tx, bySender, code.code);
    for (const senderId of struck) {
      const sent = bySender.get(senderId)?.at(-1);
      if (sent !== undefined) await restrict(tx, senderIds, sent, code);
    }
  };
}

/** @returns null for a code without consequences */
function findCounting(tx: Transaction, code: string): Promise<ReasonCode | null> {
  return tx.reasonCode.findFirst({ where: { code, onThird: { not: 'none' } } });
}

type Sent = Pick<Message, 'accountSid' | 'from'> & { mediaSid: string; messageSid: string };

/** The media whose sender is known. The row of a tombstone has no sender any more; that of its message has. */
function findSent(tx: Transaction, sids: readonly string[]): Promise<Sent[]> {
  return tx.$queryRaw<Sent[]>`
    SELECT media.sid AS "mediaSid", message.sid AS "messageSid", message.account_sid AS "accountSid",
      message."from"
    FROM media JOIN message ON message.sid = media.message_sid
    WHERE media.sid = ANY(${[...sids]}) AND message."from" <> '' ORDER BY media.sid`;
}

/** @returns the ids of senders that have three strikes or more now */
async function strike(
  tx: Transaction,
  bySender: ReadonlyMap<string, readonly Sent[]>,
  reasonCode: string,
): Promise<string[]> {
  const rows = [...bySender].flatMap(([senderId, sent]) =>
    sent.map(({ mediaSid }) => ({ mediaSid, senderId })),
  );
  if (rows.length === 0) return [];
  const ids = [...bySender.keys()];
  // Of two decisions about one sender at the same time, the second sees the strike of the first.
  await tx.$executeRaw`
    SELECT pg_advisory_xact_lock(hashtextextended('strike ' || id, 0))
    FROM (SELECT unnest(${ids}::text[]) AS id ORDER BY id) AS senders`;
  await tx.$executeRaw`
    INSERT INTO strike (media_sid, sender_id, reason_code, decided_at)
    SELECT "mediaSid", "senderId", ${reasonCode}, now()
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS row ("mediaSid" text, "senderId" text)
    ON CONFLICT (media_sid)
    DO UPDATE SET reason_code = excluded.reason_code, decided_at = excluded.decided_at`;
  const struck = await tx.$queryRaw<{ senderId: string }[]>`
    SELECT sender_id AS "senderId" FROM strike
    WHERE sender_id = ANY(${ids}) AND reason_code = ${reasonCode}
      AND decided_at > now() - make_interval(days => ${COUNTED_DAYS}::int)
    GROUP BY sender_id HAVING count(*) >= ${STRIKES}`;
  return struck.map(({ senderId }) => senderId);
}

/** Sets what a code says, unless the sender is restricted as strictly already. */
async function restrict(
  tx: Transaction,
  senderIds: SenderIds,
  { from, mediaSid, messageSid, accountSid }: Sent,
  { code: reasonCode, onThird }: ReasonCode,
): Promise<void> {
  const id = { in: [senderIds.of(from), ...senderIds.formerOf(from)] };
  const known = await tx.sender.findMany({ where: { id } });
  const change = changeOf(onThird);
  if (change === null || known.some((sender) => includes(sender, change))) return;
  const actor = 'system:strikes';
  const facts = { senderId: senderIds.of(from), mediaSid, messageSid, accountSid };
  // Before a mute, which would keep it back.
  await recordEvents(tx, [
    {
      type: 'sender.restricted',
      ...{ messageSid, mediaSid },
      data: {
        ...facts,
        onThird: change.muted ? 'mute' : change.policy,
        reasonCode,
        decidedBy: actor,
      },
    },
  ]);
  const reason = `the third attachment decided with ${reasonCode}`;
  await updateSender(tx, senderIds, from, change, { actor, reasonCode, reason });
}

type Change = { muted: true; policy?: never } | { policy: 'quarantine' | 'refuse'; muted?: never };

/** @returns null for what another release has written */
function changeOf(onThird: string): Change | null {
  if (onThird === 'mute') return { muted: true };
  return onThird === 'quarantine' || onThird === 'refuse' ? { policy: onThird } : null;
}

function includes(sender: Required<SenderChange>, { muted, policy }: Change): boolean {
  if (muted) return sender.muted;
  const strictness = Object.values(SenderPolicy);
  return strictness.indexOf(sender.policy) >= strictness.indexOf(policy);
}

/** @returns says how many attachments of a sender count at present, by reason code */
export function createReadStrikes({ prisma }: Database, senderIds: SenderIds) {
  return (address: string) => prisma.$queryRaw<{ reasonCode: string; count: number }[]>`
    SELECT reason_code AS "reasonCode", count(*)::int AS count FROM strike
    WHERE sender_id = ${senderIds.of(address)}
      AND decided_at > now() - make_interval(days => ${COUNTED_DAYS}::int)
    GROUP BY reason_code ORDER BY reason_code`;
}

/** Removes strikes that do not count any more. */
export async function removeOldStrikes({ prisma }: Database): Promise<void> {
  await prisma.$executeRaw`
    DELETE FROM strike WHERE decided_at < now() - make_interval(days => ${COUNTED_DAYS}::int)`;
}
