import { readFile } from 'node:fs/promises';
import type { PreviewSource } from '../preview-kind.ts';
import { readBeginning } from '../read-beginning.ts';
import { type DecodedImage, decodeLeniently } from './decode-image.ts';
import { pictureByFfmpeg } from './other-picture-kind.ts';

// Where a file's first box, `ftyp`, has its main brand, and the others behind a version.
const BRAND_AT = 8;
const OTHERS_AT = 16;
const SEQUENCES = ['avis', 'msf1'];

/**
 * Decodes the primary picture of an AVIF file. An animated one mostly has one, too, and is read as if it were
 * that alone, because libvips takes none for a picture; of one that has not ffmpeg takes a frame.
 */
export async function decodeAvif(source: PreviewSource): Promise<DecodedImage> {
  const head = await readBeginning(source.path, BRAND_AT + 4);
  if (!SEQUENCES.includes(head.toString('latin1', BRAND_AT))) return decodeLeniently(source.path);
  try {
    return await decodeLeniently(asStill(await readFile(source.path)));
  } catch {
    return await pictureByFfmpeg(source);
  }
}

function asStill(bytes: Buffer): Buffer {
  bytes.write('avif', BRAND_AT, 'latin1');
  const end = Math.min(bytes.readUInt32BE(0), bytes.length);
  for (let at = OTHERS_AT; at + 4 <= end; at += 4) {
    if (SEQUENCES.includes(bytes.toString('latin1', at, at + 4))) bytes.write('mif1', at, 'latin1');
  }
  return bytes;
}
