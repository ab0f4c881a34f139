import type { RequestHandler, Response } from 'express';
import pLimit from 'p-limit';
import type { Database } from '../database/database.ts';
import { AppError } from '../errors/app-error.ts';
import { type Route, route } from '../http/resource-router.ts';
import { validate } from '../http/validate.ts';
import type { InspectFile } from '../moderation/blocklist/upload-blocklist.ts';
import { pictureOf } from '../preview/screen.ts';
import { visibilityOf } from './access.ts';
import { createFindMedia } from './media-items.ts';
import { storedBlob } from './send-media.ts';
import { findSimilar, type WantedPicture } from './similar-media.ts';
import { similarOperations } from './similar-operations.ts';

/** An upload in the scratch folder. */
interface Upload {
  path: string;
  /** In bytes. */
  size: number;
  sha256: string;
}

/**
 * Compares with what is stored, and answers; or nothing, when the caller has gone.
 *
 * @throws AppError `unavailable` when too many wait for their turn
 */
type AnswerSimilar = (response: Response, wanted: WantedPicture) => Promise<void>;

const MAX_WAITING = 20;

/** A comparison reads every stored picture: callers take turns, so that statements of others come between. */
export function createAnswerSimilar(database: Database): AnswerSimilar {
  const inTurn = pLimit(1);
  return async (response, wanted) => {
    if (inTurn.pendingCount >= MAX_WAITING) {
      throw new AppError('unavailable', 'Too many pictures are being compared. Try again soon.', {
        headers: { 'Retry-After': '5' },
      });
    }
    const { sha256, picture } = wanted;
    const gone = new AbortController();
    // A moderator goes on to the next attachment while it is compared with a hundred thousand.
    response.once('close', () => gone.abort());
    try {
      const visibility = visibilityOf(response);
      const items = await inTurn(() => findSimilar(database, wanted, visibility, gone.signal));
      response.json({ sha256, quality: picture?.quality ?? null, items });
    } catch (error) {
      if (!gone.signal.aborted) throw error;
    }
  };
}

/** `GET /api/v1/media/{sid}/similar`: stored attachments that look like one of them. */
export function createSimilarToMediaRoute(database: Database, answer: AnswerSimilar): Route {
  const findMedia = createFindMedia(database);
  return route(similarOperations.findSimilarToMedia, async ({ params, query, response }) => {
    const media = await findMedia(params.sid, visibilityOf(response));
    const blob = storedBlob(media, false);
    const { sha256 } = blob;
    await answer(response, { ...query, sha256, picture: pictureOf(blob), except: media.sid });
  });
}

/** `POST /api/v1/media/similar`: stored attachments that look like a picture. */
export function createSimilarRoute(deps: {
  answer: AnswerSimilar;
  /** Puts the file of a form's field `file` into the scratch folder, as `request.files`. */
  readUpload: RequestHandler;
  discard: (path: string) => Promise<void>;
  inspectFile: InspectFile;
}): Route {
  const operation = similarOperations.findSimilarMedia;
  return route(
    operation,
    async ({ request, response }) => {
      const [file] = (request.files ?? []) as unknown as Upload[];
      try {
        if (file === undefined) throw invalidFile('needs a picture');
        const query = validate(operation.form.fields, { ...request.body });
        const { contentType, picture } = await deps.inspectFile(file);
        if (!contentType?.startsWith('image/')) {
          const message = `The file is ${contentType ?? 'of an unknown type'}: it must be a picture.`;
          throw new AppError('unsupported_media_type', message);
        }
        if (picture === null) throw invalidFile('is a picture that cannot be decoded');
        await deps.answer(response, { ...query, sha256: file.sha256, picture });
      } finally {
        if (file !== undefined) await deps.discard(file.path);
      }
    },
    deps.readUpload,
  );
}

function invalidFile(message: string): AppError {
  return new AppError('invalid_request', 'Not valid: file.', {
    fields: [{ field: 'file', message }],
  });
}
