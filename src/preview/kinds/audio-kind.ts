import { join } from 'node:path';
import {
  type PreviewKind,
  type PreviewSource,
  type Rendered,
  UndecodableError,
} from '../preview-kind.ts';
import { PREVIEW_TYPES } from '../preview-types.ts';
import { drawCard } from './card.ts';
import { decodeImage } from './decode-image.ts';
import { extractPicture, probeFfmpeg, readStreams, type Streams } from './ffmpeg.ts';
import { clockTime, fileSize } from './format-text.ts';

const WAVE = { width: 1120, height: 420 };
// The waveform of a longer file shows only its first part.
const MAX_SECONDS = 900;
const COLOUR = '#7c3aed';

/** Audio, decoded with the machine's ffmpeg: its waveform on a card. */
export const audioKind: PreviewKind = {
  name: 'audio',
  types: new Set(PREVIEW_TYPES.audio),
  probe: probeFfmpeg,
  async render(source) {
    const file = { ...source, contentType: source.contentType ?? '' };
    return renderAudio(file, await readStreams(file.path, file.contentType));
  },
};

/** @throws UndecodableError when there is no audio either */
export async function renderAudio(
  source: PreviewSource & { contentType: string },
  { audio, durationSeconds }: Streams,
): Promise<Rendered> {
  if (audio === null) throw new UndecodableError('There is neither sound nor picture in the file');
  const toPath = join(source.scratchFolder, 'wave');
  // showwavespic draws nothing for fewer samples than the picture has columns, so short audio is padded
  // with silence.
  const filter =
    `[0:a:0]atrim=end=${MAX_SECONDS},aformat=channel_layouts=mono,apad=whole_len=${WAVE.width},` +
    `showwavespic=s=${WAVE.width}x${WAVE.height}:colors=${COLOUR}`;
  if (!(await extractPicture(source, { filter, toPath }))) {
    throw new UndecodableError('There is no sound in the file: it is empty');
  }
  return {
    kind: 'audio',
    picture: await drawCard({
      badge: 'AUDIO',
      colour: COLOUR,
      title: durationSeconds === null ? 'Audio' : clockTime(durationSeconds),
      lines: [`${audio.codec}, ${fileSize(source.byteSize)}`],
      banner: await decodeImage(toPath),
    }),
    size: null,
    details: {
      audioCodec: audio.codec,
      ...(durationSeconds === null ? {} : { durationSeconds }),
    },
  };
}
