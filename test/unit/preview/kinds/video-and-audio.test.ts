import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  expectThumbnails,
  type FixturePreviews,
  type FixtureRow,
  startFixturePreviews,
} from '../../../support/fixture-previews.ts';
import { hasFfmpeg } from '../../../support/fixtures.ts';

const rows: FixtureRow[] = [
  ['video.mp4', 'video', [320, 240], { durationSeconds: 3, videoCodec: 'h264', audioCodec: 'aac' }],
  ['video.3gp', 'video', null, { durationSeconds: 3, videoCodec: 'h263', audioCodec: 'amr_nb' }],
  ['video.mov', 'video', [320, 240], { durationSeconds: 3, videoCodec: 'h264', audioCodec: 'aac' }],
  [
    'video.webm',
    'video',
    [320, 240],
    { durationSeconds: expect.closeTo(3, 1), videoCodec: 'vp9', audioCodec: 'opus' },
  ],
  [
    'video-rotated.mp4',
    'video',
    [240, 320],
    { durationSeconds: 3, videoCodec: 'h264', audioCodec: 'aac' },
  ],
  ['video-no-audio.mp4', 'video', [320, 240], { durationSeconds: 3, videoCodec: 'h264' }],
  [
    'video.avi',
    'video',
    [160, 120],
    { durationSeconds: expect.closeTo(3, 0), videoCodec: 'mjpeg' },
  ],
  [
    'video.mpg',
    'video',
    [160, 120],
    { durationSeconds: expect.closeTo(3, 0), videoCodec: 'mpeg1video', audioCodec: 'mp2' },
  ],
  [
    'video.m2t',
    'video',
    [160, 120],
    { durationSeconds: expect.closeTo(3, 0), videoCodec: 'mpeg2video' },
  ],
  [
    'video.wmv',
    'video',
    [160, 120],
    { durationSeconds: expect.closeTo(3, 0), videoCodec: 'wmv2', audioCodec: 'wmav2' },
  ],
  ['video.flv', 'video', [160, 120], { durationSeconds: expect.closeTo(3, 0), videoCodec: 'flv1' }],
  [
    'audio.caf',
    'audio',
    null,
    { durationSeconds: expect.closeTo(2.5, 1), audioCodec: 'adpcm_ima_qt' },
  ],
  ['audio.wma', 'audio', null, { durationSeconds: expect.closeTo(2.5, 0), audioCodec: 'wmav2' }],
  ['audio.amr', 'audio', null, { durationSeconds: expect.closeTo(2.5, 0), audioCodec: 'amr_nb' }],
  ['audio.mp3', 'audio', null, { durationSeconds: expect.closeTo(2.5, 0), audioCodec: 'mp3' }],
  ['audio.m4a', 'audio', null, { durationSeconds: 2.5, audioCodec: 'aac' }],
  ['audio.ogg', 'audio', null, { durationSeconds: expect.closeTo(2.5, 1), audioCodec: 'opus' }],
  ['audio.wav', 'audio', null, { durationSeconds: 2.5, audioCodec: 'pcm_s16le' }],
  [
    'voice-only.3gp',
    'audio',
    null,
    { durationSeconds: expect.closeTo(2.5, 1), audioCodec: 'amr_nb' },
  ],
];

describe.runIf(hasFfmpeg())('with ffmpeg', () => {
  let previews: FixturePreviews;
  beforeAll(async () => {
    previews = await startFixturePreviews(process.env.PATH ?? '');
  });
  afterAll(() => previews.stop());

  test.each(rows)('%s: %s', async (name, kind, size, details) => {
    const result = await previews.of(name);
    expect([result.kind, result.reason]).toEqual([kind, null]);
    if (kind === 'audio') expect(result.size).toBeNull();
    if (size !== null) expect(result.size).toEqual({ width: size[0], height: size[1] });
    expect(result.details).toEqual(details);
    // The first second of the videos is black: a poster of it would be blank.
    await expectThumbnails(result);
  });
});

describe('without ffmpeg', () => {
  let previews: FixturePreviews;
  beforeAll(async () => {
    previews = await startFixturePreviews('/nonexistent');
  });
  afterAll(() => previews.stop());

  test.each(rows)('%s: a typed card that says what is missing', async (name) => {
    const result = await previews.of(name);
    expect([result.kind, result.size]).toEqual(['card', null]);
    expect(result.reason).toBe('ffmpeg is not installed on the server');
    await expectThumbnails(result);
  });

  test('the capabilities say what is missing and how to get it; nothing else is', async () => {
    const { kinds, isOffline } = await previews.pool.capabilities();
    const missing = kinds.filter((kind) => kind.missing !== null);
    expect(missing.map(({ name }) => name)).toEqual(['video', 'audio', 'otherPicture']);
    expect(missing[0]?.missing).toEqual({
      problem: 'ffmpeg is not installed on the server',
      remedy: expect.stringContaining('apt-get install ffmpeg'),
    });
    expect(isOffline).toBe(false);
  });
});
