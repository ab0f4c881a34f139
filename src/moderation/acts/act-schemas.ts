import { z } from 'zod';
import { ActState, BlocklistPolicy, Moderation } from '../../generated/prisma/client.ts';
import { datedCursor } from '../../http/dated-cursor.ts';
import { reasonFields, time } from '../../http/fields.ts';
import { pageLimit } from '../../http/paging.ts';
import { mediaSid } from '../../twilio/address-fields.ts';
import { ACT_KINDS, isBlock } from '../act-kinds.ts';
import { DELETION_SCOPES } from '../deletions/record-deletion.ts';

const MAX_DELAY_SECONDS = 60;
const DELAY = `a whole number from 0 to ${MAX_DELAY_SECONDS}`;
const states = Object.values(ActState);

/** Body of `POST /api/v1/acts`. */
export const actRequest = z
  .strictObject({
    mediaSid,
    act: z
      .enum(ACT_KINDS, { error: `one of ${ACT_KINDS.join(', ')}` })
      .describe(
        '`block`: what the attachment shows, as `POST /api/v1/media/{sid}/block`; `block-sender`: nothing that its sender ' +
          'sends is fetched any more (the policy `refuse`). After either the attachment still needs a decision.',
      ),
    scope: z
      .enum(DELETION_SCOPES, { error: `one of ${DELETION_SCOPES.join(', ')}` })
      .optional()
      .describe('Of a delete, as that of `DELETE /api/v1/media/{sid}`; `one` without it.'),
    message: z
      .boolean('true or false')
      .default(false)
      .describe('Of a delete: also deletes the messages of these media.'),
    blockSender: z
      .boolean('true or false')
      .default(false)
      .describe('Of a delete: also blocks the sender, if and only if it is deleted.'),
    policy: z
      .enum(BlocklistPolicy, { error: 'quarantine or delete' })
      .optional()
      .describe('Of a block: what happens to media that match; `quarantine` without it.'),
    applyToExisting: z
      .boolean('true or false')
      .optional()
      .describe('Of a block: whether stored media that match are treated as if they arrived now.'),
    expected: z
      .enum(Moderation, { error: `one of ${Object.values(Moderation).join(', ')}` })
      .optional()
      .describe(
        'The state that the moderator saw: it is looked at now, and when the act goes out.',
      ),
    delaySeconds: z
      .int(DELAY)
      .min(0, DELAY)
      .max(MAX_DELAY_SECONDS, DELAY)
      .default(8)
      .describe('How long it can be cancelled.'),
    ...reasonFields,
  })
  .superRefine(
    ({ act, scope, message, blockSender, policy, applyToExisting, expected }, context) => {
      const given = {
        'of a delete': {
          scope,
          message: message || undefined,
          blockSender: blockSender || undefined,
        },
        'of a block': { policy, applyToExisting },
        'of a decision or a delete': { expected },
      };
      const isOf = {
        'of a delete': act === 'delete',
        'of a block': act === 'block',
        'of a decision or a delete': !isBlock(act),
      };
      for (const [whose, fields] of Object.entries(given)) {
        if (isOf[whose as keyof typeof isOf]) continue;
        for (const [field, value] of Object.entries(fields)) {
          if (value === undefined) continue;
          context.addIssue({ code: 'custom', path: [field], message: `only ${whose}` });
        }
      }
    },
  );

export type ActRequest = z.output<typeof actRequest>;

export const actSchema = z
  .strictObject({
    id: z.uuid(),
    mediaSid,
    act: z.enum(ACT_KINDS),
    scope: z.enum(DELETION_SCOPES).nullable().describe('Null unless it is a delete.'),
    message: z.boolean(),
    blockSender: z.boolean(),
    policy: z.enum(BlocklistPolicy).nullable().describe('Null unless it is a block.'),
    applyToExisting: z.boolean().nullable().describe('Null unless it is a block.'),
    expected: z.enum(Moderation).nullable(),
    requestedBy: z.string().describe('The name of a key, or `proxy:` and that of a user.'),
    reasonCode: z.string().nullable(),
    reason: z.string().nullable(),
    state: z.enum(ActState).describe('`failed`: it was not possible, and is not tried again.'),
    createdAt: time,
    runsAt: time.describe('When it goes out, or went out at the earliest.'),
    endedAt: time.nullable(),
    changed: z
      .boolean()
      .nullable()
      .describe(
        'Of one that is done: false when the attachment had that state already, or what is blocked was.',
      ),
    proposed: z
      .boolean()
      .nullable()
      .describe(
        'Of one that is done: true when it changed nothing, and waits for a second person.',
      ),
    deletionId: z.string().nullable().describe('Of a delete that is done: its record.'),
    problem: z
      .strictObject({ code: z.string(), detail: z.string() })
      .nullable()
      .describe('Of one that has failed: the error that the immediate request would have had.'),
  })
  .meta({
    id: 'Act',
    description:
      'A decision about an attachment, its deletion, or a block by it, that can be taken back.',
  });

export type ActItem = z.output<typeof actSchema>;

/** Query of `GET /api/v1/acts`. */
export const actListQuery = z.strictObject({
  state: z
    .enum(ActState, { error: `one of ${states.join(', ')}` })
    .optional()
    .describe('All of them without it.'),
  limit: pageLimit(200, 50),
  cursor: datedCursor.optional().describe('`nextCursor` of the page before.'),
});

export type ActListQuery = z.output<typeof actListQuery>;

/** Path of one act. */
export const actPath = z.object({ id: z.uuid('the id of an act') });
