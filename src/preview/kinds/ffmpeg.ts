import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { z } from 'zod';
import { type MissingTool, reasonFor, UndecodableError } from '../preview-kind.ts';
import { DEMUXERS } from '../preview-types.ts';

// The ffmpeg installed on the machine, run as a child of the preview process and so within its limits.

const run = promisify(execFile);
// One message for ffmpeg and ffprobe, which come in the same package.
const NOT_INSTALLED = 'ffmpeg is not installed on the server';
const TIMEOUT_MS = 20_000;
const MAX_OUTPUT_BYTES = 1024 * 1024;
const MAX_PIXELS = 8192 ** 2;
const MAX_ALLOCATED_BYTES = 512 * 1024 * 1024;

/** Checks that both programs are installed. @returns null when they are */
export async function probeFfmpeg(): Promise<MissingTool | null> {
  for (const program of ['ffmpeg', 'ffprobe']) {
    try {
      await run(program, ['-version'], { timeout: TIMEOUT_MS });
    } catch {
      return {
        problem: NOT_INSTALLED,
        remedy: 'apt-get install ffmpeg (or your system’s package of it)',
      };
    }
  }
  return null;
}

const number = z.coerce.number().optional().catch(undefined);
const probed = z.object({
  format: z.object({ duration: number }).default({}),
  streams: z
    .array(
      z.object({
        codec_type: z.string().optional(),
        codec_name: z.string().optional(),
        pix_fmt: z.string().optional(),
        width: number,
        height: number,
        duration: number,
        sample_aspect_ratio: z.string().optional(),
        color_transfer: z.string().optional(),
        color_primaries: z.string().optional(),
        disposition: z.object({ attached_pic: number }).optional(),
        side_data_list: z.array(z.object({ rotation: number })).optional(),
      }),
    )
    .default([]),
});

/** In ffmpeg's names, such as `smpte2084` and `bt2020`; undefined when the file does not say. */
export interface VideoColours {
  transfer: string | undefined;
  primaries: string | undefined;
}

/** What a file's headers claim; no number can be trusted. */
export interface Streams {
  /** Null when the file does not say. */
  durationSeconds: number | null;
  /** As displayed: rotated, with square pixels. */
  video: {
    codec: string;
    /** Its pixel format, such as `yuv420p`. */
    pixels: string | undefined;
    width: number;
    height: number;
    colours: VideoColours;
  } | null;
  audio: { codec: string } | null;
}

/** @throws UndecodableError */
export async function readStreams(path: string, contentType: string): Promise<Streams> {
  const args = ['-v', 'error', ...input(path, contentType), '-show_format', '-show_streams'];
  const { stdout } = await runTool('ffprobe', [...args, '-of', 'json']);
  const { format, streams } = probed.parse(JSON.parse(stdout));
  // Album art in an audio file is not a video.
  const video = streams.find(
    (stream) => stream.codec_type === 'video' && stream.disposition?.attached_pic !== 1,
  );
  const audio = streams.find((stream) => stream.codec_type === 'audio');
  const duration = format.duration ?? video?.duration ?? audio?.duration;
  return {
    durationSeconds: duration !== undefined && duration >= 0 ? duration : null,
    video:
      video?.width === undefined || video.height === undefined
        ? null
        : {
            codec: video.codec_name ?? 'unknown',
            pixels: video.pix_fmt,
            ...shownSize(video as ProbedVideo),
            colours: { transfer: video.color_transfer, primaries: video.color_primaries },
          },
    audio: audio === undefined ? null : { codec: audio.codec_name ?? 'unknown' },
  };
}

type ProbedVideo = z.infer<typeof probed>['streams'][number] & { width: number; height: number };

function shownSize(video: ProbedVideo): { width: number; height: number } {
  const [across = 1, down = 1] = (video.sample_aspect_ratio ?? '1:1').split(':').map(Number);
  const isSquare = !(across > 0) || !(down > 0) || across === down;
  const width = isSquare ? video.width : Math.round((video.width * across) / down);
  const { height } = video;
  const rotation = video.side_data_list?.find((data) => data.rotation !== undefined)?.rotation ?? 0;
  return rotation % 180 === 0 ? { width, height } : { width: height, height: width };
}

/**
 * Extracts one picture from a file.
 *
 * @param filter a filter graph from one stream to one picture
 * @returns whether a picture was written: there may be none after `seconds`
 * @throws UndecodableError
 */
export async function extractPicture(
  source: { path: string; contentType: string },
  { seconds = 0, filter, toPath }: { seconds?: number; filter: string; toPath: string },
): Promise<boolean> {
  await runTool('ffmpeg', [
    ...['-v', 'error', '-nostdin', '-y', '-threads', '1', '-ss', seconds.toFixed(3)],
    ...['-max_pixels', String(MAX_PIXELS), '-max_alloc', String(MAX_ALLOCATED_BYTES)],
    ...input(source.path, source.contentType),
    ...['-sn', '-dn', '-filter_complex', filter, '-frames:v', '1', '-c:v', 'png', '-f', 'image2'],
    ...['-filter_threads', '1', '-update', '1', `file:${toPath}`],
  ]);
  const written = await stat(toPath).catch((error) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  return written !== null && written.size > 0;
}

/** Whether the machine's ffmpeg was built with all of these filters. */
export async function hasFilters(...names: string[]): Promise<boolean> {
  const { stdout } = await runTool('ffmpeg', ['-hide_banner', '-filters']);
  const known = new Set(stdout.split('\n').map((line) => line.trim().split(/\s+/)[1]));
  return names.every((name) => known.has(name));
}

function input(path: string, contentType: string): string[] {
  const demuxers = DEMUXERS[contentType];
  if (demuxers === undefined) throw new Error(`No demuxer for ${contentType}`);
  // Only local files, so that URLs in a file are not opened.
  const protocols = ['-protocol_whitelist', 'file'];
  const choice = demuxers.includes(',') ? '-format_whitelist' : '-f';
  return [...protocols, choice, demuxers, '-i', `file:${path}`];
}

/** What a file may cost that is decoded as a whole. */
const CONVERT_TIMEOUT_MS = 240_000;
// Nothing that the sender's program wrote about the file, nor that ffmpeg did.
const WITHOUT_METADATA = ['-map_metadata', '-1', '-map_chapters', '-1', '-fflags', '+bitexact'];

/**
 * Converts a file to MP4, whose index comes first.
 *
 * @param output options of the output: which streams, filters and codecs
 * @throws UndecodableError; ErrnoException ENOSPC when the disk is full
 */
export function convertToMp4(
  source: { path: string; contentType: string },
  { output, toPath }: { output: string[]; toPath: string },
): Promise<void> {
  const format = ['-threads', '2', '-movflags', '+faststart', '-f', 'mp4'];
  return convert(source, [...output, ...format, `file:${toPath}`]);
}

/**
 * Converts the beginning of a sound to WAV: 16 kHz, mono, 16 bits, with a header of 44 bytes.
 *
 * @throws UndecodableError; ErrnoException ENOSPC when the disk is full
 */
export function convertToSpeech(
  source: { path: string; contentType: string },
  { mostSeconds, toPath }: { mostSeconds: number; toPath: string },
): Promise<void> {
  const sound = ['-map', '0:a:0', '-t', String(mostSeconds), '-ac', '1', '-ar', '16000'];
  return convert(source, [...sound, '-c:a', 'pcm_s16le', '-f', 'wav', `file:${toPath}`]);
}

async function convert(
  source: { path: string; contentType: string },
  output: string[],
): Promise<void> {
  const args = [
    ...['-v', 'error', '-nostdin', '-y', '-threads', '2'],
    ...['-max_pixels', String(MAX_PIXELS), '-max_alloc', String(MAX_ALLOCATED_BYTES)],
    ...input(source.path, source.contentType),
    ...['-sn', '-dn', ...WITHOUT_METADATA, ...output],
  ];
  await runTool('ffmpeg', args, CONVERT_TIMEOUT_MS);
}

const ENDED_BY: Readonly<Record<string, string>> = {
  SIGXFSZ: 'It would be larger than is kept',
  SIGXCPU: 'Decoding took more processor time than is allowed',
};

async function runTool(
  program: string,
  args: string[],
  timeout = TIMEOUT_MS,
): Promise<{ stdout: string }> {
  try {
    return await run(program, args, {
      timeout,
      killSignal: 'SIGKILL',
      maxBuffer: MAX_OUTPUT_BYTES,
    });
  } catch (cause) {
    const {
      killed,
      code,
      signal,
      stderr = '',
    } = cause as {
      killed?: boolean;
      code?: unknown;
      signal?: string;
      stderr?: string;
    };
    if (code === 'ENOENT') throw new UndecodableError(NOT_INSTALLED, { cause });
    if (killed === true) {
      throw new UndecodableError(`Decoding took longer than ${timeout / 1000} seconds`, {
        cause,
      });
    }
    if (/No space left on device|Disk quota exceeded/.test(stderr)) {
      const full = new Error('There is no room left on the disk', { cause });
      throw Object.assign(full, { code: 'ENOSPC' });
    }
    const reason = ENDED_BY[signal ?? ''] ?? reasonFor(stderr);
    throw new UndecodableError(reason, { cause });
  }
}
