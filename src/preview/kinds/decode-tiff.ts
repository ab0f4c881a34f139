import { open } from 'node:fs/promises';
import sharp from 'sharp';
import { REASONS, UndecodableError } from '../preview-kind.ts';
import { PREVIEW_SIZES, within } from '../preview-result.ts';
import { type DecodedImage, decodeLeniently, readMetadata, UNTRUSTED } from './decode-image.ts';
import { fromPicture, type Picture, toPicture, withoutOpaqueAlpha } from './picture.ts';

// PhotometricInterpretation [TIFF 6.0, page 37, and its supplements].
const COLOUR_CHANNELS: Readonly<Record<number, number>> = { 0: 1, 1: 1, 2: 3, 5: 4 };
const RGB = 2;
const LAB = [8, 9, 10];
const RAW = [32803, 34892];
// ExtraSamples: 1 and 2 are alpha; 0 is unspecified.
const ALPHA = [1, 2];
// All channels are decoded before the extra ones are dropped, so they all count.
const MAX_BYTES = 512 * 1024 * 1024;

/** Decodes the first picture of a TIFF; channels that are neither colour nor alpha are left out. */
export async function decodeTiff(path: string, longestSide?: number): Promise<DecodedImage> {
  const tags = await readTiffTags(path);
  const [photometric = RGB] = tags.get(TIFF_TAG.photometric) ?? [];
  const [samples = 1] = tags.get(TIFF_TAG.samplesPerPixel) ?? [];
  const bits = tags.get(TIFF_TAG.bitsPerSample) ?? [];
  if (RAW.includes(photometric)) {
    throw new UndecodableError('It is raw data of a camera sensor, which is not decoded here');
  }
  // libvips reads only one of the Lab encodings.
  if (LAB.includes(photometric) && !(photometric === 8 && samples === 3 && bits[0] === 16)) {
    throw new UndecodableError('Its colours are CIE L*a*b* in a form that is not decoded here');
  }
  const colours = COLOUR_CHANNELS[photometric];
  if (colours === undefined || samples <= colours) return decodeLeniently(path, longestSide);
  const extra = tags.get(TIFF_TAG.extraSamples) ?? [];
  if (samples === colours + 1 && ALPHA.includes(extra[0] ?? 0))
    return decodeLeniently(path, longestSide);
  const alpha = extra.findIndex((meaning) => ALPHA.includes(meaning));
  return decodeColours(path, alpha < 0 ? null : alpha, longestSide);
}

/** @param alpha index of the alpha channel among the extra channels; null when there is none */
async function decodeColours(
  path: string,
  alpha: number | null,
  longestSide: number = PREVIEW_SIZES.large,
): Promise<DecodedImage> {
  const metadata = await readMetadata(path);
  if (metadata.width * metadata.height * metadata.channels > MAX_BYTES) {
    throw new UndecodableError(REASONS.tooMuchMemory);
  }
  const image = sharp(path, UNTRUSTED).autoOrient();
  if (metadata.depth !== 'uchar') image.withIccProfile('srgb');
  const { data, info } = await image
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const channels = alpha === null ? 3 : 4;
  const pixels = Buffer.allocUnsafeSlow(info.width * info.height * channels);
  for (let from = 0, to = 0; to < pixels.length; from += info.channels, to += channels) {
    data.copy(pixels, to, from, from + 3);
    if (alpha !== null) pixels[to + 3] = data[from + 3 + alpha] as number;
  }
  const whole: Picture = { pixels, width: info.width, height: info.height, channels };
  const picture = await toPicture(fromPicture(whole).resize(within(longestSide)));
  return { metadata, picture: await withoutOpaqueAlpha(picture) };
}

// Tags of the first directory [TIFF 6.0, section 8; ExtraSamples on page 31].
const TIFF_TAG = {
  bitsPerSample: 258,
  photometric: 262,
  samplesPerPixel: 277,
  extraSamples: 338,
} as const;

const SHORT = 3;
const LONG = 4;
const MAX_ENTRIES = 512;
const MAX_VALUES = 64;

/**
 * Reads the integer tags (SHORT and LONG) of the first directory of a TIFF or BigTIFF file.
 *
 * @returns values by tag; empty when there is no directory
 * @throws the file system's error when the file cannot be opened
 */
async function readTiffTags(path: string): Promise<Map<number, number[]>> {
  const file = await open(path, 'r');
  try {
    return await readTags(async (at, length) => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
      return buffer.subarray(0, bytesRead);
    });
  } catch (error) {
    if (error instanceof RangeError) return new Map();
    throw error;
  } finally {
    await file.close();
  }
}

type Read = (at: number, length: number) => Promise<Buffer>;

async function readTags(read: Read): Promise<Map<number, number[]>> {
  const head = await read(0, 16);
  const isLittle = head.toString('latin1', 0, 2) === 'II';
  const number = (bytes: Buffer, at: number, size: number) => {
    if (size < 8) return isLittle ? bytes.readUIntLE(at, size) : bytes.readUIntBE(at, size);
    return Number(isLittle ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at));
  };
  const isBig = number(head, 2, 2) === 43;
  const wide = isBig ? 8 : 4;
  const countBytes = isBig ? 8 : 2;
  const entryBytes = isBig ? 20 : 12;
  const directory = number(head, isBig ? 8 : 4, wide);
  const count = Math.min(number(await read(directory, countBytes), 0, countBytes), MAX_ENTRIES);
  const entries = await read(directory + countBytes, count * entryBytes);
  const tags = new Map<number, number[]>();
  for (let at = 0; at + entryBytes <= entries.length; at += entryBytes) {
    const size = { [SHORT]: 2, [LONG]: 4 }[number(entries, at + 2, 2)];
    if (size === undefined) continue;
    const values = Math.min(number(entries, at + 4, wide), MAX_VALUES);
    const valueAt = at + 4 + wide;
    const bytes =
      values * size <= wide
        ? entries.subarray(valueAt, valueAt + wide)
        : await read(number(entries, valueAt, wide), values * size);
    const found = Array.from({ length: values }, (_, n) => number(bytes, n * size, size));
    tags.set(number(entries, at, 2), found);
  }
  return tags;
}
