import sharp from 'sharp';

const TWELVE_MEGAPIXELS = { width: 4032, height: 3024 };
const QUALITY = 90;
// Deviation of each octave, in levels of 255: the picture as a whole has about 45.
const SIGMA = 14;
const COARSEST_CELLS = 8;
const SHARED = 0.8;

/**
 * A JPEG, without a size of 12 megapixels and about 5 MB, with the statistics of photographs: the same contrast in
 * every octave, from large shapes to single pixels (amplitude falls with frequency, D. J. Field 1987),
 * most of it shared by the three colours. Smooth drawings would flatter whoever decodes less.
 */
export async function samplePhoto(size = TWELVE_MEGAPIXELS): Promise<Buffer> {
  const { width, height } = size;
  const sum = new Float32Array(width * height * 3).fill(128);
  // The finest octave has cells of about a pixel.
  for (let cells = COARSEST_CELLS; cells < width * 2; cells *= 2) {
    const noise = await colourNoise(cells, Math.round((cells * height) / width));
    const octave = await enlarge(noise, size);
    for (let n = 0; n < sum.length; n += 1) sum[n] = (sum[n] ?? 0) + (octave[n] ?? 0) - 128;
  }
  const pixels = Buffer.from(Uint8ClampedArray.from(sum).buffer);
  return sharp(pixels, { raw: { ...size, channels: 3 } })
    .jpeg({ quality: QUALITY })
    .toBuffer();
}

/** The same picture as another file: decoders stop at its end mark, before the number. */
export function asAnotherFile(photo: Buffer, number: number): Buffer {
  const mark = Buffer.alloc(8);
  mark.writeBigUInt64BE(BigInt(number));
  return Buffer.concat([photo, mark]);
}

interface Pixels {
  data: Buffer;
  width: number;
  height: number;
}

async function colourNoise(width: number, height: number): Promise<Pixels> {
  const grey = await greyNoise(width, height);
  const colours = [
    await greyNoise(width, height),
    await greyNoise(width, height),
    await greyNoise(width, height),
  ];
  const data = Buffer.alloc(width * height * 3);
  for (let n = 0; n < data.length; n += 1) {
    const [pixel, own] = [Math.floor(n / 3), colours[n % 3]];
    data[n] = SHARED * (grey[pixel] ?? 0) + (1 - SHARED) * (own?.[pixel] ?? 0);
  }
  return { data, width, height };
}

async function greyNoise(width: number, height: number): Promise<Buffer> {
  const noise = { type: 'gaussian', mean: 128, sigma: SIGMA } as const;
  return sharp({ create: { width, height, channels: 3, background: '#808080', noise } })
    .extractChannel(0)
    .raw()
    .toBuffer();
}

function enlarge(
  { data, width, height }: Pixels,
  size: { width: number; height: number },
): Promise<Buffer> {
  return sharp(data, { raw: { width, height, channels: 3 } })
    .resize({ ...size, fit: 'fill', kernel: 'cubic' })
    .raw()
    .toBuffer();
}
