import { thumbHashToDataURL } from 'thumbhash';

/**
 * A placeholder with only rough colours and shapes, shown to moderators instead of an attachment that is held
 * back.
 *
 * @param thumbhash base64
 * @returns a PNG of at most 32 pixels a side
 */
export function blurredThumbnail(thumbhash: string): Buffer {
  const [, base64 = ''] = thumbHashToDataURL(Buffer.from(thumbhash, 'base64')).split(',');
  return Buffer.from(base64, 'base64');
}
