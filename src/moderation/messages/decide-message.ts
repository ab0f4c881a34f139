import type { Database } from '../../database/database.ts';
import { AppError } from '../../errors/app-error.ts';
import type { Message } from '../../generated/prisma/client.ts';
import { type DecideMedia, describeDecision } from '../decide-media.ts';
import { MESSAGE_DECISIONS } from '../decisions.ts';
import { STANDING_MESSAGE_DECISION, type StandingMessageDecision } from '../standing-decision.ts';
import { decideMessages } from './settle-messages.ts';

/**
 * A moderator's decision about the text and the numbers of one message: from then on it does not follow
 * its media, which stay as they are. Deciding what is decided already changes nothing else.
 *
 * @throws AppError `not_found`, `message_deleted`, `decided_meanwhile` when it is not as expected
 */
export type DecideMessage = DecideMedia;

type Row = StandingMessageDecision &
  Pick<Message, 'sid' | 'accountSid' | 'deletedAt' | 'decidedAt'>;

export function createDecideMessage({ prisma }: Database): DecideMessage {
  return (sid, decision, decider, expected) =>
    prisma.$transaction(async (tx) => {
      const [message] = await tx.$queryRaw<Row[]>`
        SELECT sid, account_sid AS "accountSid", deleted_at AS "deletedAt",
          decided_at AS "decidedAt", ${STANDING_MESSAGE_DECISION}
        FROM message WHERE sid = ${sid} FOR NO KEY UPDATE`;
      if (message === undefined) {
        throw new AppError('not_found', 'There is no message with this sid.');
      }
      if (message.deletedAt !== null) {
        throw new AppError('message_deleted', 'This message was deleted.');
      }
      const { moderation } = MESSAGE_DECISIONS[decision];
      if (
        message.moderation !== moderation &&
        message.moderation !== (expected ?? message.moderation)
      ) {
        throw new AppError('decided_meanwhile', describeDecision(message));
      }
      await tx.message.update({ where: { sid }, data: { followsMedia: false } });
      if (message.moderation === moderation) {
        const { decidedBy, decidedAt } = message;
        return { sid, moderation, changed: false, decidedBy, decidedAt };
      }
      const decidedAt = await decideMessages(tx, [message], decision, decider);
      return { sid, moderation, changed: true, decidedBy: decider.actor, decidedAt };
    });
}
