import { readFile } from 'node:fs/promises';
import { type DecodedImage, decodeLeniently } from './decode-image.ts';
import { pictureByFfmpeg } from './other-picture-kind.ts';
import type { PreviewSource } from './preview-kind.ts';
import { readBeginning } from './read-beginning.ts';

// Where a file's first box, `ftyp`, has its main brand.
const BRAND_AT = 8;
// Those that libvips looks for [libvips, heifload.c: heif_magic].
const KNOWN_BRANDS = [
  'avif',
  'mif1',
  'msf1',
  'heic',
  'heix',
  'hevc',
  'heim',
  'heis',
  'hevm',
  'hevs',
];

/**
 * Decodes the primary picture of an AVIF file. An animated one mostly has one, too; of one that has not
 * ffmpeg takes a frame.
 */
export async function decodeAvif(source: PreviewSource): Promise<DecodedImage> {
  const head = await readBeginning(source.path, BRAND_AT + 4);
  if (KNOWN_BRANDS.includes(head.toString('latin1', BRAND_AT))) return decodeLeniently(source.path);
  const bytes = await readFile(source.path);
  bytes.write('avif', BRAND_AT, 'latin1');
  try {
    return await decodeLeniently(bytes);
  } catch {
    return await pictureByFfmpeg(source);
  }
}
