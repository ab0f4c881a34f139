import { recordAudit } from '../../audit/record-audit.ts';
import type { Transaction } from '../../database/database.ts';
import { AppError } from '../../errors/app-error.ts';
import type { Decider } from '../decisions.ts';
import { settleBlock } from '../reviews/proposals.ts';
import type { SenderIds } from './sender-id.ts';
import { updateSender } from './senders.ts';

/**
 * Who sent an attachment, also one that was deleted.
 *
 * @returns an address
 * @throws AppError `not_found`, `invalid_request` when it is not known, or not known any more
 */
export async function readSender(
  { media: table }: Pick<Transaction, 'media'>,
  sid: string,
): Promise<string> {
  const media = await table.findUnique({ where: { sid }, include: { message: true } });
  if (media === null) throw new AppError('not_found', 'There is no media with this sid.');
  if (media.message.from !== '') return media.message.from;
  const field = { field: 'mediaSid', message: 'the sender of this media is not known' };
  throw new AppError('invalid_request', 'Not valid: mediaSid.', { fields: [field] });
}

/**
 * Fetches nothing of the sender of an attachment any more, and records that in the attachment's own story, without the sender. It
 * ends the proposal of the same.
 *
 * @param tx has locked no senders; media are locked before them. The caller commits it
 * @param address of the sender
 * @returns false when the sender was blocked already
 */
export async function blockSenderOf(
  tx: Transaction,
  senderIds: SenderIds,
  { mediaSid, address }: { mediaSid: string; address: string },
  decider: Decider,
): Promise<boolean> {
  await settleBlock(tx, mediaSid, { act: 'block-sender' }, decider.actor);
  await recordAudit(tx, [{ ...decider, action: 'media.block-sender', target: mediaSid }]);
  const id = { in: [senderIds.of(address), ...senderIds.formerOf(address)] };
  if ((await tx.sender.count({ where: { id, policy: 'refuse' } })) > 0) return false;
  await updateSender(tx, senderIds, address, { policy: 'refuse' }, decider);
  return true;
}
