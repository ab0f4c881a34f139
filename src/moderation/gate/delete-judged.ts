import { AppError } from '../../errors.ts';
import type { JobHandler } from '../../jobs/job-list.ts';
import type { Decider } from '../apply-decision.ts';

/** The job `delete-judged`: deletes a media that a rule quarantined in order to delete it. */
export function createDeleteJudged(
  deleteMedia: (sid: string, decider: Decider) => Promise<unknown>,
): JobHandler<'delete-judged'> {
  return async ({ mediaSid, ...decider }) => {
    try {
      await deleteMedia(mediaSid, decider);
    } catch (error) {
      if (error instanceof AppError && error.code === 'media_deleted') return;
      throw error;
    }
  };
}
