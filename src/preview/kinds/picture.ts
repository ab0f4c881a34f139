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
 * Frees the memory of pixels at once, unless the buffer is shared. Pixels lie outside V8's heap, where a
 * picture takes only a few bytes, so V8 would not collect them until enough MiB pile up for a full
 * garbage collection, about every third photo.
 *
 * @param pixels must not be read any more, not by sharp's threads either
 */
export function freePixels({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}

/** Runs a sharp pipeline and returns its pixels. */
export async function toPicture(image: Sharp): Promise<Picture> {
  const { data, info } = await image
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  if (channels !== 3 && channels !== 4) throw new Error(`Pixels of ${channels} channels`);
  return { pixels: data, width, height, channels };
}

/** Drops the alpha channel when it is fully opaque. */
export async function withoutOpaqueAlpha(picture: Picture): Promise<Picture> {
  if (picture.channels === 3 || !(await fromPicture(picture).stats()).isOpaque) return picture;
  return toPicture(fromPicture(picture).removeAlpha());
}

/** Converts premultiplied alpha to straight alpha, in place. */
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
 * The minimum standard deviation of a channel's levels (0 to 255) that counts as showing something: a flat
 * colour has 0, compressed flat colours below 2, a page of text or a night scene clearly more.
 */
export const MIN_CONTRAST = 3;

/** The largest standard deviation of a channel's levels, 0 for one flat colour. */
export async function contrast(picture: Picture): Promise<number> {
  const { channels, isOpaque } = await fromPicture(picture).stats();
  const visible = isOpaque ? channels.slice(0, 3) : channels;
  return Math.max(...visible.map(({ stdev }) => stdev));
}

/**
 * The first picture with enough contrast, or else the one with the most.
 *
 * @param candidates are produced one after another, only as many as needed
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
