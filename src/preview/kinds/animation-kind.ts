import { join } from 'node:path';
import sharp, { type Metadata } from 'sharp';
import { type PreviewKind, type Rendered, UndecodableError } from '../preview-kind.ts';
import { PREVIEW_SIZES, within } from '../preview-result.ts';
import { PREVIEW_TYPES } from '../preview-types.ts';
import { decodeImage, decodeLeniently, readMetadata, UNTRUSTED } from './decode-image.ts';
import { exifFacts } from './exif-facts.ts';
import { firstRepresentative, type Picture } from './picture.ts';

// Limits of an animated preview: it shows the first frames only; MAX_PIXELS counts all frames together.
const MAX_FRAMES = 60;
const MAX_PIXELS = 40_000_000;
const MAX_BYTES = 2 * 1024 * 1024;
// Frames tried for the poster; when all of them are blank, a blank one is used.
const FRAMES_TO_TRY = [0, 1, 2, 3, 5, 8, 13, 21, 34];
// Browsers replace delays that are too short with 100 ms.
const MIN_DELAY_MS = 20;
const DELAY_INSTEAD_MS = 100;

/** GIF and WebP: a representative frame and, for animations, a small animated preview. */
export const animationKind: PreviewKind = {
  name: 'animation',
  types: new Set(PREVIEW_TYPES.animation),
  probe: async () => null,
  async render({ path, scratchFolder, withLocation }) {
    // When the frames cannot be counted, it is decoded as a single picture.
    const metadata = await readMetadata(path).catch(() => null);
    const pages = metadata?.pages ?? 1;
    if (metadata === null || pages === 1) {
      const still = await decodeLeniently(path);
      return {
        kind: 'image',
        picture: still.picture,
        orientation: still.metadata.orientation,
        size: still.metadata.autoOrient,
        details: exifFacts(still.metadata.exif, withLocation),
        ...(still.reason === undefined ? {} : { reason: still.reason }),
      };
    }
    const { orientation } = metadata;
    const exif = exifFacts(metadata.exif, withLocation);
    const picture = await firstRepresentative(frames(path, pages));
    if (picture === null) throw new UndecodableError('No frame of the animation can be decoded');
    const animation = await animate(path, metadata, join(scratchFolder, 'animated'));
    return {
      kind: 'animation',
      picture,
      orientation,
      size: { width: metadata.width, height: metadata.pageHeight ?? metadata.height },
      details: { ...exif, frames: pages, durationSeconds: durationSeconds(metadata) },
      ...(animation === null ? {} : { animation }),
    };
  },
};

/** Candidate frames for the poster. Damaged frames are skipped. */
async function* frames(path: string, pages: number): AsyncGenerator<Picture> {
  for (const page of FRAMES_TO_TRY.filter((number) => number < pages)) {
    const frame = await decodeImage(path, { page }).catch(() => null);
    if (frame !== null) yield frame;
  }
}

function durationSeconds({ delay = [] }: Metadata): number {
  const times = delay.map((ms) => (ms < MIN_DELAY_MS ? DELAY_INSTEAD_MS : ms));
  return times.reduce((sum, ms) => sum + ms, 0) / 1000;
}

/** @returns null when the animated preview would be too large, or its frames are damaged */
async function animate(
  path: string,
  { pages = 1, width, pageHeight = 1 }: Metadata,
  toPath: string,
): Promise<NonNullable<Rendered['animation']> | null> {
  const count = Math.min(pages, MAX_FRAMES, Math.floor(MAX_PIXELS / (width * pageHeight)));
  if (count < 2) return null;
  try {
    const info = await sharp(path, { ...UNTRUSTED, pages: count })
      .resize(within(PREVIEW_SIZES.medium))
      .webp({ quality: 60, effort: 2, loop: 0 })
      .toFile(toPath);
    if (info.size > MAX_BYTES) return null;
    const height = info.pageHeight ?? info.height;
    return { path: toPath, width: info.width, height, byteSize: info.size };
  } catch {
    // The still thumbnails remain.
    return null;
  }
}
