import type { JobHandler } from '../../jobs/job-list.ts';
import type { DeleteMedia } from '../deletions/delete-media.ts';
import { deleteUnlessGone } from '../deletions/delete-unless-gone.ts';

/** The job `delete-judged`: deletes a media that a rule quarantined in order to delete it. */
export function createDeleteJudged(deleteMedia: DeleteMedia): JobHandler<'delete-judged'> {
  return async ({ mediaSid, ...decider }) => {
    await deleteUnlessGone(deleteMedia, { sid: mediaSid, ...decider });
  };
}
