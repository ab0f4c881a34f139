import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixturePath, hasExiftool, hasFfmpeg } from '../../support/fixtures.ts';
import { findNeedles, SERIAL } from '../../support/metadata-files.ts';
import { isoBox, isoBoxes, isoChild, movieWithMetadata } from '../../support/movie-file.ts';
import { stripBytes } from '../../support/strip-bytes.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mms-inbox-movies-'));
});
afterAll(() => rm(folder, { recursive: true }));

const fixture = (name: string) => readFile(fixturePath(name));

/** What the chunks of the pictures and the sound are, by the tables of the file. */
function chunkBytes(file: Buffer): Buffer[] {
  const traks = isoBoxes(isoChild(file, 'moov')).filter(({ type }) => type === 'trak');
  return traks.flatMap(({ body }) => {
    const handler = isoChild(body, 'mdia', 'hdlr').toString('latin1', 8, 12);
    if (handler !== 'vide' && handler !== 'soun') return [];
    const stbl = isoChild(body, 'mdia', 'minf', 'stbl');
    const table = isoChild(stbl, 'stco');
    const sizes = isoChild(stbl, 'stsz');
    const each = Array.from({ length: sizes.readUInt32BE(8) }, (_, n) => 12 + n * 4);
    const all = sizes.readUInt32BE(4);
    const least = all > 0 ? all : Math.min(...each.map((place) => sizes.readUInt32BE(place)));
    const count = table.readUInt32BE(4);
    return Array.from({ length: count }, (_, n) => {
      const at = table.readUInt32BE(8 + n * 4);
      return file.subarray(at, at + least);
    });
  });
}

/** A hash of each coded packet. */
function packetHashes(path: string): string {
  const args = ['-v', 'error', '-i', path, '-map', '0:v?', '-map', '0:a?', '-c', 'copy'];
  return execFileSync('ffmpeg', [...args, '-f', 'framemd5', '-'])
    .toString()
    .replaceAll(/^#.*\n/gm, '');
}

/** A hash of each decoded frame. */
function frameHashes(path: string): string {
  const args = ['-v', 'error', '-i', path, '-map', '0:v?', '-map', '0:a?'];
  return execFileSync('ffmpeg', [...args, '-f', 'framemd5', '-'])
    .toString()
    .replaceAll(/^#.*\n/gm, '');
}

const MOVIES = [
  ['video.mp4', 'video/mp4'],
  ['video.mov', 'video/quicktime'],
  ['video-rotated.mp4', 'video/mp4'],
  ['video.3gp', 'video/3gpp'],
  ['voice-only.3gp', 'video/3gpp'],
  ['audio.m4a', 'audio/x-m4a'],
] as const;

describe.each(MOVIES)('%s', (name, contentType) => {
  test('loses its metadata, and keeps its pictures and sound', async () => {
    const original = movieWithMetadata(await fixture(name));
    const stripped = await stripBytes(original, contentType);
    expect(findNeedles(original)).toBeGreaterThan(0);
    expect(findNeedles(stripped)).toBe(0);
    expect(stripped.length).toBe(original.length);
    expect(chunkBytes(stripped)).toEqual(chunkBytes(original));
    expect(chunkBytes(stripped).length).toBeGreaterThan(0);
    // Names of programs, and times.
    expect(stripped.includes('Lavf')).toBe(false);
    expect(stripped.includes(Buffer.from('e5a1b2c3', 'hex'))).toBe(false);
    expect(stripped.includes('gpmd')).toBe(false);
  });

  test.skipIf(!hasFfmpeg())('plays the same, packet by packet and frame by frame', async () => {
    const original = movieWithMetadata(await fixture(name));
    const [before, after] = [join(folder, `before-${name}`), join(folder, `after-${name}`)];
    await writeFile(before, original);
    await writeFile(after, await stripBytes(original, contentType));
    const plain = fixturePath(name);
    expect(packetHashes(after)).toBe(packetHashes(plain));
    expect(packetHashes(before)).toBe(packetHashes(plain));
    expect(frameHashes(after)).toBe(frameHashes(plain));
  });
});

/** A movie that ffmpeg makes. */
async function made(name: string, ...args: string[]): Promise<Buffer> {
  const path = join(folder, name);
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...args, path]);
  return readFile(path);
}

async function expectSamePackets(original: Buffer, name: string, contentType: string) {
  const [before, after] = [join(folder, `before-${name}`), join(folder, `after-${name}`)];
  await writeFile(before, original);
  await writeFile(after, await stripBytes(original, contentType));
  const hashes = packetHashes(after);
  expect(hashes.split('\n').length).toBeGreaterThan(5);
  expect(hashes).toBe(packetHashes(before));
}

describe.skipIf(!hasFfmpeg())('a movie', () => {
  const tagged = ['-metadata', `title=${SERIAL}`, '-metadata', `comment=${SERIAL}`];
  const copied = ['-i', fixturePath('video.mp4'), '-c', 'copy', ...tagged];

  test.each([
    ['in fragments', ['-movflags', 'frag_keyframe+empty_moov+default_base_moof']],
    ['in fragments with absolute positions', ['-movflags', 'frag_keyframe+empty_moov']],
    ['in fragments of one track each', ['-movflags', 'frag_keyframe+separate_moof+empty_moov']],
    ['with its index first', ['-movflags', 'faststart']],
  ])('%s', async (_name, args) => {
    const original = await made('made.mp4', ...copied, ...args);
    expect(original.includes(SERIAL)).toBe(true);
    expect((await stripBytes(original, 'video/mp4')).includes(SERIAL)).toBe(false);
    await expectSamePackets(original, 'made.mp4', 'video/mp4');
  });

  test.each(['pcm_s16be', 'pcm_s24le', 'pcm_u8', 'pcm_alaw', 'adpcm_ima_qt', 'aac'])(
    'of QuickTime with sound in %s',
    async (codec) => {
      const sound = ['-i', fixturePath('audio.wav'), '-ac', '2', '-c:a', codec];
      const picture = [
        '-i',
        fixturePath('video.mp4'),
        '-map',
        '0:a',
        '-map',
        '1:v',
        '-c:v',
        'copy',
      ];
      const [source, ...encode] = [sound.slice(0, 2), ...sound.slice(2)];
      const original = await made('made.mov', ...source, ...picture, ...encode.flat(), ...tagged);
      expect((await stripBytes(original, 'video/quicktime')).includes(SERIAL)).toBe(false);
      await expectSamePackets(original, 'made.mov', 'video/quicktime');
    },
  );

  test('of QuickTime that counts each moment of its sound as one byte', async () => {
    const sound = ['-i', fixturePath('audio.wav'), '-ac', '2', '-c:a', 'pcm_s16be'];
    const original = await made('counted.mov', ...sound, ...tagged);
    const at = original.indexOf('stsz');
    expect(original.readUInt32BE(at + 8)).toBe(4);
    original.writeUInt32BE(1, at + 8);
    expect((await stripBytes(original, 'video/quicktime')).includes(SERIAL)).toBe(false);
    await expectSamePackets(original, 'counted.mov', 'video/quicktime');
  });

  test('with subtitles loses them: recorders of positions write them there', async () => {
    const subtitles = join(folder, 'position.srt');
    await writeFile(subtitles, `1\n00:00:00,000 --> 00:00:02,000\nGPS(52.520647) ${SERIAL}\n`);
    const inputs = ['-i', fixturePath('video.mp4'), '-i', subtitles, '-map', '0', '-map', '1'];
    const original = await made('subtitles.mp4', ...inputs, '-c', 'copy', '-c:s', 'mov_text');
    expect(findNeedles(original)).toBeGreaterThan(0);
    expect(findNeedles(await stripBytes(original, 'video/mp4'))).toBe(0);
    await expectSamePackets(original, 'subtitles.mp4', 'video/mp4');
  });

  test('whose frames are JPEG files is refused', async () => {
    const frames = ['-i', fixturePath('video.mp4'), '-an', '-c:v', 'mjpeg', '-frames:v', '3'];
    const original = await made('frames.mov', ...frames);
    await expect(stripBytes(original, 'video/quicktime')).rejects.toThrow('format that may have');
  });

  test.each(['photo.jpg', 'photo.png'])(
    'that consists of %s as it was is refused',
    async (name) => {
      // As MPEG-4 video (`mp4v`), of which only a descriptor says that it is a picture.
      const original = await made('slide.mp4', '-i', fixturePath(name), '-c', 'copy');
      await expect(stripBytes(original, 'video/mp4')).rejects.toThrow('format that may have');
    },
  );

  test('of FLAC loses the comments among its blocks, and boxes of makers beside them', async () => {
    const sound = ['-f', 'lavfi', '-i', 'sine=duration=1', '-c:a', 'flac', '-strict', '-2'];
    const original = await made(
      'flac.mp4',
      ...sound,
      '-movflags',
      '+frag_keyframe+empty_moov+default_base_moof',
    );
    const comment = Buffer.concat([Buffer.from([0x84, 0, 0, SERIAL.length]), Buffer.from(SERIAL)]);
    const added = Buffer.concat([comment, isoBox('udta', Buffer.from(SERIAL))]);
    const end = original.indexOf('dfLa') - 4 + original.readUInt32BE(original.indexOf('dfLa') - 4);
    const tagged = Buffer.concat([original.subarray(0, end), added, original.subarray(end)]);
    // The first block is not the last one now.
    tagged.writeUInt8(0, tagged.indexOf('dfLa') + 8);
    for (const type of ['dfLa', 'fLaC', 'stsd', 'stbl', 'minf', 'mdia', 'trak', 'moov']) {
      const at = tagged.indexOf(type) - 4;
      const more = type === 'dfLa' ? comment.length : added.length;
      tagged.writeUInt32BE(tagged.readUInt32BE(at) + more, at);
    }
    expect(findNeedles(tagged)).toBeGreaterThan(0);
    expect(findNeedles(await stripBytes(tagged, 'video/mp4'))).toBe(0);
    await expectSamePackets(tagged, 'flac.mp4', 'video/mp4');
  });

  test('whose pictures or sounds have an unknown or encrypted format is refused', async () => {
    const movie = await fixture('video.mp4');
    const withFormat = (before: string, format: string) => {
      const changed = Buffer.from(movie);
      changed.write(format, changed.indexOf(before), 'latin1');
      return stripBytes(changed, 'video/mp4');
    };
    await expect(withFormat('avc1\0\0\0\0', 'MJPG')).rejects.toThrow('format that may have');
    await expect(withFormat('avc1\0\0\0\0', 'encv')).rejects.toThrow('encrypted');
    await expect(withFormat('mp4a\0\0\0\0', 'drms')).rejects.toThrow('encrypted');
  });

  test('followed by a trailer loses it', async () => {
    const original = Buffer.concat([await fixture('video.mp4'), Buffer.from(`\x7f${SERIAL}`)]);
    expect((await stripBytes(original, 'video/mp4')).includes(SERIAL)).toBe(false);
    await expectSamePackets(original, 'trailer.mp4', 'video/mp4');
  });
});

test('a movie whose data are in other files is refused', async () => {
  const movie = await fixture('video.mp4');
  const at = movie.indexOf('url \0\0\0\x01');
  const changed = Buffer.from(movie).fill(0, at + 7, at + 8);
  await expect(stripBytes(changed, 'video/mp4')).rejects.toThrow('in other files');
});

test('free space is cleared', async () => {
  const movie = Buffer.concat([await fixture('video.mp4'), isoBox('skip', Buffer.from(SERIAL))]);
  expect((await stripBytes(movie, 'video/mp4')).includes(SERIAL)).toBe(false);
});

describe.skipIf(!hasExiftool() || !hasFfmpeg())('what exiftool writes', () => {
  const tags = [
    '-Keys:GPSCoordinates=52.520647, 13.404892, 30',
    `-UserData:Make=${SERIAL}`,
    `-XMP:SerialNumber=${SERIAL}`,
    '-CreateDate=2026:01:31 10:20:30',
    '-TrackCreateDate=2026:01:31 10:20:30',
  ];

  test.each(['video.mp4', 'video.mov'])('into %s is gone', async (name) => {
    const path = join(folder, `tagged-${name}`);
    await writeFile(path, await fixture(name));
    execFileSync('exiftool', ['-q', '-overwrite_original', ...tags, path]);
    const original = await readFile(path);
    const stripped = await stripBytes(original, 'video/mp4');
    expect(original.includes(SERIAL)).toBe(true);
    expect(stripped.includes(SERIAL)).toBe(false);
    const after = join(folder, `untagged-${name}`);
    await writeFile(after, stripped);
    const shown = execFileSync('exiftool', ['-a', '-G1', '-ee', after]).toString();
    expect(shown).not.toMatch(/GPS|XMP|UserData|Keys|2026:01:31|Handler Description/);
    await expectSamePackets(original, name, 'video/mp4');
  });
});
