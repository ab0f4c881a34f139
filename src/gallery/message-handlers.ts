import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { Database } from '../database/database.ts';
import { AppError } from '../errors/app-error.ts';
import { noQuery, validate } from '../http/validate.ts';
import { messageSid } from '../twilio/address-fields.ts';
import { visibilityOf } from './access.ts';
import { listMessages, messageInclude, messageItem } from './list-messages.ts';
import { messageListQuery } from './list-query.ts';

const messagePath = z.object({ sid: messageSid });

/** Handlers that read messages with their attachments. */
export function createMessageHandlers(database: Database) {
  const list: RequestHandler = async (request, response) => {
    const query = validate(messageListQuery, request.query);
    response.json(await listMessages(database, query, visibilityOf(response)));
  };

  const show: RequestHandler = async (request, response) => {
    const { sid } = validate(messagePath, request.params);
    const visibility = visibilityOf(response);
    const row = await database.prisma.message.findUnique({
      where: { sid },
      include: messageInclude(visibility),
    });
    if (row === null || (visibility === 'visible' && row.moderation !== 'visible')) {
      throw new AppError('not_found', 'There is no message with this sid.');
    }
    response.json(messageItem(row, visibility));
  };

  return { list, show: [noQuery, show] };
}
