import { expect, test } from 'vitest';
import { isoBox } from '../../support/movie-file.ts';
import { planOf } from '../../support/strip-bytes.ts';

const uint = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const full = (type: string, ...parts: Buffer[]) => isoBox(type, uint(0), ...parts);

/** A track of chunks of one sample of one byte each. */
function track(id: number, positions: readonly number[]): Buffer {
  const places = Buffer.alloc(positions.length * 4);
  for (const [n, position] of positions.entries()) places.writeUInt32BE(position, n * 4);
  const count = uint(positions.length);
  const stbl = isoBox(
    'stbl',
    full('stsd', uint(1), isoBox('avc1', Buffer.alloc(78))),
    full('stsc', uint(1), uint(1), uint(1), uint(1)),
    full('stsz', uint(1), count),
    full('stco', count, places),
  );
  const handler = full('hdlr', uint(0), Buffer.from('vide', 'latin1'), Buffer.alloc(13));
  const mdia = isoBox('mdia', full('mdhd', Buffer.alloc(20)), handler, isoBox('minf', stbl));
  return isoBox('trak', full('tkhd', Buffer.alloc(8), uint(id), Buffer.alloc(68)), mdia);
}

/** A movie whose tracks have so many chunks, the first of each, then the second, and so on. */
function movieOf(...chunks: readonly number[]): Buffer {
  const ftyp = isoBox('ftyp', Buffer.from('isom\0\0\0\0isom', 'latin1'));
  const write = (data: number) => {
    const tracks = chunks.map((count, t) =>
      track(
        t + 1,
        Array.from({ length: count }, (_, n) => data + n * chunks.length + t),
      ),
    );
    return isoBox('moov', full('mvhd', Buffer.alloc(96)), ...tracks);
  };
  const data = ftyp.length + write(0).length + 8;
  const bytes = Buffer.alloc(Math.max(...chunks) * chunks.length, 7);
  return Buffer.concat([ftyp, write(data), isoBox('mdat', bytes)]);
}

test('an hour of video of 30 frames a second, a chunk for each and for the sound between', async () => {
  const file = movieOf(108_000, 108_000);
  const { byteSize, pieces } = await planOf(file, 'video/mp4');
  expect(byteSize).toBe(file.length);
  // All samples stay, in one piece.
  expect(pieces.at(-1)).toEqual({ start: expect.any(Number), length: expect.any(Number) });
  const last = pieces.at(-1);
  expect(last !== undefined && 'start' in last ? last.length : 0).toBeGreaterThanOrEqual(216_000);
});

test('more chunks than a movie has are refused, in one track or in several', async () => {
  await expect(planOf(movieOf(300_001), 'video/mp4')).rejects.toThrow('too many parts');
  await expect(planOf(movieOf(150_000, 150_001), 'video/mp4')).rejects.toThrow('too many parts');
});

test('others are let in while boxes are read that are at hand', async () => {
  const boxes = Buffer.alloc(8 * 200_000, isoBox('free'));
  const file = Buffer.concat([movieOf(1), boxes]);
  let turns = 0;
  let isDone = false;
  const count = () => {
    turns += 1;
    if (!isDone) setImmediate(count);
  };
  setImmediate(count);
  await planOf(file, 'video/mp4').catch(() => undefined);
  isDone = true;
  expect(turns).toBeGreaterThan(50);
});
