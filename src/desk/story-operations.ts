import { z } from 'zod';
import { MediaState } from '../generated/prisma/client.ts';
import { time } from '../http/fields.ts';
import { defineOperation } from '../http/operation.ts';
import { mediaSid } from '../twilio/address-fields.ts';

const facts = z.record(z.string(), z.unknown()).nullable();

const storyItem = z
  .strictObject({
    at: time,
    kind: z
      .string()
      .describe(
        '`received`, `fetch` (the first attempt), `fetched`, `stored`, `verdict` (the one of the classifier that stands), ' +
          '`bulk` (it was selected for a bulk act), `deletion` (one of its targets is this attachment; `after` says how ' +
          'far it is), or an action of the audit log: of the attachment, such as `media.approve`, of its message, of its ' +
          'sender since its receipt (`sender.update`) or of its deletion (`deletion.retry`).',
      ),
    by: z
      .string()
      .nullable()
      .describe(
        "The name of a key, `proxy:` and the user's name, or `system:` and the rule's name.",
      ),
    reasonCode: z.string().nullable(),
    reason: z.string().nullable(),
    text: z.string().nullable().describe('Of a report or a note that has not been deleted.'),
    before: facts,
    after: facts,
  })
  .meta({ id: 'StoryItem' });

export type StoryItem = z.output<typeof storyItem>;

const storySchema = z
  .strictObject({
    mediaSid,
    state: z.enum(MediaState),
    items: z.array(storyItem).describe('Oldest first.'),
    isComplete: z
      .boolean()
      .describe('False if only the last thousand entries of the audit log are in it.'),
  })
  .meta({ id: 'Story', description: 'What happened to an attachment.' });

export type Story = z.output<typeof storySchema>;

/** The operation that tells the story of an attachment. */
export const storyOperations = {
  showStory: defineOperation({
    id: 'showStory',
    method: 'get',
    path: '/api/v1/media/{sid}/story',
    tag: 'moderation',
    summary: 'Show what happened to an attachment',
    description:
      'Its arrival, fetch, verdict, decisions of people and rules, proposals, reveals, reports, notes, blocks that came of ' +
      'it and deletions, in order of time; also of one that was deleted.',
    access: 'moderator',
    params: z.object({ sid: mediaSid }),
    answers: { 200: { description: 'Its story.', body: storySchema } },
    problems: ['not_found'],
  }),
};
