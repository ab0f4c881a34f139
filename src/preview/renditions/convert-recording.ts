import { convertToMp4, convertToSpeech, readStreams, type Streams } from '../kinds/ffmpeg.ts';
import { toSrgb } from '../kinds/video-kind.ts';
import { type PreviewSource, UndecodableError } from '../preview-kind.ts';
import type { Converted } from './rendition-types.ts';

// Sound and video are converted by the machine's ffmpeg, as previews are decoded.

const MP4 = new Set(['video/mp4', 'video/x-m4v']);
const MP4_AUDIO = new Set(['audio/mp4', 'audio/x-m4a']);
// Deeper pixels and less subsampled colours are profiles that most browsers do not decode.
const PLAIN_PIXELS = new Set(['yuv420p', 'yuvj420p']);
const WEBM_VIDEO = new Set(['vp8', 'vp9', 'av1']);
const WEBM_AUDIO = new Set(['opus', 'vorbis']);
// `-ac` is left alone for mono and stereo: a conversion would change the loudness.
const AAC = ['-c:a', 'aac', '-b:a', '128k'];
const [LONG, SHORT] = [1920, 1080];

/** Converts sound to AAC in MP4. @returns null for MP3 and for AAC in MP4, which play everywhere */
export async function convertAudio(
  source: PreviewSource,
  toPath: string,
): Promise<Converted | null> {
  const file = { path: source.path, contentType: source.contentType ?? '' };
  const { audio } = await readStreams(file.path, file.contentType);
  if (audio === null) throw new UndecodableError('There is no sound in the file');
  const isAac = audio.codec === 'aac';
  if (audio.codec === 'mp3' && file.contentType === 'audio/mpeg') return null;
  if (isAac && MP4_AUDIO.has(file.contentType)) return null;
  const output = ['-map', '0:a:0', ...(isAac ? ['-c:a', 'copy'] : AAC)];
  await convertToMp4(file, { output, toPath });
  return { contentType: 'audio/mp4' };
}

/** Converts the first `mostSeconds` of a sound to what every transcription server takes (docs/adr/0028). */
export async function convertSpeech(source: PreviewSource, toPath: string): Promise<Converted> {
  const file = { path: source.path, contentType: source.contentType ?? '' };
  const { audio } = await readStreams(file.path, file.contentType);
  if (audio === null) throw new UndecodableError('There is no sound in the file');
  await convertToSpeech(file, { mostSeconds: source.mostSeconds ?? 1, toPath });
  return { contentType: 'audio/wav' };
}

/**
 * Converts a video to H.264 and AAC in MP4: upright, square pixels, at most 1080p.
 *
 * @returns null for a file that browsers play
 */
export async function convertVideo(
  source: PreviewSource,
  toPath: string,
): Promise<Converted | null> {
  const file = { path: source.path, contentType: source.contentType ?? '' };
  const streams = await readStreams(file.path, file.contentType);
  const { video } = streams;
  if (video === null) throw new UndecodableError('There is no picture in the file');
  if (isPlayable(file.contentType, streams)) return null;
  const isCopied = isPlayable('video/mp4', streams);
  const { filter, reason } = isCopied ? { filter: '' } : await toSrgb(video.colours);
  const output = isCopied ? ['-c', 'copy'] : encoding(filter);
  await convertToMp4(file, { output: ['-map', '0:v:0', '-map', '0:a:0?', ...output], toPath });
  return { contentType: 'video/mp4', reason };
}

function isPlayable(contentType: string, { video, audio }: Streams): boolean {
  if (video === null) return false;
  const sound = audio?.codec;
  if (contentType === 'video/webm') {
    return WEBM_VIDEO.has(video.codec) && (sound === undefined || WEBM_AUDIO.has(sound));
  }
  const isH264 = video.codec === 'h264' && PLAIN_PIXELS.has(video.pixels ?? '');
  return MP4.has(contentType) && isH264 && (sound === undefined || sound === 'aac');
}

/** @param colourFilter as `toSrgb` returns it */
function encoding(colourFilter: string): string[] {
  const limit = (side: string, other: string) =>
    `'if(gte(${side},${other}),min(${LONG},${side}),min(${SHORT},${side}))'`;
  const filter =
    `scale='iw*sar':ih,setsar=1,` +
    `scale=${limit('iw', 'ih')}:${limit('ih', 'iw')}:force_original_aspect_ratio=decrease:` +
    `force_divisible_by=2${colourFilter},format=yuv420p`;
  return [
    ...[
      '-vf',
      filter,
      '-c:v',
      'libx264',
      '-preset',
      'veryfast',
      '-crf',
      '23',
      '-profile:v',
      'high',
    ],
    ...AAC,
  ];
}
