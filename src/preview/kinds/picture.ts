import type { Sharp } from 'sharp';
import sharp from 'sharp';

/** Decoded pixels, sRGB, 8 bits a channel, row by row. */
export interface Picture {
  pixels: Buffer;
  /** In pixels. */
  width: number;
  height: number;
  /** RGB or RGBA. */
  channels: 3 | 4;
}

/** A picture as a source for sharp. */
export function fromPicture({ pixels, width, height, channels }: Picture): Sharp {
  return sharp(pixels, { raw: { width, height, channels } });
}

/**
 * Gives the memory of pixels back at once; what shares its memory with others is left as it is. Pixels lie
 * outside V8's heap, where a picture is a few bytes: nothing else would make V8 collect them, until so
 * many MiB have piled up that it goes through the whole heap for them, every third photo or so.
 *
 * @param pixels nobody reads them any more, sharp's threads included
 */
export function freePixels({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}

/** Runs a pipeline of sharp's to its pixels. */
export async function toPicture(image: Sharp): Promise<Picture> {
  const { data, info } = await image
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  if (channels !== 3 && channels !== 4) throw new Error(`Pixels of ${channels} channels`);
  return { pixels: data, width, height, channels };
}

/** The same without its alpha channel, where that hides nothing. */
export async function withoutOpaqueAlpha(picture: Picture): Promise<Picture> {
  if (picture.channels === 3 || !(await fromPicture(picture).stats()).isOpaque) return picture;
  return toPicture(fromPicture(picture).removeAlpha());
}

/** Undoes, in place, that colours were multiplied by their alpha. */
export function divideByAlpha(rgba: Buffer): void {
  for (let at = 0; at < rgba.length; at += 4) {
    const alpha = rgba[at + 3] as number;
    if (alpha === 0 || alpha === 255) continue;
    for (let n = at; n < at + 3; n += 1) {
      rgba[n] = Math.min(255, Math.round(((rgba[n] as number) * 255) / alpha));
    }
  }
}

/**
 * The least deviation of grey levels, of 255: a flat colour has 0, compressed flat colours below 2, a page of
 * text or a night scene clearly more.
 */
export const MIN_CONTRAST = 3;

/** How much there is to see: the largest deviation of a channel's levels, 0 for one flat colour. */
export async function contrast(picture: Picture): Promise<number> {
  const { channels, isOpaque } = await fromPicture(picture).stats();
  const seen = isOpaque ? channels.slice(0, 3) : channels;
  return Math.max(...seen.map(({ stdev }) => stdev));
}

/**
 * The first picture that shows something, or else the one with the most contrast.
 *
 * @param candidates are made one after another, and only as many as needed
 * @returns null when there is none
 */
export async function firstRepresentative(
  candidates: AsyncIterable<Picture>,
): Promise<Picture | null> {
  let best: { picture: Picture; contrast: number } | null = null;
  for await (const picture of candidates) {
    const found = { picture, contrast: await contrast(picture) };
    if (found.contrast >= MIN_CONTRAST) return picture;
    if (best === null || found.contrast > best.contrast) best = found;
  }
  return best?.picture ?? null;
}
