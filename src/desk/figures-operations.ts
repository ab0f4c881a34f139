import { z } from 'zod';
import { count, time } from '../http/fields.ts';
import { defineOperation } from '../http/operation.ts';
import { queueName } from '../moderation/queues/queue-filter-fields.ts';

const agreement = z.strictObject({
  agreed: count,
  disagreed: count,
});

const decided = {
  approve: count,
  hold: count,
  quarantine: count,
  delete: count,
};

export const figuresSchema = z
  .strictObject({
    queues: z.array(
      z.strictObject({
        name: queueName,
        count: count.describe('Attachments in it.'),
        oldestAt: time.nullable().describe('Since when the oldest of them waits.'),
      }),
    ),
    since: time.describe('The beginning of the first hour.'),
    hours: z
      .array(z.strictObject({ at: time, ...decided }))
      .describe('24 hours, oldest first, the current one included.'),
    moderators: z
      .array(
        z.strictObject({
          name: z.string().describe('The name of a key, or `proxy:` and that of a user.'),
          ...decided,
        }),
      )
      .describe('Who decides most comes first; at most 100.'),
    overturned: z
      .strictObject({
        ofPeople: count.describe('Decisions of somebody else.'),
        ofRules: count,
      })
      .describe(
        'What was quarantined is approved, or what was approved is quarantined or deleted.',
      ),
    agreement: z
      .strictObject({
        classifier: agreement.describe('Its verdict on the bytes; `hold` says neither.'),
        lookAlikes: agreement.describe('What looked like an entry of the blocklist.'),
      })
      .describe('Approved after `allow`, quarantined or deleted after another verdict or a match.'),
  })
  .meta({
    id: 'Figures',
    description: 'What people and programs have decided about attachments within 24 hours.',
  });

export type Figures = z.output<typeof figuresSchema>;

export const figuresOperations = {
  showFigures: defineOperation({
    id: 'showFigures',
    method: 'get',
    path: '/api/v1/figures',
    tag: 'queues',
    summary: 'Show figures of the moderators’ work',
    description: 'Up to some seconds old, longer where counting takes longer.',
    access: 'moderator',
    answers: { 200: { description: 'The figures.', body: figuresSchema } },
  }),
};
