import { readFile } from 'node:fs/promises';
import { decodeImage, readMetadata } from './decode-image.ts';
import { exifFacts } from './exif-facts.ts';
import type { PreviewKind } from './preview-kind.ts';
import { PREVIEW_TYPES } from './preview-types.ts';

/** Pictures that sharp's prebuilt library decodes; of several in one file the first. */
export const imageKind: PreviewKind = {
  name: 'image',
  types: new Set(PREVIEW_TYPES.image),
  probe: async () => null,
  async render({ path, withLocation }) {
    const metadata = await readMetadata(path);
    const { pages = 1 } = metadata;
    // A TIFF has no EXIF block, it is one.
    const exif = metadata.format === 'tiff' ? await readFile(path) : metadata.exif;
    return {
      kind: 'image',
      picture: await decodeImage(path),
      orientation: metadata.orientation,
      size: metadata.autoOrient,
      details: { ...exifFacts(exif, withLocation), ...(pages > 1 ? { pages } : {}) },
    };
  },
};
