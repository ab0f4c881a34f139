import { readFile } from 'node:fs/promises';
import sharp, { type Metadata, type Sharp } from 'sharp';
import { readMetadata, UNTRUSTED } from '../kinds/decode-image.ts';
import { openHeif } from '../kinds/libheif.ts';
import { freePixels, fromPicture, withoutOpaqueAlpha } from '../kinds/picture.ts';
import { embedProfile } from '../kinds/png-chunks.ts';
import { KINDS } from '../kinds/preview-kinds.ts';
import { type PreviewSource, UndecodableError } from '../preview-kind.ts';
import { hasWideGamut } from './colour-gamut.ts';
import type { Converted } from './rendition-types.ts';

// The longest sides of JPEG and WebP files are 65,535 and 16,383 pixels [ITU-T T.81; RFC 9649].
const MAX_SIDE = 16_383;
// Pages have no pixels of their own. PDFium renders at most 288 dpi.
const MAX_PAGE_SIDE = 4096;
const QUALITY = 90;
const HEIC = new Set(['image/heic', 'image/heif']);
const BY_SHARP = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'image/avif']);

/**
 * Writes a picture in full size: upright, without metadata; JPEG, or WebP with transparency or animation. Display P3
 * and other wide gamuts become Display P3 with its profile, everything else sRGB.
 *
 * @throws UndecodableError, or an error of a decoder
 */
export async function writePicture(source: PreviewSource, toPath: string): Promise<Converted> {
  const direct = await openDirectly(source).catch(() => null);
  if (direct !== null) {
    try {
      return await encode(direct, toPath);
    } catch (error) {
      // Damaged files and unusual forms: the preview's decoders know what to do. A full disk fails there, too.
      if (isNotDecoded(error)) return await writeRendered(source, toPath);
      throw error;
    }
  }
  return await writeRendered(source, toPath);
}

function isNotDecoded(error: unknown): boolean {
  return error instanceof Error && !/no space left|disk quota/i.test(error.message);
}

interface Opened {
  image: Sharp;
  isAnimated: boolean;
  isWide: boolean;
  isOpaque: boolean;
}

/** Null for what needs a decoder of the previews. */
async function openDirectly(source: PreviewSource): Promise<Opened | null> {
  const { path, contentType, page = 1 } = source;
  if (HEIC.has(contentType ?? '')) return openHeic(source);
  if (contentType === 'image/tiff' && page > 1) {
    const options = { ...UNTRUSTED, page: page - 1 };
    await readMetadata(path);
    const image = sharp(path, options);
    return openSharp(image, await image.metadata());
  }
  if (!BY_SHARP.has(contentType ?? '')) return null;
  const metadata = await readMetadata(path);
  const isAnimated = (metadata.pages ?? 1) > 1 && metadata.format !== 'heif';
  const image = sharp(path, isAnimated ? { ...UNTRUSTED, animated: true } : UNTRUSTED);
  return { ...(await openSharp(image, metadata)), isAnimated };
}

async function openSharp(image: Sharp, metadata: Metadata): Promise<Opened> {
  const { icc, hasAlpha, isOpaque } = { isOpaque: !metadata.hasAlpha, ...metadata };
  const isWide = icc !== undefined && hasWideGamut(icc);
  const opened = { image: image.autoOrient(), isAnimated: false, isWide, isOpaque };
  // Many programs write an alpha channel that is opaque everywhere.
  return hasAlpha ? { ...opened, isOpaque: (await image.clone().stats()).isOpaque } : opened;
}

async function openHeic({ path }: PreviewSource): Promise<Opened | null> {
  const primary = await openHeif(await readFile(path));
  try {
    const decoded = primary.decode();
    const picture = await withoutOpaqueAlpha(decoded);
    if (picture !== decoded) freePixels(decoded.pixels);
    const { icc } = await sharp(path).metadata();
    const isOpaque = picture.channels === 3;
    const isWide = icc !== undefined && hasWideGamut(icc);
    // No `autoOrient`: libheif has already applied the rotation.
    const image =
      icc === undefined ? fromPicture(picture) : sharp(await embedProfile(picture, icc));
    return { image, isAnimated: false, isWide, isOpaque };
  } finally {
    primary.close();
  }
}

/** By the decoder of the preview, in sRGB. */
async function writeRendered(source: PreviewSource, toPath: string): Promise<Converted> {
  const kind = KINDS.find(({ types }) => types.has(source.contentType));
  if (kind === undefined) throw new UndecodableError('It is no picture');
  // Other decoders than that of PDF know only the first page.
  if ((source.page ?? 1) > 1 && kind.name !== 'pdf') {
    throw new UndecodableError('This page cannot be decoded');
  }
  const longestSide = kind.name === 'pdf' ? MAX_PAGE_SIDE : MAX_SIDE;
  const { picture, details, reason } = await kind.render({ ...source, longestSide });
  if (details.encrypted === true) throw new UndecodableError(reason ?? 'It is encrypted');
  const isOpaque = picture.channels === 3;
  const image = fromPicture(picture);
  const { contentType } = await encode(
    { image, isAnimated: false, isWide: false, isOpaque },
    toPath,
  );
  return { contentType, reason };
}

async function encode({ image, isAnimated, isWide, isOpaque }: Opened, toPath: string) {
  const coloured = image.withIccProfile(isWide ? 'p3' : 'srgb', { attach: isWide });
  const isJpeg = isOpaque && !isAnimated;
  if (isJpeg) await coloured.removeAlpha().jpeg({ quality: QUALITY }).toFile(toPath);
  else await coloured.webp({ quality: QUALITY, effort: 2 }).toFile(toPath);
  return { contentType: isJpeg ? 'image/jpeg' : 'image/webp' };
}
