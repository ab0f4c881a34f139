import { readFile } from 'node:fs/promises';
import sharp, { type Metadata } from 'sharp';
import { fromProfile } from './colour-profile.ts';
import { refuseTooManyPixels } from './decode-image.ts';
import { exifFacts } from './exif-facts.ts';
import { freePixels, fromPicture, toPicture } from './picture.ts';
import { type PreviewKind, UndecodableError } from './preview-kind.ts';
import { PREVIEW_SIZES, within } from './preview-sizes.ts';
import { PREVIEW_TYPES } from './preview-types.ts';

/** HEIC and HEIF with libheif in WebAssembly: sharp's prebuilt library has no HEVC. */
export const heicKind: PreviewKind = {
  name: 'heic',
  types: new Set(PREVIEW_TYPES.heic),
  async probe() {
    await loadDecoder();
    return null;
  },
  async render({ path, withLocation }) {
    const decode = await loadDecoder();
    const images = await decode.all({ buffer: await readFile(path) });
    try {
      const [image] = images;
      if (image === undefined) throw new UndecodableError('There is no picture in the file');
      refuseTooManyPixels(image);
      const { width, height, data } = await image.decode();
      const pixels = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
      const decoded = fromPicture({ pixels, width, height, channels: 4 });
      const { exif, icc } = await readHeaders(path);
      // Phones write no transparency, and the decoder gives an opaque channel where there is none.
      const picture = await toPicture(decoded.removeAlpha().resize(within(PREVIEW_SIZES.large)));
      freePixels(pixels);
      return {
        kind: 'image',
        picture: icc === undefined ? picture : await fromProfile(picture, icc),
        // The decoder has turned the picture already, as HEIF's own properties say.
        size: { width, height },
        details: exifFacts(exif, withLocation),
      };
    } finally {
      images.dispose();
    }
  },
};

async function loadDecoder() {
  return (await import('heic-decode')).default;
}

/** The headers of HEIF are readable for sharp, though its pixels are not. */
async function readHeaders(path: string): Promise<Pick<Metadata, 'exif' | 'icc'>> {
  try {
    return await sharp(path).metadata();
  } catch {
    return {};
  }
}
