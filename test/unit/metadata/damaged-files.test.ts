import { readFile } from 'node:fs/promises';
import { describe, expect, test, vi } from 'vitest';
import { lengthOf } from '../../../src/files/edit-plan.ts';
import { UnstrippableError } from '../../../src/metadata/byte-reader.ts';
import { fixturePath } from '../../support/fixtures.ts';
import {
  gifWithMetadata,
  jpegWithMetadata,
  pngWithMetadata,
  webpWithMetadata,
} from '../../support/metadata-files.ts';
import { isoBox, movieWithMetadata } from '../../support/movie-file.ts';
import { mutate, truncations } from '../../support/mutate-file.ts';
import { planOf } from '../../support/strip-bytes.ts';

type Edit = (file: Buffer) => Buffer;
const same: Edit = (file) => file;
const FILES: [name: string, contentType: string, edit: Edit][] = [
  ['photo.jpg', 'image/jpeg', (file) => jpegWithMetadata(file)],
  ['photo-gray-alpha.png', 'image/png', (file) => pngWithMetadata(file)],
  ['animated.gif', 'image/gif', gifWithMetadata],
  ['animated.webp', 'image/webp', (file) => webpWithMetadata(file, { width: 160, height: 120 })],
  ['photo.heic', 'image/heic', same],
  ['photo-cutout.heic', 'image/heic', same],
  ['photo.avif', 'image/avif', same],
  ['video.mp4', 'video/mp4', movieWithMetadata],
  ['video.mov', 'video/quicktime', movieWithMetadata],
  ['video.3gp', 'video/3gpp', movieWithMetadata],
  ['audio.m4a', 'audio/x-m4a', same],
  ['audio.mp3', 'audio/mpeg', same],
  ['audio.wav', 'audio/wav', same],
];
const MUTATIONS = 400;

/** Fails unless there is a plan that fits the file, or a reason why there is none. */
async function check(file: Buffer, contentType: string): Promise<'edited' | 'refused'> {
  try {
    const { byteSize, pieces } = await planOf(file, contentType);
    let sum = 0;
    for (const piece of pieces) {
      const length = lengthOf(piece);
      expect(length).toBeGreaterThan(0);
      if ('start' in piece) {
        expect(piece.start).toBeGreaterThanOrEqual(0);
        expect(piece.start + length).toBeLessThanOrEqual(file.length);
      }
      sum += length;
    }
    expect(byteSize).toBe(sum);
    return 'edited';
  } catch (error) {
    expect(error).toBeInstanceOf(UnstrippableError);
    expect(String((error as Error).message)).toMatch(/^\w.*[^.]$/);
    return 'refused';
  }
}

describe.each(FILES)('%s', (name, contentType, edit) => {
  test('damaged in any way, is edited or refused with a reason', async () => {
    const file = edit(await readFile(fixturePath(name)));
    expect(await check(file, contentType)).toBe('edited');
    for (const part of truncations(file)) await check(part, contentType);
    for (let seed = 0; seed < MUTATIONS; seed += 1) await check(mutate(file, seed), contentType);
  });

  test('cut short at every byte of its beginning', async () => {
    const file = edit(await readFile(fixturePath(name)));
    // The first frames of an MP3 are one, too.
    const isWhole = (length: number) => contentType === 'audio/mpeg' && length > 200;
    for (let length = 0; length < Math.min(file.length, 700); length += 1) {
      const outcome = await check(file.subarray(0, length), contentType);
      if (!isWhole(length)) expect([length, outcome]).toEqual([length, 'refused']);
    }
  });
});

test('the reason names the place', async () => {
  const jpeg = await readFile(fixturePath('photo.jpg'));
  const cut = jpeg.subarray(0, jpeg.length - 2);
  await expect(planOf(cut, 'image/jpeg')).rejects.toThrow(
    `The structure of the JPEG is damaged at byte ${cut.length}`,
  );
});

describe('what would take too long is refused:', () => {
  test('a JPEG of a million comments', async () => {
    const jpeg = await readFile(fixturePath('photo.jpg'));
    const comments = Buffer.alloc(4_000_000, Buffer.from([0xff, 0xfe, 0, 2]));
    const file = Buffer.concat([jpeg.subarray(0, 2), comments, jpeg.subarray(2)]);
    await expect(planOf(file, 'image/jpeg')).rejects.toThrow('too many parts');
  });

  test('an item with more extents than bytes', async () => {
    const file = Buffer.from(await readFile(fixturePath('photo.heic')));
    const at = file.indexOf('iloc');
    // No bytes for offsets and lengths, and as many extents as can be.
    file.writeUInt16BE(0, at + 8);
    for (let n = at + 12; n < at + 40; n += 2) file.writeUInt16BE(0xffff, n);
    await expect(planOf(file, 'image/heic')).rejects.toThrow(UnstrippableError);
  });

  test('a movie of ten million samples of half a byte', async () => {
    const movie = await readFile(fixturePath('video-no-audio.mp4'));
    const at = movie.indexOf('stsz') - 4;
    const head = Buffer.from([0, 0, 0, 0, 0, 0, 0, 4, 0, 0x98, 0x96, 0x80]);
    const sizes = isoBox('stz2', head, Buffer.alloc(5_000_000));
    const end = at + movie.readUInt32BE(at);
    const file = Buffer.concat([movie.subarray(0, at), sizes, movie.subarray(end)]);
    for (const type of ['stbl', 'minf', 'mdia', 'trak', 'moov']) {
      const place = file.indexOf(type) - 4;
      file.writeUInt32BE(file.readUInt32BE(place) + file.length - movie.length, place);
    }
    await expect(planOf(file, 'video/mp4')).rejects.toThrow('too many parts');
  });

  test('a fragment of 200,000 empty runs', async () => {
    const movie = await readFile(fixturePath('video.mp4'));
    const header = isoBox('tfhd', Buffer.from([0, 0, 0, 0, 0, 0, 0, 1]));
    const runs = Buffer.alloc(200_000 * 16, isoBox('trun', Buffer.alloc(8)));
    const fragment = isoBox('moof', isoBox('traf', header, runs));
    const file = Buffer.concat([movie, fragment]);
    await expect(planOf(file, 'video/mp4')).rejects.toThrow('too many parts');
  });
});

/** A picture of one item, with tables that only an attacker writes. */
function heifOf(tables: { locations: Buffer; associations: Buffer; data: Buffer }): Buffer {
  const table = (type: string, ...parts: Buffer[]) => isoBox(type, Buffer.alloc(4), ...parts);
  const entry = isoBox('infe', Buffer.from('\x02\0\0\0\0\x01\0\0hvc1\0', 'latin1'));
  return Buffer.concat([
    isoBox('ftyp', Buffer.from('heic\0\0\0\0mif1heic', 'latin1')),
    table(
      'meta',
      table('hdlr', Buffer.from('\0\0\0\0pict', 'latin1'), Buffer.alloc(13)),
      table('pitm', Buffer.from([0, 1])),
      table('iinf', Buffer.from([0, 1]), entry),
      isoBox('iprp', isoBox('ipco'), table('ipma', tables.associations)),
      isoBox('iloc', tables.locations),
      isoBox('idat', tables.data),
    ),
  ]);
}

describe('what an attacker repeats costs little:', () => {
  // Version 1, lengths of four bytes and no offsets; the data are in `idat`.
  const location = (extents: number, length: number) => {
    const head = Buffer.from([
      1,
      0,
      0,
      0,
      4,
      0,
      0,
      1,
      0,
      1,
      0,
      1,
      0,
      0,
      extents >> 8,
      extents & 255,
    ]);
    const each = Buffer.alloc(4);
    each.writeUInt32BE(length);
    return Buffer.concat([head, Buffer.alloc(extents * 4, each)]);
  };
  const count = (value: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return bytes;
  };

  test('associations of one item', async () => {
    const associations = Buffer.concat([
      count(300_000),
      Buffer.alloc(900_000, Buffer.from([0, 1, 0])),
    ]);
    const file = heifOf({ locations: location(1, 4), associations, data: Buffer.alloc(4, 7) });
    expect(await check(file, 'image/heic')).toBe('edited');
  });

  test('extents with the same data', async () => {
    const data = Buffer.alloc(500_000, 7);
    const locations = location(60_000, data.length);
    const file = heifOf({ locations, associations: count(0), data });
    const copies: number[] = [];
    const copy = Buffer.prototype.copy;
    const spy = vi.spyOn(Buffer.prototype, 'copy').mockImplementation(function (
      this: Buffer,
      ...args: Parameters<typeof copy>
    ) {
      copies.push(copy.apply(this, args));
      return copies.at(-1) ?? 0;
    });
    expect(await check(file, 'image/heic')).toBe('edited');
    spy.mockRestore();
    expect(copies.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(10 * data.length);
  });
});
