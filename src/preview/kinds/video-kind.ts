import { join } from 'node:path';
import type { MediaDetails } from '../media-details.ts';
import { type PreviewKind, type PreviewSource, UndecodableError } from '../preview-kind.ts';
import { PREVIEW_SIZES } from '../preview-result.ts';
import { PREVIEW_TYPES } from '../preview-types.ts';
import { renderAudio } from './audio-kind.ts';
import { decodeImage } from './decode-image.ts';
import {
  extractPicture,
  hasFilters,
  probeFfmpeg,
  readStreams,
  type Streams,
  type VideoColours,
} from './ffmpeg.ts';
import { firstRepresentative, type Picture } from './picture.ts';

// Fractions of the duration; the start comes last, because it exists even when the duration is wrong.
const POSITIONS = [0.1, 0.5, 0];
// ffmpeg's `thumbnail` filter picks the most representative of so many frames, about two seconds.
const FRAMES_TO_COMPARE = 50;

/** Video, decoded with the machine's ffmpeg: a representative frame; without a video stream it is audio. */
export const videoKind: PreviewKind = {
  name: 'video',
  types: new Set(PREVIEW_TYPES.video),
  probe: probeFfmpeg,
  async render(source) {
    const file = { ...source, contentType: source.contentType ?? '' };
    const streams = await readStreams(file.path, file.contentType);
    if (streams.video === null) return renderAudio(file, streams);
    const { width, height, colours } = streams.video;
    const durationSeconds = streams.durationSeconds ?? 0;
    const conversion = await toSrgb(colours);
    const { filter } = conversion;
    let { reason } = conversion;
    let picture = await firstRepresentative(posters(file, durationSeconds, filter));
    if (picture === null && filter !== '') {
      // The combination of transfer and primaries may be invalid.
      reason = PALE;
      picture = await firstRepresentative(posters(file, durationSeconds, ''));
    }
    if (picture === null) throw new UndecodableError('No frame of the video can be decoded');
    return {
      kind: 'video',
      picture,
      size: { width, height },
      details: videoDetails(streams),
      ...(reason === undefined ? {} : { reason }),
    };
  },
};

async function* posters(
  source: PreviewSource & { contentType: string },
  durationSeconds: number,
  colourFilter: string,
): AsyncGenerator<Picture> {
  const side = PREVIEW_SIZES.large;
  const filter =
    `[0:v:0]thumbnail=n=${FRAMES_TO_COMPARE},scale='iw*sar':ih,setsar=1,` +
    `scale='min(${side},iw)':'min(${side},ih)':force_original_aspect_ratio=decrease${colourFilter}`;
  for (const [number, position] of POSITIONS.entries()) {
    const toPath = join(source.scratchFolder, `poster-${number}`);
    const seconds = durationSeconds * position;
    const isThere = await extractPicture(source, { seconds, filter, toPath }).catch((error) => {
      // The file may be intact at another position.
      if (error instanceof UndecodableError) return false;
      throw error;
    });
    if (isThere) yield await decodeImage(toPath);
  }
}

function videoDetails({ durationSeconds, video, audio }: Streams): MediaDetails {
  return {
    ...(durationSeconds === null ? {} : { durationSeconds }),
    ...(video === null ? {} : { videoCodec: video.codec }),
    ...(audio === null ? {} : { audioCodec: audio.codec }),
  };
}

// In ffmpeg's names. PQ and HLG [ITU-R BT.2100] are of high dynamic range.
const HIGH_DYNAMIC_RANGE: ReadonlySet<string> = new Set(['smpte2084', 'arib-std-b67']);
const WIDE_GAMUT: ReadonlySet<string> = new Set(['bt2020', 'smpte431', 'smpte432']);
// Transfers that occur with a wide gamut; any other value is replaced by the usual one.
const TRANSFERS: ReadonlySet<string> = new Set(['bt2020-10', 'bt2020-12', 'iec61966-2-1']);
const USUAL_TRANSFER = 'bt709';
// Luminance of HDR reference white in cd/m² [ITU-R BT.2408], which is mapped to the white of sRGB.
const REFERENCE_WHITE = 203;

/** The reason shown when the colours could not be converted. */
const PALE = 'Its colours are paler than they should be: they could not be converted to sRGB';

/**
 * The ffmpeg filter that converts a frame to sRGB. Without it, high dynamic range looks dull and a wide gamut
 * pale. Of the tone-mapping curves, `mobius` changes colours within sRGB the least.
 *
 * @returns a filter to append to a graph that ends in a picture, empty when no conversion is needed; and the
 *   reason when the colours cannot be converted
 */
export async function toSrgb({
  transfer = '',
  primaries = '',
}: VideoColours): Promise<{ filter: string; reason?: string }> {
  const isHdr = HIGH_DYNAMIC_RANGE.has(transfer);
  if (!isHdr && !WIDE_GAMUT.has(primaries)) return { filter: '' };
  if (!(await hasFilters('zscale', 'tonemap'))) {
    return { filter: '', reason: `${PALE}, as the ffmpeg of the server lacks zscale or tonemap` };
  }
  const from = `pin=${WIDE_GAMUT.has(primaries) ? primaries : 'bt2020'}:min=gbr:rin=pc`;
  const srgb = 't=iec61966-2-1:m=gbr:r=pc';
  const steps = isHdr
    ? [
        'format=gbrp',
        `zscale=tin=${transfer}:${from}:t=linear:npl=${REFERENCE_WHITE}:m=gbr:r=pc`,
        'format=gbrpf32le',
        'zscale=p=bt709:m=gbr',
        'tonemap=mobius',
        `zscale=${srgb}`,
        'format=gbrp',
      ]
    : [
        'format=gbrp',
        `zscale=tin=${TRANSFERS.has(transfer) ? transfer : USUAL_TRANSFER}:${from}:p=bt709:${srgb}`,
        'format=gbrp',
      ];
  return { filter: `,${steps.join(',')}` };
}
