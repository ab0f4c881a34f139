import { Prisma } from '../generated/prisma/client.ts';
import type { JobHandler } from '../jobs/job-list.ts';
import type { DeleteMedia } from './deletions/delete-media.ts';
import { deleteUnlessGone } from './deletions/delete-unless-gone.ts';

// Whoever has approved or held it meanwhile decided otherwise; nobody can who has not seen it stored.
const onlyIf = Prisma.sql`state = 'pending' OR moderation = 'quarantined'`;

/** The job `delete-judged`: deletes a media that a rule quarantined in order to delete it. */
export function createDeleteJudged(deleteMedia: DeleteMedia): JobHandler<'delete-judged'> {
  return async ({ mediaSid, ...decider }) => {
    await deleteUnlessGone(deleteMedia, { sid: mediaSid, ...decider, onlyIf });
  };
}
