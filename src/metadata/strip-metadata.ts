import { open } from 'node:fs/promises';
import type { EditPlan } from '../files/edit-plan.ts';
import { type ByteReader, createByteReader, UnstrippableError } from './byte-reader.ts';
import { stripIsoMedia } from './iso/strip-iso-media.ts';
import { stripGif } from './strip-gif.ts';
import { stripJpeg } from './strip-jpeg.ts';
import { stripPng } from './strip-png.ts';
import { stripWave, stripWebp } from './strip-riff.ts';
import { stripAac, stripMp3 } from './strip-sound.ts';

/**
 * The version of what is sent without metadata. It is part of the ETag: to be raised when the same file is sent as
 * other bytes than before.
 */
export const STRIPPING_VERSION = 1;

interface Stripper {
  /** Of the format, for people. */
  name: string;
  strip: (reader: ByteReader) => Promise<EditPlan>;
}

const JPEG: Stripper = { name: 'JPEG', strip: stripJpeg };
const PNG: Stripper = { name: 'PNG', strip: stripPng };
const MP4: Stripper = { name: 'MP4', strip: stripIsoMedia };
const HEIF: Stripper = { name: 'HEIF', strip: stripIsoMedia };

/** By the content type that was detected in the bytes. */
const STRIPPERS: ReadonlyMap<string, Stripper> = new Map([
  ['image/jpeg', JPEG],
  ['image/png', PNG],
  ['image/apng', PNG],
  ['image/gif', { name: 'GIF', strip: stripGif }],
  ['image/webp', { name: 'WebP', strip: stripWebp }],
  ['image/heic', HEIF],
  ['image/heic-sequence', HEIF],
  ['image/heif', HEIF],
  ['image/heif-sequence', HEIF],
  ['image/avif', { name: 'AVIF', strip: stripIsoMedia }],
  ['video/mp4', MP4],
  ['video/x-m4v', MP4],
  ['video/3gpp', MP4],
  ['video/3gpp2', MP4],
  ['video/quicktime', { name: 'QuickTime file', strip: stripIsoMedia }],
  ['audio/mp4', MP4],
  ['audio/x-m4a', MP4],
  ['audio/mpeg', { name: 'MP3', strip: stripMp3 }],
  ['audio/aac', { name: 'AAC', strip: stripAac }],
  ['audio/wav', { name: 'WAV', strip: stripWave }],
]);

/** Formats that have no place for metadata: what is in the file is what it shows. */
const WITHOUT_METADATA: ReadonlySet<string> = new Set([
  'text/plain',
  'text/vcard',
  'text/x-vcard',
  'text/calendar',
  'text/x-vcalendar',
  'image/bmp',
  'audio/amr',
  'audio/amr-wb',
]);

/** `removable`: it is sent edited. `none`: as it is. `unknown`: it cannot be sent without metadata. */
export function metadataOf(contentType: string | null): 'removable' | 'none' | 'unknown' {
  if (contentType === null) return 'unknown';
  if (STRIPPERS.has(contentType)) return 'removable';
  return WITHOUT_METADATA.has(contentType) ? 'none' : 'unknown';
}

/**
 * How a file is sent without metadata: nothing is decoded and nothing is written, the coded pictures and sounds stay
 * byte for byte.
 *
 * @param contentType one whose metadata are `removable`
 * @throws UnstrippableError when its structure is damaged; the file system's error when it cannot be read
 */
export async function planWithoutMetadata(path: string, contentType: string): Promise<EditPlan> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    return await planEdit(contentType, size, async (position, length) => {
      const { buffer, bytesRead } = await file.read(
        Buffer.allocUnsafeSlow(length),
        0,
        length,
        position,
      );
      return buffer.subarray(0, bytesRead);
    });
  } finally {
    await file.close();
  }
}

/**
 * The same of a file that `load` reads from: it returns so many bytes from a position on.
 *
 * @throws UnstrippableError, and what `load` throws
 */
export async function planEdit(
  contentType: string,
  byteSize: number,
  load: (position: number, length: number) => Promise<Buffer>,
): Promise<EditPlan> {
  const stripper = STRIPPERS.get(contentType);
  if (stripper === undefined) {
    throw new UnstrippableError(`Metadata cannot be removed from files of type ${contentType}`);
  }
  return stripper.strip(createByteReader(stripper.name, byteSize, load));
}
