import sharp from 'sharp';
import { samplePhoto } from './sample-photo.ts';
import { median } from './statistics.ts';

// `npm run bench:formats`: what the formats of the large thumbnail cost, in processor time and bytes,
// beside the decoding of the photo that it is made from (docs/adr/0009).

const ROUNDS = 15;
const LARGE = { width: 1280, height: 1280, fit: 'inside' } as const;

sharp.concurrency(1);
sharp.cache(false);
const photo = await samplePhoto();
const { data, info } = await decode();
const large = () => sharp(data, { raw: info });
const formats = {
  'WebP, effort 0': () => large().webp({ quality: 80, effort: 0 }).toBuffer(),
  'WebP, effort 1': () => large().webp({ quality: 80, effort: 1 }).toBuffer(),
  'WebP, effort 4': () => large().webp({ quality: 80, effort: 4 }).toBuffer(),
  JPEG: () => large().jpeg({ quality: 80, optimiseCoding: false }).toBuffer(),
  'JPEG, Huffman tables optimised': () => large().jpeg({ quality: 80 }).toBuffer(),
};

const decoding: number[] = [];
const encoding = Object.entries(formats).map(([format, encode]) => ({
  format,
  encode,
  bytes: 0,
  ms: [] as number[],
}));
for (let round = 0; round < ROUNDS; round += 1) {
  decoding.push((await cpuMs(decode)).ms);
  for (const contestant of encoding) {
    const { ms, result } = await cpuMs(contestant.encode);
    contestant.ms.push(ms);
    contestant.bytes = result.length;
  }
}

const decode50 = median(decoding);
const jpegBytes = encoding.find(({ format }) => format === 'JPEG')?.bytes ?? Number.NaN;
console.log(
  `${ROUNDS} rounds; a photo of ${(photo.length / 1e6).toFixed(1)} MB, ${info.width} × ${info.height} of it`,
);
console.table(
  encoding.map(({ format, ms, bytes }) => ({
    format,
    'processor time to decoding': Number((median(ms) / decode50).toFixed(2)),
    'bytes to JPEG': Number((bytes / jpegBytes).toFixed(2)),
  })),
);

async function decode() {
  const { data, info } = await sharp(photo, { sequentialRead: true })
    .resize(LARGE)
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  return { data, info: { width, height, channels } };
}

async function cpuMs<T>(task: () => Promise<T>): Promise<{ ms: number; result: T }> {
  const before = process.cpuUsage();
  const result = await task();
  const { user, system } = process.cpuUsage(before);
  return { ms: (user + system) / 1000, result };
}
