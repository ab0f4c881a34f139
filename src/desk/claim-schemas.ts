import { z } from 'zod';
import { ClaimEnding } from '../generated/prisma/client.ts';
import { time } from '../http/fields.ts';
import { QUEUES } from '../moderation/queues/queues.ts';
import { mediaSid } from '../twilio/address-fields.ts';

export const claimSchema = z
  .strictObject({
    id: z.uuid(),
    mediaSid,
    queue: z.enum(QUEUES).describe('That it was taken from.'),
    owner: z.string().describe('The name of a key, or `proxy:` and that of a user.'),
    isMine: z.boolean().describe('Whether the caller has taken it in the same session, or by key.'),
    state: z.enum(['active', 'ended']),
    createdAt: time,
    expiresAt: time.describe('It ends then, unless it is extended. On the clock of the database.'),
    ending: z
      .enum(ClaimEnding)
      .nullable()
      .describe(
        'Why it has ended; null while it is active. `replaced`: its owner took another one of the queue. ' +
          '`expired`: also with the session or key of its owner. `acted`: an act about the attachment was made, which may still be ' +
          'taken back, or a block that had been proposed was confirmed.',
      ),
    endedAt: time.nullable(),
    endedBy: z
      .string()
      .nullable()
      .describe('Who decided, deleted, acted or released it; null if nobody did.'),
  })
  .meta({ id: 'Claim', description: 'A moderator works on an attachment.' });

export type ClaimItem = z.output<typeof claimSchema>;
