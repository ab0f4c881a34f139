import { readFile } from 'node:fs/promises';
import sharp, { type Metadata } from 'sharp';
import type { PreviewKind, PreviewSource, Rendered } from '../preview-kind.ts';
import { PREVIEW_SIZES, within } from '../preview-result.ts';
import { PREVIEW_TYPES } from '../preview-types.ts';
import { decodeLeniently, refuseTooManyPixels } from './decode-image.ts';
import { exifFacts } from './exif-facts.ts';
import { CodecMissingError, type HeifPrimary, loadLibheif, openHeif } from './libheif.ts';
import { pictureByFfmpeg } from './other-picture-kind.ts';
import { freePixels, fromPicture, toPicture, withoutOpaqueAlpha } from './picture.ts';
import { fromProfile } from './png-chunks.ts';

const WITHOUT_ALPHA = 'It is too large to be shown with its transparency';

/** HEIC and HEIF with libheif in WebAssembly: sharp's prebuilt library has no HEVC. */
export const heicKind: PreviewKind = {
  name: 'heic',
  types: new Set(PREVIEW_TYPES.heic),
  async probe() {
    await loadLibheif();
    return null;
  },
  async render(source) {
    const primary = await openHeif(await readFile(source.path)).catch((error) => {
      if (source.contentType?.endsWith('-sequence')) return null;
      throw error;
    });
    if (primary === null) return renderSequence(source);
    try {
      refuseTooManyPixels(primary);
      return await renderPrimary(primary, source);
    } catch (error) {
      if (!(error instanceof CodecMissingError)) throw error;
      // It may be AV1 under a brand that names no codec, which sharp decodes.
      return await renderWithSharp(source).catch(() => {
        throw error;
      });
    } finally {
      primary.close();
    }
  },
};

async function renderPrimary(primary: HeifPrimary, source: PreviewSource): Promise<Rendered> {
  const { width, height } = primary;
  const decoded = primary.decode();
  const shrunk = await toPicture(
    fromPicture(decoded).resize(within(source.longestSide ?? PREVIEW_SIZES.large)),
  );
  freePixels(decoded.pixels);
  const { exif, icc } = await readHeaders(source.path);
  const picture = await withoutOpaqueAlpha(shrunk);
  return {
    kind: 'image',
    picture: icc === undefined ? picture : await fromProfile(picture, icc),
    // No `orientation`: libheif has already applied HEIF's own rotation properties.
    size: { width, height },
    details: exifFacts(exif, source.withLocation),
    ...(primary.hasAlpha && decoded.channels === 3 ? { reason: WITHOUT_ALPHA } : {}),
  };
}

/** An image sequence without a primary picture, which ffmpeg may be able to read. */
async function renderSequence(source: PreviewSource): Promise<Rendered> {
  const { picture, metadata } = await pictureByFfmpeg(source);
  return { kind: 'image', picture, size: metadata.autoOrient, details: {} };
}

async function renderWithSharp({
  path,
  withLocation,
  longestSide,
}: PreviewSource): Promise<Rendered> {
  const { metadata, picture, reason } = await decodeLeniently(path, longestSide);
  return {
    kind: 'image',
    picture,
    size: metadata.autoOrient,
    details: exifFacts(metadata.exif, withLocation),
    ...(reason === undefined ? {} : { reason }),
  };
}

/** sharp can read the metadata of HEIC files, though not decode their pixels. */
async function readHeaders(path: string): Promise<Pick<Metadata, 'exif' | 'icc'>> {
  try {
    return await sharp(path).metadata();
  } catch {
    return {};
  }
}
