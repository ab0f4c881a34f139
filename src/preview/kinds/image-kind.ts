import { readFile } from 'node:fs/promises';
import type { PreviewKind, PreviewSource } from '../preview-kind.ts';
import { PREVIEW_TYPES } from '../preview-types.ts';
import { decodeAvif } from './decode-avif.ts';
import { type DecodedImage, decodeLeniently } from './decode-image.ts';
import { decodePng } from './decode-png.ts';
import { decodeTiff } from './decode-tiff.ts';
import { exifFacts } from './exif-facts.ts';

/** Pictures that sharp's prebuilt library decodes; of several in one file the first, or the primary one. */
export const imageKind: PreviewKind = {
  name: 'image',
  types: new Set(PREVIEW_TYPES.image),
  probe: async () => null,
  async render(source) {
    const { metadata, picture, reason } = await decode(source);
    const { pages = 1 } = metadata;
    // A TIFF has no EXIF block, it is one.
    const exif = metadata.format === 'tiff' ? await readFile(source.path) : metadata.exif;
    return {
      kind: 'image',
      picture,
      orientation: metadata.orientation,
      size: metadata.autoOrient,
      details: {
        ...exifFacts(exif, source.withLocation),
        ...(pages > 1 ? { pages } : {}),
      },
      ...(reason === undefined ? {} : { reason }),
    };
  },
};

function decode(source: PreviewSource): Promise<DecodedImage> {
  switch (source.contentType) {
    case 'image/png':
    case 'image/apng':
      return decodePng(source.path);
    case 'image/tiff':
      return decodeTiff(source.path);
    case 'image/avif':
      return decodeAvif(source);
    default:
      return decodeLeniently(source.path);
  }
}
