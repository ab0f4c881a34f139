import { thumbHashToDataURL } from 'thumbhash';

/**
 * A picture that hints at colours and shapes and shows nothing: what a moderator sees of a media that
 * is held back.
 *
 * @param thumbhash base64
 * @returns a PNG of at most 32 pixels a side
 */
export function blurredThumbnail(thumbhash: string): Buffer {
  const [, base64 = ''] = thumbHashToDataURL(Buffer.from(thumbhash, 'base64')).split(',');
  return Buffer.from(base64, 'base64');
}
