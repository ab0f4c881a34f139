import type { RequestHandler } from 'express';
import type { Database } from '../database/database.ts';
import { AppError } from '../errors/app-error.ts';
import { type Route, route } from '../http/resource-router.ts';
import { validate } from '../http/validate.ts';
import type { InspectFile } from '../moderation/blocklist/upload-blocklist.ts';
import { visibilityOf } from './access.ts';
import { findSimilar } from './similar-media.ts';
import { similarOperations } from './similar-operations.ts';

/** An upload in the scratch folder. */
interface Upload {
  path: string;
  /** In bytes. */
  size: number;
  sha256: string;
}

/** `POST /api/v1/media/similar`: stored attachments that look like a picture. */
export function createSimilarRoute(deps: {
  database: Database;
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
        const { sha256 } = file;
        const wanted = { sha256, picture, ...query };
        const items = await findSimilar(deps.database, wanted, visibilityOf(response));
        response.json({ sha256, quality: picture.quality, items });
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
