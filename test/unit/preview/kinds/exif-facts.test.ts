import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exifFacts } from '../../../../src/preview/kinds/exif-facts.ts';
import { type FixturePreviews, startFixturePreviews } from '../../../support/fixture-previews.ts';
import { fixturePath, hasExiftool } from '../../../support/fixtures.ts';

type Tags = { make?: string; model?: string; taken?: string; offset?: string };

/** An EXIF block of ASCII tags: values are written as they are, with a NUL behind. */
function exifBlock(tags: Tags, isBigEndian = false, ifdType = 4): Buffer {
  const block = Buffer.alloc(1024);
  const u16 = (value: number, at: number) =>
    isBigEndian ? block.writeUInt16BE(value, at) : block.writeUInt16LE(value, at);
  const u32 = (value: number, at: number) =>
    isBigEndian ? block.writeUInt32BE(value, at) : block.writeUInt32LE(value, at);
  let free = 512;
  function entry(at: number, tag: number, value: string): void {
    u16(tag, at);
    u16(2, at + 2);
    u32(value.length + 1, at + 4);
    u32(free, at + 8);
    block.write(value, free, 'latin1');
    free += value.length + 2;
  }
  block.write(isBigEndian ? 'MM' : 'II');
  u16(42, 2);
  u32(8, 4);
  u16(3, 8);
  entry(10, 0x010f, tags.make ?? '');
  entry(22, 0x0110, tags.model ?? '');
  u16(0x8769, 34);
  u16(ifdType, 36);
  u32(1, 38);
  u32(256, 42);
  u16(2, 256);
  entry(258, 0x9003, tags.taken ?? '');
  entry(270, 0x9011, tags.offset ?? '');
  return block;
}

const PHONE = { make: 'Acme', model: 'Phone 1', taken: '2018:04:27 13:17:26', offset: '' };
const FOUND = { takenAt: '2018-04-27T13:17:26', camera: 'Acme Phone 1' };

it.each<[string, Tags, object]>([
  ['a local time', PHONE, FOUND],
  ['an offset', { ...PHONE, offset: '-03:00' }, { ...FOUND, takenAt: '2018-04-27T13:17:26-03:00' }],
  ['a date with two NULs', { ...PHONE, taken: `${PHONE.taken}\0` }, FOUND],
  ['a date with blanks for zeros', { ...PHONE, taken: '2018: 4:27 13:17:26' }, FOUND],
  ['other separators', { ...PHONE, taken: '2018-04-27 13:17:26' }, FOUND],
  ['a model that begins with its maker', { ...PHONE, model: 'Acme Phone 1' }, FOUND],
])('reads %s', (_, tags, facts) => {
  expect(exifFacts(exifBlock(tags), false)).toEqual(facts);
  expect(exifFacts(exifBlock(tags, true), false)).toEqual(facts);
});

it.each([
  '0000:00:00 00:00:00',
  '    :  :     :  :  ',
  '0001:01:01 00:00:00',
  '2018:02:30 13:17:26',
  '2018:13:01 13:17:26',
  '2018:04:27 25:17:26',
  '9999:12:31 23:59:59',
  'yesterday',
])('tells no time of %j', (taken) => {
  expect(exifFacts(exifBlock({ ...PHONE, taken }), false)).toEqual({ camera: FOUND.camera });
});

it.each<[string, Buffer]>([
  ['nothing', Buffer.alloc(0)],
  ['Exif', Buffer.from('Exif\0\0')],
  ['the marker and Exif of a JPEG', Buffer.from('\xff\xe1\0\x70Exif\0\0', 'latin1')],
  ['an offset and Exif', Buffer.from('\0\0\0\x06Exif\0\0', 'latin1')],
])('reads a block that begins with %s', (_, before) => {
  expect(exifFacts(Buffer.concat([before, exifBlock(PHONE)]), false)).toEqual(FOUND);
});

it('follows a pointer of the type IFD', () => {
  expect(exifFacts(exifBlock(PHONE, false, 13), false)).toEqual(FOUND);
});

it('tells nothing of a block that is cut short or is none', () => {
  const block = exifBlock(PHONE);
  for (let length = 0; length < block.length; length += 7) {
    const { camera = '', takenAt = '' } = exifFacts(block.subarray(0, length), true);
    expect(['', 'Acme', FOUND.camera]).toContain(camera);
    expect(['', FOUND.takenAt]).toContain(takenAt);
  }
  expect(exifFacts(Buffer.alloc(5000, 0xff), true)).toEqual({});
  expect(exifFacts(undefined, true)).toEqual({});
});

// Make, Model, DateTimeOriginal, OffsetTimeOriginal, Orientation, byte order.
const CAMERAS = [
  ['Apple', 'iPhone 15 Pro', '2024:05:06 07:08:09', '+02:00', 6, 'MM'],
  ['samsung', 'SM-G991B', '2023:12:31 23:59:59', '-05:00', 8, 'II'],
  ['NIKON CORPORATION', 'NIKON D70', '2004:02:29 12:00:00', '', 1, 'MM'],
  ['Canon', 'Canon EOS 5D', '2008:01:01 00:00:00', '', 3, 'II'],
  ['Xiaomi', '2201117TG', '0000:00:00 00:00:00', '', 5, 'MM'],
  ['Google', 'Pixel 8', '2025:07:08 09:10:11', '+05:30', 7, 'II'],
  ['Minolta Co., Ltd.', 'DiMAGE Müller', '1999:09:09 09:09:09', '', 2, 'II'],
  ['', 'Scanner 4', '1931:03:04 05:06:07', '', 4, 'MM'],
] as const;

const FORMATS = ['jpeg', 'png', 'webp', 'tiff', 'avif', 'heic'] as const;

describe.runIf(hasExiftool())('beside exiftool', () => {
  let folder: string;
  let previews: FixturePreviews;
  let told: Record<string, unknown>[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mms-inbox-exif-'));
    previews = await startFixturePreviews(process.env.PATH ?? '');
    const blank = sharp({ create: { width: 64, height: 48, channels: 3, background: '#369' } });
    const commands: string[] = [];
    for (const [n, [make, model, taken, offset, orientation, order]] of CAMERAS.entries()) {
      for (const format of FORMATS) {
        const path = join(folder, `${n}.${format}`);
        if (format === 'heic') await copyFile(fixturePath('photo-rotated.heic'), path);
        else await writeFile(path, await blank.clone().toFormat(format).toBuffer());
        commands.push(
          ...['-overwrite_original', '-n', `-ExifByteOrder=${order}`, `-Make=${make}`],
          ...[`-Model=${model}`, `-DateTimeOriginal=${taken}`, `-OffsetTimeOriginal=${offset}`],
          ...[`-Orientation=${orientation}`, path, '-execute'],
        );
      }
    }
    await writeFile(join(folder, 'commands'), commands.join('\n'));
    await exiftool('-@', join(folder, 'commands'));
    const names = ['Make', 'Model', 'DateTimeOriginal', 'OffsetTimeOriginal', 'Orientation'];
    told = JSON.parse(await exiftool('-json', '-n', ...names.map((name) => `-${name}`), folder));
  }, 60_000);
  afterAll(async () => {
    await previews.stop();
    await rm(folder, { recursive: true });
  });

  it.each(FORMATS)('time, camera and orientation of %s are told alike', async (format) => {
    const files = told.filter(({ SourceFile }) => String(SourceFile).endsWith(`.${format}`));
    expect(files).toHaveLength(CAMERAS.length);
    for (const { SourceFile, ...tags } of files) {
      const { details, size } = await previews.ofFile(String(SourceFile));
      expect(details).toEqual(expectedFacts(tags));
      // HEIF turns pictures by a property of its own.
      if (format === 'avif' || format === 'heic') continue;
      const isTurned = Number(tags.Orientation) >= 5;
      expect(size).toEqual(isTurned ? { width: 48, height: 64 } : { width: 64, height: 48 });
    }
  });
});

async function exiftool(...args: string[]): Promise<string> {
  return (await promisify(execFile)('exiftool', args)).stdout;
}

function expectedFacts(tags: Record<string, unknown>) {
  const { Make = '', Model = '', DateTimeOriginal = '', OffsetTimeOriginal = '' } = tags;
  const [date = '', time] = String(DateTimeOriginal).split(' ');
  const takenAt = `${date.replaceAll(':', '-')}T${time}${OffsetTimeOriginal}`;
  const camera = String(Model).startsWith(String(Make)) ? Model : `${Make} ${Model}`;
  return date.startsWith('0000') ? { camera } : { camera, takenAt };
}
