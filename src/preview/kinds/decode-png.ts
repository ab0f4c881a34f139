import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { UndecodableError } from '../preview-kind.ts';
import { PREVIEW_SIZES, within } from '../preview-sizes.ts';
import { readBeginning } from '../read-beginning.ts';
import { REASONS, reasonOf } from '../undecodable.ts';
import { type DecodedImage, decodeLeniently, readMetadata, UNTRUSTED } from './decode-image.ts';
import { divideByAlpha, fromPicture, toPicture, withoutOpaqueAlpha } from './picture.ts';
import { isApplePng, rewritePng } from './png-chunks.ts';

const HEAD_BYTES = 16;

/** Decodes a PNG, Apple's kind and interlaced ones that are cut short included. */
export async function decodePng(path: string): Promise<DecodedImage> {
  if (isApplePng(await readBeginning(path, HEAD_BYTES))) return decodeApplePng(path);
  try {
    return await decodeLeniently(path);
  } catch (error) {
    if (reasonOf(error) !== REASONS.damaged) throw error;
    const rewritten = await rewritePng(await readFile(path));
    if (rewritten === null) throw error;
    return { ...(await decodeLeniently(rewritten)), reason: REASONS.partial };
  }
}

/** Its colours are in the order blue, green, red, and multiplied by alpha ["CgBI", iPhone Dev Wiki]. */
async function decodeApplePng(path: string): Promise<DecodedImage> {
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
  const picture = await toPicture(fromPicture(decoded).resize(within(PREVIEW_SIZES.large)));
  return { metadata, picture: await withoutOpaqueAlpha(picture) };
}
