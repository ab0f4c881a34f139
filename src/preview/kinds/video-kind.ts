import { join } from 'node:path';
import type { MediaDetails } from '../media-details.ts';
import { type PreviewKind, type PreviewSource, UndecodableError } from '../preview-kind.ts';
import { PREVIEW_SIZES } from '../preview-sizes.ts';
import { PREVIEW_TYPES } from '../preview-types.ts';
import { renderAudio } from './audio-kind.ts';
import { decodeImage } from './decode-image.ts';
import { extractPicture, probeFfmpeg, readStreams, type Streams } from './ffmpeg.ts';
import type { Picture } from './picture.ts';
import { firstTelling } from './telling-frame.ts';
import { PALE, toSrgb } from './video-colours.ts';

// Parts of the duration; the beginning last, because it is there even where the duration is a lie.
const PLACES = [0.1, 0.5, 0];
// The frame that is most like its neighbours, of two seconds.
const NEIGHBOURS = 50;

/** Video with the machine's ffmpeg: a frame that shows something; without pictures it is audio. */
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
    const { filter, reason: lack } = await toSrgb(colours);
    let reason = lack;
    let picture = await firstTelling(posters(file, durationSeconds, filter));
    if (picture === null && filter !== '') {
      // Of colours that make no sense together.
      reason = PALE;
      picture = await firstTelling(posters(file, durationSeconds, ''));
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
    `[0:v:0]thumbnail=n=${NEIGHBOURS},scale='iw*sar':ih,setsar=1,` +
    `scale='min(${side},iw)':'min(${side},ih)':force_original_aspect_ratio=decrease${colourFilter}`;
  for (const [number, place] of PLACES.entries()) {
    const toPath = join(source.scratchFolder, `poster-${number}`);
    const seconds = durationSeconds * place;
    const isThere = await extractPicture(source, { seconds, filter, toPath }).catch((error) => {
      // Damaged here, it may be whole elsewhere.
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
