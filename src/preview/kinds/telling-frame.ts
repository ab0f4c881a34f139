import { fromPicture, type Picture } from './picture.ts';

/**
 * The least deviation of grey levels, of 255: a flat colour has 0, compressed flat colours below 2, a page of
 * text or a night scene clearly more.
 */
export const SHOWS_SOMETHING = 3;

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
export async function firstTelling(candidates: AsyncIterable<Picture>): Promise<Picture | null> {
  let best: { picture: Picture; contrast: number } | null = null;
  for await (const picture of candidates) {
    const found = { picture, contrast: await contrast(picture) };
    if (found.contrast >= SHOWS_SOMETHING) return picture;
    if (best === null || found.contrast > best.contrast) best = found;
  }
  return best?.picture ?? null;
}
