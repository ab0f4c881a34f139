import { join } from 'node:path';
import type { PreviewKind, PreviewSource } from '../preview-kind.ts';
import { PREVIEW_TYPES } from '../preview-types.ts';
import { type DecodedImage, decodeImage, readMetadata } from './decode-image.ts';
import { extractPicture, probeFfmpeg } from './ffmpeg.ts';

/** Pictures that the machine's ffmpeg may be able to decode: JPEG 2000, JPEG XL, JPEG-LS. */
export const otherPictureKind: PreviewKind = {
  name: 'otherPicture',
  types: new Set(PREVIEW_TYPES.otherPicture),
  probe: probeFfmpeg,
  async render(source) {
    const { picture, metadata } = await pictureByFfmpeg(source);
    return { kind: 'image', picture, size: metadata.autoOrient, details: {} };
  },
};

/**
 * Decodes the first frame of a file with ffmpeg.
 *
 * @throws UndecodableError
 */
export async function pictureByFfmpeg(source: PreviewSource): Promise<DecodedImage> {
  const toPath = join(source.scratchFolder, 'picture');
  const file = { path: source.path, contentType: source.contentType ?? '' };
  await extractPicture(file, { filter: '[0:v:0]copy', toPath });
  const metadata = await readMetadata(toPath);
  return {
    metadata,
    picture: await decodeImage(toPath, { metadata, longestSide: source.longestSide }),
  };
}
