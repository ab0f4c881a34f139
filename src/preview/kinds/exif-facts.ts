import ExifReader from 'exifreader';
import type { MediaDetails } from '../media-details.ts';

type ExifFacts = Pick<MediaDetails, 'takenAt' | 'camera' | 'location'>;

// The start of a TIFF structure, in both byte orders. Some phones write the EXIF block of a HEIC as in a
// JPEG, preceded by its marker (FF E1), length and `Exif\0\0`: so the header is searched for.
const TIFF_HEADER = /II\*\0|MM\0\*/;
const MAX_BEFORE_HEADER = 64;
// ExifReader returns this for a value that lies outside the block.
const OUT_OF_BOUNDS = '<faulty value>';
// The year of the first photograph.
const MIN_YEAR = 1826;

/**
 * Reads from the EXIF block when, where and with which camera a picture was taken. Implausible values are
 * dropped: cameras whose clock was never set write zeros.
 *
 * @param block as sharp returns it, or a whole TIFF file, which has the same structure
 * @param withLocation whether to include the location
 */
export function exifFacts(block: Buffer | undefined, withLocation: boolean): ExifFacts {
  const tags = block === undefined ? null : readTags(block, withLocation);
  if (tags === null) return {};
  const takenAt = cameraTime(tags);
  const camera = cameraName(tags);
  const location = position(tags);
  return {
    ...(takenAt === undefined ? {} : { takenAt }),
    ...(camera === '' ? {} : { camera }),
    ...(location === undefined ? {} : { location }),
  };
}

function readTags(block: Buffer, withLocation: boolean): ExifReader.ExpandedTags | null {
  const start = block.subarray(0, MAX_BEFORE_HEADER).toString('latin1').search(TIFF_HEADER);
  if (start === -1) return null;
  try {
    return ExifReader.load(block.subarray(start), {
      expanded: true,
      includeTags: {
        exif: ['Make', 'Model', 'DateTimeOriginal', 'OffsetTimeOriginal'],
        gps: withLocation ? true : [],
      },
    });
  } catch {
    // A damaged or empty EXIF block must not fail the preview.
    return null;
  }
}

/**
 * When a picture was taken, by the EXIF block of a whole file: JPEG, PNG, TIFF, WebP, HEIC or AVIF.
 *
 * @returns as `takenAt` of the details: without an offset it is the local time of the camera
 */
export function pictureTime(file: Buffer): string | undefined {
  try {
    const exif = ['DateTimeOriginal', 'OffsetTimeOriginal'];
    return cameraTime(ExifReader.load(file, { expanded: true, includeTags: { exif } }));
  } catch {
    // Not a picture, without metadata, or damaged.
    return undefined;
  }
}

/**
 * Cameras write local time as `2026:01:31 10:20:30`, some with other separators or blanks for leading
 * zeros; newer ones also write the UTC offset [EXIF 2.31, OffsetTimeOriginal].
 */
function cameraTime({ exif }: ExifReader.ExpandedTags): string | undefined {
  const numbers = /^(\d{4})[:/.-]([ \d]\d)[:/.-]([ \d]\d)[ T]([ \d]\d):([ \d]\d):([ \d]\d)/.exec(
    text(exif?.DateTimeOriginal),
  );
  if (numbers === null) return undefined;
  const [year, ...rest] = numbers.slice(1).map(Number);
  if (!isPlausibleYear(year)) return undefined;
  const [month, day, hour, minute, second] = rest.map((part) => String(part).padStart(2, '0'));
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  if (!isInCalendar(local)) return undefined;
  const offset = text(exif?.OffsetTimeOriginal);
  return /^([+-]\d{2}:\d{2}|Z)$/.test(offset) ? local + offset : local;
}

function isPlausibleYear(year = 0): boolean {
  return year >= MIN_YEAR && year <= new Date().getUTCFullYear() + 1;
}

/** Rejects dates such as February 30, which `Date` would turn into March 2. */
function isInCalendar(local: string): boolean {
  const time = Date.parse(`${local}Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(local);
}

function cameraName({ exif }: ExifReader.ExpandedTags): string {
  const make = text(exif?.Make);
  const model = text(exif?.Model);
  // Many models begin with their maker's name.
  const name = model.startsWith(make) ? model : `${make} ${model}`;
  return name.slice(0, 200).trim();
}

/** The first value of an ASCII tag, up to the first NUL; EXIF allows several values. */
function text(tag: { value: unknown } | undefined): string {
  const value: unknown = Array.isArray(tag?.value) ? tag.value[0] : undefined;
  if (typeof value !== 'string' || value === OUT_OF_BOUNDS) return '';
  return value.replaceAll(/\p{Cc}/gu, '').trim();
}

function position({ gps }: ExifReader.ExpandedTags): MediaDetails['location'] {
  const latitude = degrees(gps?.Latitude, 90);
  const longitude = degrees(gps?.Longitude, 180);
  if (latitude === undefined || longitude === undefined) return undefined;
  return { latitude, longitude };
}

function degrees(value: number | undefined, most: number): number | undefined {
  if (value === undefined || !Number.isFinite(value) || Math.abs(value) > most) return undefined;
  return Number(value.toFixed(6));
}
