import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { fromPicture, type Picture, toPicture } from './picture.ts';
import { pngChunk } from './png-chunks.ts';

// Signature and IHDR, which come first in every PNG [W3C PNG, 5.3 and 5.6].
const PNG_HEAD_BYTES = 8 + 25;

/**
 * Converts pixels to sRGB from the colours that their ICC profile means; phones take pictures in
 * Display P3. sharp takes no profile for pixels, so they go through a PNG that carries it (iCCP chunk
 * [W3C PNG, 11.3.2.3]). With a profile that is damaged they stay as they are.
 */
export async function fromProfile(picture: Picture, profile: Buffer): Promise<Picture> {
  const png = await fromPicture(picture).png({ compressionLevel: 0 }).toBuffer();
  const chunk = pngChunk(
    'iCCP',
    Buffer.concat([Buffer.from('profile\0\0', 'latin1'), deflateSync(profile)]),
  );
  const parts = [png.subarray(0, PNG_HEAD_BYTES), chunk, png.subarray(PNG_HEAD_BYTES)];
  return toPicture(sharp(Buffer.concat(parts)));
}
