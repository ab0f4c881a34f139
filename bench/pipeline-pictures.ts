import { randomBytes } from 'node:crypto';
import sharp from 'sharp';
import { asAnotherFile, samplePhoto } from './sample-photo.ts';

/**
 * `mms`: what carriers let through; `photo`: 12 megapixels and 5 MB, as phones take them; `padded`: 5 MB as well, but
 * decoded as fast as a small picture, for the way of bytes.
 */
export type PictureSize = 'mms' | 'photo' | 'padded';

const PADDED_BYTES = 5e6;

// In equal shares, each between 100 and 600 KB. The smaller a picture, the more carriers leave of its quality.
const MMS_SIZES = [
  { width: 640, quality: 90 },
  { width: 1280, quality: 82 },
  { width: 1600, quality: 80 },
];
const LARGEST = { width: 1600, height: 1200 };

/** The pictures that attachments have in turns. */
export async function makePictures(size: PictureSize): Promise<Buffer[]> {
  if (size === 'photo') return [await samplePhoto()];
  if (size === 'padded') return [await paddedPicture()];
  const photo = await samplePhoto(LARGEST);
  const views = [
    sharp(photo),
    sharp(photo).flip(),
    sharp(photo).flop(),
    sharp(photo).flip().flop(),
  ];
  const pictures = views.flatMap((view) =>
    MMS_SIZES.map(({ width, quality }) =>
      view.clone().resize({ width }).jpeg({ quality }).toBuffer(),
    ),
  );
  return Promise.all(pictures);
}

/** Decoders stop at the end mark of the picture, before the padding. */
async function paddedPicture(): Promise<Buffer> {
  const picture = await samplePhoto({ width: 640, height: 480 });
  return Buffer.concat([picture, randomBytes(PADDED_BYTES - picture.length)]);
}

/** A new sid of the attachment with a number: attachments with the same number have the same bytes. */
export function mediaSidOf(number: number): string {
  return `ME${randomBytes(12).toString('hex')}${number.toString(16).padStart(8, '0')}`;
}

/** The bytes of an attachment: no two numbers have the same. */
export function pictureOf(pictures: readonly Buffer[], mediaSid: string): Buffer {
  const number = Number.parseInt(mediaSid.slice(-8), 16);
  const picture = pictures[number % pictures.length];
  if (picture === undefined) throw new Error('there are no pictures');
  return asAnotherFile(picture, number);
}
