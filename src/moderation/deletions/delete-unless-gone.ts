import { AppError } from '../../errors/app-error.ts';
import type { DeleteMedia, DeleteRequest } from './delete-media.ts';

/**
 * Deletes, for rules and jobs that do not mind who did.
 *
 * @returns false when somebody had before, or when it is not as `onlyIf` wants it any more
 */
export async function deleteUnlessGone(
  deleteMedia: DeleteMedia,
  request: DeleteRequest,
): Promise<boolean> {
  try {
    await deleteMedia(request);
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === 'media_deleted') return false;
    throw error;
  }
}
