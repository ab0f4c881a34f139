import { isDeepStrictEqual } from 'node:util';
import type { Transaction } from '../database/database.ts';
import { jsonObject } from '../database/json-object.ts';
import { type ScanOrder, scanRows } from '../database/scan-rows.ts';
import { type Message, Prisma } from '../generated/prisma/client.ts';
import { addressesOf, personOf } from '../twilio/channel-address.ts';
import type { InboundMessage } from './inbound-message.ts';
import type { InitialModerationOf } from './initial-moderation.ts';
import { insertRows, messageRow } from './message-rows.ts';
import { asSuspect, messageSidsIn } from './suspect-request.ts';
import { joinParams } from './verify-signature.ts';
import { textParam, type WebhookParams } from './webhook-request.ts';

/**
 * Writes messages: ordinary ones by `insert`, suspect ones separately.
 *
 * @param insert returns the sids of the messages that were new
 * @returns sids of all that were new
 */
export async function keepSuspectsApart(
  tx: Transaction,
  initialModerationOf: InitialModerationOf,
  messages: readonly InboundMessage[],
  insert: (ordinary: InboundMessage[]) => Promise<Set<string>>,
): Promise<Set<string>> {
  const ordinary = messages.filter(({ suspect }) => suspect === null);
  const suspects = messages.filter(({ suspect }) => suspect !== null);
  const fresh = ordinary.length > 0 ? await insert(ordinary) : new Set<string>();
  const known = ordinary.filter(({ sid }) => !fresh.has(sid));
  suspects.push(...(await withTakenSignature(tx, known)));
  for (const sid of await insertSuspects(tx, initialModerationOf, suspects)) fresh.add(sid);
  return fresh;
}

/**
 * Whether a suspect message names an address as its sender: in `From`, or, where the form was split
 * differently, with the number right after `From` in the signed text. Other numbers and the text are not
 * checked: otherwise the message would be erased along with another person's.
 */
export function namesSender(params: WebhookParams, address: string): boolean {
  if (addressesOf(address).includes(textParam(params, 'From'))) return true;
  const person = personOf(address);
  if (!/^\+\d+$/.test(person)) return false;
  return new RegExp(`From(?:[a-z]+:)?\\${person}(?!\\d)`).test(joinParams(params));
}

const SUSPECTS_BY_SID: ScanOrder<Pick<Message, 'sid' | 'params'>, Pick<Message, 'sid'>> = {
  table: Prisma.sql`message`,
  columns: { sid: 'sid', params: 'params' },
  orderBy: Prisma.sql`sid`,
  after: ({ sid }) => Prisma.sql`sid > ${sid}`,
};

/** Sids of suspect messages that name an address as their sender. */
export async function suspectsNaming(
  db: Pick<Transaction, '$queryRaw'>,
  address: string,
): Promise<string[]> {
  const suspects = {
    ranges: [Prisma.sql`suspect IS NOT NULL`],
    filter: Prisma.sql`deleted_at IS NULL`,
  };
  const naming: string[] = [];
  for await (const rows of scanRows(db, SUSPECTS_BY_SID, suspects)) {
    for (const { sid, params } of rows) {
      if (namesSender(jsonObject(params), address)) naming.push(sid);
    }
  }
  return naming;
}

/**
 * Of messages that were not new: those whose signature was received before with other parameters, as suspect
 * messages. Which of the two Twilio sent cannot be determined. Deleted messages are not restored by this.
 */
async function withTakenSignature(
  tx: Transaction,
  messages: readonly InboundMessage[],
): Promise<InboundMessage[]> {
  const hashes = messages.flatMap(({ signatureHash }) => signatureHash ?? []);
  if (hashes.length === 0) return [];
  const takers = await tx.message.findMany({
    where: { signatureHash: { in: hashes }, deletedAt: null },
    select: { signatureHash: true, params: true },
  });
  const paramsOf = new Map(takers.map(({ signatureHash, params }) => [signatureHash, params]));
  return messages
    .filter(({ signatureHash, params }) => {
      const taken = paramsOf.get(signatureHash);
      return taken !== undefined && !isDeepStrictEqual(taken, params);
    })
    .map((message) => asSuspect(message, 'same-signature'));
}

/**
 * Stores suspect messages, one of each signature: the unique key on the sid decides. Their initial moderation
 * is that of the moderation mode. They send no events. A message that is stored already, split differently,
 * is not stored again.
 *
 * @returns sids of those that were new
 */
async function insertSuspects(
  tx: Transaction,
  initialModerationOf: InitialModerationOf,
  messages: readonly InboundMessage[],
): Promise<string[]> {
  if (messages.length === 0) return [];
  const isKnown = await knownOf(tx, messages);
  const initialModerationFor = await initialModerationOf(tx, messages);
  const rows = messages
    .filter((message) => !isKnown(message))
    // The real sender is unknown: a policy for the sender that it names is not recorded as a decision.
    .map((message) =>
      messageRow({
        ...message,
        ...initialModerationFor(message),
        isErased: false,
        decidedBy: null,
      }),
    );
  const inserted = await insertRows(tx, rows, []);
  return inserted.messages;
}

/** Whether the signature of a suspect message is known, or all the message sids in it are. */
async function knownOf(
  tx: Transaction,
  messages: readonly InboundMessage[],
): Promise<(message: InboundMessage) => boolean> {
  const named = messages.flatMap(({ params }) => messageSidsIn(params));
  const hashes = messages.flatMap(({ signatureHash }) => signatureHash ?? []);
  const rows = await tx.message.findMany({
    where: { OR: [{ sid: { in: named } }, { signatureHash: { in: hashes } }] },
    select: { sid: true, signatureHash: true },
  });
  const sids = new Set(rows.map(({ sid }) => sid));
  const taken = new Set(rows.map(({ signatureHash }) => signatureHash));
  return ({ params, signatureHash, suspect }) => {
    // Which of the two is genuine cannot be determined, so both are stored.
    if (suspect === 'same-signature') return false;
    const own = messageSidsIn(params);
    return taken.has(signatureHash) || (own.length > 0 && own.every((sid) => sids.has(sid)));
  };
}
