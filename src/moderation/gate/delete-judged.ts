import { AppError } from '../../errors.ts';
import type { JobHandler } from '../../jobs/job-list.ts';
import type { DeleteMedia } from '../deletions/delete-media.ts';

/** The job `delete-judged`: deletes a media that a rule quarantined in order to delete it. */
export function createDeleteJudged(deleteMedia: DeleteMedia): JobHandler<'delete-judged'> {
  return async ({ mediaSid, ...decider }) => {
    try {
      await deleteMedia({ sid: mediaSid, scope: 'one', withMessages: false, ...decider });
    } catch (error) {
      if (error instanceof AppError && error.code === 'media_deleted') return;
      throw error;
    }
  };
}
