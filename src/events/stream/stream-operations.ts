import { z } from 'zod';
import { time } from '../../http/fields.ts';
import { defineOperation } from '../../http/operation.ts';

const tag = 'events';

/** Operations that follow events as they happen. */
export const streamOperations = {
  followEvents: defineOperation({
    id: 'followEvents',
    method: 'get',
    path: '/api/v1/events',
    tag,
    summary: 'Follow events as a stream',
    description:
      'Server-Sent Events: all webhooks for moderators; for viewers `media.stored`, `media.failed`, ' +
      '`media.visible`, `media.removed`, `message.visible` and `message.removed`, of what they may see. ' +
      'An event of the type `reset` says that the events after the requested position are no longer known.',
    access: 'ticket',
    query: z.strictObject({
      ticket: z.string().optional().describe('Instead of a key or a session.'),
      lastEventId: z.string().optional().describe('As `Last-Event-ID`, which wins.'),
      types: z
        .string()
        .transform((text) => text.split(','))
        .optional()
        .meta({
          description: 'Event types, separated by commas; without it all that the caller may see.',
        }),
    }),
    headers: {
      'Last-Event-ID':
        'The last `id` that was received: the stream continues after it. Default: now.',
    },
    answers: {
      200: {
        description: 'A stream that does not end by itself.',
        contentTypes: ['text/event-stream'],
      },
    },
  }),
  createTicket: defineOperation({
    id: 'createTicket',
    method: 'post',
    path: '/api/v1/events/tickets',
    tag,
    summary: 'Create a URL that opens one stream without a key',
    description:
      'Within a minute, with the rights of the key that creates it. Pages of this server need none: a session, ' +
      'or a user of the sign-in proxy, opens the stream itself.',
    access: 'viewer',
    answers: {
      201: {
        description: 'The URL.',
        body: z.strictObject({ url: z.url(), expiresAt: time }).meta({ id: 'EventTicket' }),
      },
    },
    problems: ['forbidden'],
  }),
};
