import sharp from 'sharp';
import { sampleAttachment } from '../src/simulator/sample-attachments.ts';

const WIDTH = 4032;
const HEIGHT = 3024;
// Sensor noise, in levels of 255: with it a JPEG of this quality is as large as phones write them.
const NOISE = { type: 'gaussian', mean: 0, sigma: 9 } as const;
const QUALITY = 95;

/** A JPEG of 12 megapixels and about 5 MB, as detailed and noisy as a phone's photo. */
export async function samplePhoto(): Promise<Buffer> {
  const { bytes } = await sampleAttachment('landscape');
  const size = { width: WIDTH, height: HEIGHT };
  const noise = await sharp({ create: { ...size, channels: 3, background: '#000', noise: NOISE } })
    .png({ compressionLevel: 0 })
    .toBuffer();
  return sharp(bytes)
    .resize(WIDTH, HEIGHT, { fit: 'cover', kernel: 'cubic' })
    .composite([{ input: noise, blend: 'add' }])
    .jpeg({ quality: QUALITY })
    .toBuffer();
}

/** The same picture as another file: decoders stop at its end mark, before the number. */
export function asAnotherFile(photo: Buffer, number: number): Buffer {
  const mark = Buffer.alloc(8);
  mark.writeBigUInt64BE(BigInt(number));
  return Buffer.concat([photo, mark]);
}
