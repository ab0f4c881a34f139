import readExif from 'exif-reader';
import type { MediaDetails } from './media-details.ts';

/**
 * What the EXIF block of a picture tells of its making.
 *
 * @param withLocation whether to tell where, too
 */
export function exifFacts(
  block: Buffer | undefined,
  withLocation: boolean,
): Pick<MediaDetails, 'takenAt' | 'camera' | 'location'> {
  if (block === undefined) return {};
  let exif: readExif.Exif;
  try {
    exif = readExif(block);
  } catch {
    // Damaged or empty: then it tells nothing, and the picture is still a picture.
    return {};
  }
  const takenAt = cameraTime(exif);
  const camera = cameraName(exif);
  const location = withLocation ? position(exif) : undefined;
  return {
    ...(takenAt === undefined ? {} : { takenAt }),
    ...(camera === '' ? {} : { camera }),
    ...(location === undefined ? {} : { location }),
  };
}

/** Cameras write local time; newer ones the offset beside it [EXIF 2.31, OffsetTimeOriginal]. */
function cameraTime({ Photo }: readExif.Exif): string | undefined {
  const time: unknown = Photo?.DateTimeOriginal;
  if (!(time instanceof Date) || Number.isNaN(time.getTime())) return undefined;
  const offset = String(Photo?.OffsetTimeOriginal ?? '');
  // The library takes the camera's digits for UTC: so here they are again.
  const local = time.toISOString().slice(0, 19);
  return /^[+-]\d{2}:\d{2}$/.test(offset) ? local + offset : local;
}

function cameraName({ Image }: readExif.Exif): string {
  const [make, model] = [Image?.Make, Image?.Model].map((value) =>
    (typeof value === 'string' ? value : '').replaceAll(/\p{Cc}/gu, '').trim(),
  );
  // Many models begin with their maker's name.
  const name = model?.startsWith(make ?? '') ? model : `${make} ${model}`;
  return name.slice(0, 200).trim();
}

function position({ GPSInfo }: readExif.Exif): MediaDetails['location'] {
  const latitude = degrees(GPSInfo?.GPSLatitude, GPSInfo?.GPSLatitudeRef === 'S');
  const longitude = degrees(GPSInfo?.GPSLongitude, GPSInfo?.GPSLongitudeRef === 'W');
  if (latitude === undefined || longitude === undefined) return undefined;
  return { latitude, longitude };
}

/** From degrees, minutes, seconds. */
function degrees(value: unknown, isNegative: boolean): number | undefined {
  if (!Array.isArray(value)) return undefined;
  const [whole = Number.NaN, minutes = 0, seconds = 0] = value.map(Number);
  const sum = whole + minutes / 60 + seconds / 3600;
  if (!Number.isFinite(sum) || sum > 180) return undefined;
  return Number((isNegative ? -sum : sum).toFixed(6));
}
