import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sniffContentType } from '../../../../src/media/download/sniff-content-type.ts';
import type { PreviewResult } from '../../../../src/preview/preview-result.ts';
import {
  expectThumbnails,
  type FixturePreviews,
  startFixturePreviews,
} from '../../../support/fixture-previews.ts';
import { hasFfmpeg } from '../../../support/fixtures.ts';

// Made by ffmpeg's own encoders, which every build of it has.

const SOUND = ['-map', '0:a'];
const VIDEO = ['-map', '1:v'];
const BOTH = [...VIDEO, ...SOUND];

// File name, options of its encoders, sniffed type, kind of the preview.
const FILES: [string, string[], string, 'audio' | 'video'][] = [
  ['memo.caf', SOUND, 'audio/x-caf', 'audio'],
  ['sound.aiff', SOUND, 'audio/aiff', 'audio'],
  ['sound.au', SOUND, 'audio/basic', 'audio'],
  ['sound.ac3', SOUND, 'audio/ac3', 'audio'],
  ['sound.eac3', SOUND, 'audio/eac3', 'audio'],
  ['sound.flac', SOUND, 'audio/flac', 'audio'],
  ['sound.wma', [...SOUND, '-c:a', 'wmav2'], 'audio/x-ms-asf', 'audio'],
  ['sound.tta', SOUND, 'audio/x-tta', 'audio'],
  ['sound.wv', [...SOUND, '-c:a', 'wavpack'], 'audio/wavpack', 'audio'],
  ['sound.w64', SOUND, 'audio/x-w64', 'audio'],
  ['sound.voc', [...SOUND, '-ar', '22050'], 'audio/x-voc', 'audio'],
  ['sound.mp2', SOUND, 'audio/mpeg', 'audio'],
  ['sound.dts', [...SOUND, '-c:a', 'dca', '-strict', '-2'], 'audio/vnd.dts', 'audio'],
  ['large.wav', [...SOUND, '-rf64', 'always'], 'audio/wav', 'audio'],
  ['telephone.wav', [...SOUND, '-c:a', 'pcm_mulaw', '-ar', '8000'], 'audio/wav', 'audio'],
  ['sound.mka', [...SOUND, '-c:a', 'ac3'], 'video/matroska', 'audio'],
  ['camera.avi', [...BOTH, '-c:v', 'mjpeg', '-c:a', 'pcm_s16le'], 'video/vnd.avi', 'video'],
  ['divx.avi', [...BOTH, '-c:v', 'mpeg4', '-c:a', 'ac3'], 'video/vnd.avi', 'video'],
  ['first.mpg', BOTH, 'video/mpeg', 'video'],
  ['second.mpg', [...BOTH, '-f', 'vob', '-c:v', 'mpeg2video'], 'video/mpeg', 'video'],
  ['elementary.m1v', [...VIDEO, '-f', 'mpeg1video'], 'video/mpeg', 'video'],
  ['elementary.m2v', [...VIDEO, '-f', 'mpeg2video'], 'video/mpeg', 'video'],
  ['stream.ts', [...BOTH, '-c:v', 'mpeg2video', '-c:a', 'mp2'], 'video/mp2t', 'video'],
  [
    'camcorder.m2ts',
    [...BOTH, '-c:v', 'mpeg2video', '-c:a', 'ac3', '-f', 'mpegts', '-mpegts_m2ts_mode', '1'],
    'video/mp2t',
    'video',
  ],
  ['windows.wmv', [...BOTH, '-c:v', 'wmv2', '-c:a', 'wmav2'], 'video/x-ms-asf', 'video'],
  [
    'flash.flv',
    [...BOTH, '-c:v', 'flv', '-c:a', 'adpcm_swf', '-ar', '22050'],
    'video/x-flv',
    'video',
  ],
  ['film.mkv', [...BOTH, '-c:v', 'mpeg4', '-c:a', 'ac3'], 'video/matroska', 'video'],
  [
    'broadcast.mxf',
    [...BOTH, '-c:v', 'mpeg2video', '-c:a', 'pcm_s16le'],
    'application/mxf',
    'video',
  ],
  ['real.rm', [...VIDEO, '-c:v', 'rv10'], 'application/vnd.rn-realmedia', 'video'],
];

// A colour of the file, as its transfer and primaries mean it, and as sRGB shows it.
type Colour = [red: number, green: number, blue: number];
const COLOURS: [transfer: string, file: Colour, shown: Colour][] = [
  ['smpte2084', [148, 148, 148], [229, 229, 229]],
  ['smpte2084', [136, 83, 56], [213, 0, 0]],
  ['arib-std-b67', [191, 191, 191], [229, 229, 229]],
  ['arib-std-b67', [171, 74, 40], [212, 0, 0]],
  ['bt2020-10', [255, 255, 255], [255, 255, 255]],
  ['bt2020-10', [209, 83, 45], [255, 0, 0]],
];

async function ffmpeg(...args: string[]): Promise<void> {
  await promisify(execFile)('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...args]);
}

/** Mono, 16 bits, 8 kHz. */
function wave(samples: number): Buffer {
  const bytes = Buffer.alloc(44 + 2 * samples);
  bytes.write('RIFF\0\0\0\0WAVEfmt ', 'latin1');
  bytes.writeUInt32LE(36 + 2 * samples, 4);
  bytes.writeUInt32LE(16, 16);
  for (const [at, value] of [1, 1, 8000, 0, 16000, 0, 2, 16].entries()) {
    bytes.writeUInt16LE(value, 20 + 2 * at);
  }
  bytes.write('data', 36);
  bytes.writeUInt32LE(2 * samples, 40);
  for (let n = 0; n < samples; n++) bytes.writeInt16LE(20_000 * Math.sin(n / 3), 44 + 2 * n);
  return bytes;
}

async function middleOf({ files }: PreviewResult): Promise<number[]> {
  const large = files.find(({ size }) => size === 'large');
  const { data, info } = await sharp(large?.path).raw().toBuffer({ resolveWithObject: true });
  const at =
    (Math.floor(info.height / 2) * info.width + Math.floor(info.width / 2)) * info.channels;
  return [...data.subarray(at, at + 3)];
}

describe.runIf(hasFfmpeg())('with ffmpeg', () => {
  let folder: string;
  let previews: FixturePreviews;
  let without: FixturePreviews;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mms-inbox-containers-'));
    previews = await startFixturePreviews(process.env.PATH ?? '');
    without = await startFixturePreviews('/nonexistent');
    await ffmpeg(
      ...['-f', 'lavfi', '-i', 'sine=440:d=1:r=48000'],
      ...['-f', 'lavfi', '-i', 'testsrc2=s=352x288:r=25:d=1'],
      ...FILES.flatMap(([name, options]) => [...options, join(folder, name)]),
    );
  }, 60_000);
  afterAll(async () => {
    await previews.stop();
    await without.stop();
    await rm(folder, { recursive: true });
  });

  it.each(FILES)('%s is shown', async (name, _, contentType, kind) => {
    const path = join(folder, name);
    expect(await sniffContentType(path)).toBe(contentType);
    const result = await previews.ofFile(path);
    expect(result).toMatchObject({
      kind,
      reason: null,
      size: kind === 'video' ? { width: 352, height: 288 } : null,
    });
    await expectThumbnails(result);
  });

  it.each(['memo.caf', 'first.mpg'])(
    '%s is a card with the reason without ffmpeg',
    async (name) => {
      expect(await without.ofFile(join(folder, name))).toMatchObject({
        kind: 'card',
        reason: 'ffmpeg is not installed on the server',
      });
    },
  );

  it.each([1, 800, 1119])('a sound of %i samples has a waveform', async (samples) => {
    const path = join(folder, `${samples}.wav`);
    await writeFile(path, wave(samples));
    const result = await previews.ofFile(path);
    expect(result).toMatchObject({ kind: 'audio', reason: null });
    expect(result.details.durationSeconds).toBeCloseTo(samples / 8000, 4);
  });

  it('a sound without samples says so', async () => {
    const path = join(folder, 'empty.wav');
    await writeFile(path, wave(0));
    const reason = 'There is no sound in the file: it is empty';
    expect(await previews.ofFile(path)).toMatchObject({ kind: 'card', reason });
  });

  async function colourVideo(transfer: string, [red, green, blue]: Colour): Promise<string> {
    const path = join(folder, `${transfer}-${red}-${green}.mkv`);
    const hex = Buffer.from([red, green, blue]).toString('hex');
    await ffmpeg(
      ...['-f', 'lavfi', '-i', `color=0x${hex}:s=64x64:r=25:d=0.2`, '-c:v', 'ffv1'],
      ...['-pix_fmt', 'gbrp', '-color_primaries', 'bt2020', '-color_trc', transfer, path],
    );
    return path;
  }

  it.each(COLOURS)('%s: %j is shown as %j', async (transfer, colour, shown) => {
    const result = await previews.ofFile(await colourVideo(transfer, colour));
    expect(result).toMatchObject({ kind: 'video', reason: null });
    const off = (await middleOf(result)).map((value, n) => Math.abs(value - (shown[n] ?? 0)));
    expect(Math.max(...off)).toBeLessThan(12);
  });

  it('an ffmpeg without the filters shows the frame as it is, and says so', async () => {
    const tools = join(folder, 'tools');
    await mkdir(tools);
    const which = 'command -v ffmpeg; command -v ffprobe';
    const { stdout } = await promisify(execFile)('sh', ['-c', which]);
    const [real = '', probe = ''] = stdout.split('\n');
    const script = `#!/bin/sh\ncase "$*" in *-filters*) exit 0;; esac\nexec ${real} "$@"\n`;
    await writeFile(join(tools, 'ffmpeg'), script);
    await chmod(join(tools, 'ffmpeg'), 0o755);
    await symlink(probe, join(tools, 'ffprobe'));
    const limited = await startFixturePreviews(tools);
    const result = await limited.ofFile(await colourVideo('arib-std-b67', [191, 191, 191]));
    expect(result).toMatchObject({ kind: 'video', reason: expect.stringMatching(/zscale/) });
    expect(Math.abs(((await middleOf(result))[0] ?? 0) - 191)).toBeLessThan(8);
    await limited.stop();
  });

  it('opens nothing that a file points to', async () => {
    const secret = join(folder, 'secret.wav');
    await writeFile(secret, wave(8000));
    const playlist = join(folder, 'list.ts');
    await writeFile(playlist, `ffconcat version 1.0\nfile '${secret}'\n`);
    const source = {
      path: playlist,
      contentType: 'video/mpeg',
      byteSize: (await stat(playlist)).size,
      scratchFolder: await mkdtemp(join(folder, 'scratch-')),
      withLocation: false,
    };
    const result = await previews.pool.run(source, new AbortController().signal);
    expect(result).toMatchObject({
      kind: 'card',
      reason: expect.stringMatching(/cannot be decoded/),
    });
  });
});

it.each([
  ['audio/basic', '.snd\0\0\0\x18'],
  ['audio/amr-wb', '#!AMR-WB\n'],
  ['audio/amr', '#!AMR\n\x3c'],
  ['audio/x-pn-realaudio', '.ra\xfd\0\x04\0\0'],
  ['audio/qcelp', 'RIFF\0\0\0\0QLCMfmt '],
])('%s is known by its first bytes', async (contentType, bytes) => {
  const folder = await mkdtemp(join(tmpdir(), 'mms-inbox-beginning-'));
  const path = join(folder, 'beginning');
  await writeFile(path, Buffer.concat([Buffer.from(bytes, 'latin1'), Buffer.alloc(200)]));
  expect(await sniffContentType(path)).toBe(contentType);
  await rm(folder, { recursive: true });
});

it('a format that this ffmpeg was built without is not called damaged', async () => {
  const tools = await mkdtemp(join(tmpdir(), 'mms-inbox-tools-'));
  const script = `#!/bin/sh\necho "Unknown input format: 'caf'" >&2\nexit 1\n`;
  for (const name of ['ffmpeg', 'ffprobe']) {
    await writeFile(join(tools, name), script, { mode: 0o755 });
  }
  const limited = await startFixturePreviews(tools);
  expect(await limited.of('audio.caf')).toMatchObject({
    kind: 'card',
    reason: 'The ffmpeg of the server does not decode this format',
  });
  await limited.stop();
  await rm(tools, { recursive: true });
});
