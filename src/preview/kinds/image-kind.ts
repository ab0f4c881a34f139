import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import {
  type PreviewKind,
  type PreviewSource,
  REASONS,
  readBeginning,
  reasonOf,
  UndecodableError,
} from '../preview-kind.ts';
import { PREVIEW_SIZES, within } from '../preview-result.ts';
import { PREVIEW_TYPES } from '../preview-types.ts';
import { type DecodedImage, decodeLeniently, readMetadata, UNTRUSTED } from './decode-image.ts';
import { decodeTiff } from './decode-tiff.ts';
import { exifFacts } from './exif-facts.ts';
import { pictureByFfmpeg } from './other-picture-kind.ts';
import { divideByAlpha, fromPicture, toPicture, withoutOpaqueAlpha } from './picture.ts';
import { isApplePng, rewritePng } from './png-chunks.ts';

/** Pictures that sharp's prebuilt libvips decodes; of several in one file the first, or the primary one. */
export const imageKind: PreviewKind = {
  name: 'image',
  types: new Set(PREVIEW_TYPES.image),
  probe: async () => null,
  async render(source) {
    const { metadata, picture, reason } = await decode(source);
    const { pages = 1 } = metadata;
    // EXIF is a TIFF structure, so the whole TIFF file serves as the EXIF block.
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
      return decodePng(source);
    case 'image/tiff':
      return decodeTiff(source.path, source.longestSide);
    case 'image/avif':
      return decodeAvif(source);
    default:
      return decodeLeniently(source.path, source.longestSide);
  }
}

// Offsets in the first box, `ftyp`, of the major brand and, after a version, of the compatible brands.
const BRAND_AT = 8;
const COMPATIBLE_AT = 16;
const SEQUENCES = ['avis', 'msf1'];

/**
 * Decodes the primary picture of an AVIF file. Most animated files have one, too: their brands are
 * replaced by those of a still picture, because libvips rejects image sequences. Otherwise ffmpeg
 * extracts a frame.
 */
async function decodeAvif(source: PreviewSource): Promise<DecodedImage> {
  const head = await readBeginning(source.path, BRAND_AT + 4);
  if (!SEQUENCES.includes(head.toString('latin1', BRAND_AT)))
    return decodeLeniently(source.path, source.longestSide);
  try {
    return await decodeLeniently(asStill(await readFile(source.path)), source.longestSide);
  } catch {
    return await pictureByFfmpeg(source);
  }
}

function asStill(bytes: Buffer): Buffer {
  bytes.write('avif', BRAND_AT, 'latin1');
  const end = Math.min(bytes.readUInt32BE(0), bytes.length);
  for (let at = COMPATIBLE_AT; at + 4 <= end; at += 4) {
    if (SEQUENCES.includes(bytes.toString('latin1', at, at + 4))) bytes.write('mif1', at, 'latin1');
  }
  return bytes;
}

const HEAD_BYTES = 16;

/** Decodes a PNG, including Apple's variant and truncated interlaced files. */
async function decodePng({ path, longestSide }: PreviewSource): Promise<DecodedImage> {
  if (isApplePng(await readBeginning(path, HEAD_BYTES))) return decodeApplePng(path, longestSide);
  try {
    return await decodeLeniently(path, longestSide);
  } catch (error) {
    if (reasonOf(error) !== REASONS.damaged) throw error;
    const rewritten = await rewritePng(await readFile(path));
    if (rewritten === null) throw error;
    return { ...(await decodeLeniently(rewritten, longestSide)), reason: REASONS.partial };
  }
}

/** Apple's PNG variant stores BGR(A) with premultiplied alpha ["CgBI", iPhone Dev Wiki]. */
async function decodeApplePng(
  path: string,
  longestSide: number = PREVIEW_SIZES.large,
): Promise<DecodedImage> {
  const standard = await rewritePng(await readFile(path));
  if (standard === null) throw new UndecodableError(REASONS.damaged);
  const metadata = await readMetadata(standard);
  const decoded = await toPicture(sharp(standard, UNTRUSTED));
  const { pixels, channels } = decoded;
  for (let at = 0; at < pixels.length; at += channels) {
    const blue = pixels[at] as number;
    pixels[at] = pixels[at + 2] as number;
    pixels[at + 2] = blue;
  }
  if (channels === 4) divideByAlpha(pixels);
  const picture = await toPicture(fromPicture(decoded).resize(within(longestSide)));
  return { metadata, picture: await withoutOpaqueAlpha(picture) };
}
