import { afterEach, expect, test, vi } from 'vitest';
import { importTimeOf } from '../../../src/cli/import-time.ts';
import { fixturePath } from '../../support/fixtures.ts';

afterEach(() => vi.useRealTimers());

const changedAt = new Date('2026-03-04T05:06:07Z');
const timeOf = (name: string, contentType: string, changed = changedAt) =>
  importTimeOf(fixturePath(name), { contentType, byteSize: 1000, changedAt: changed });

/** The fixtures were taken in January and February 2026. */
const today = (text: string) => vi.useFakeTimers({ toFake: ['Date'], now: new Date(text) });

test('a picture has the time at which it was taken, with its zone or that of the machine', async () => {
  today('2026-06-01T00:00:00Z');
  expect(await timeOf('photo.heic', 'image/heic')).toEqual({
    time: new Date('2026-02-01T11:09:10Z'),
    source: 'camera',
  });
  // Local time: without a zone in the text it is that of the process.
  expect(await timeOf('photo.jpg', 'image/jpeg')).toEqual({
    time: new Date('2026-01-31T10:20:30'),
    source: 'camera',
  });
});

test('a picture without one, and any other file, has the time of its last change', async () => {
  today('2026-06-01T00:00:00Z');
  const ofFile = { time: changedAt, source: 'file' };
  expect(await timeOf('photo.png', 'image/png')).toEqual(ofFile);
  expect(await timeOf('note-utf8.txt', 'text/plain')).toEqual(ofFile);
  expect(await timeOf('unknown.bin', 'image/jpeg'), 'no picture at all').toEqual(ofFile);
});

test('times of clocks that were not set are passed over', async () => {
  today('2026-01-15T00:00:00Z');
  const before = new Date('2025-12-31T00:00:00Z');
  expect(await timeOf('photo.jpg', 'image/jpeg', before)).toEqual({ time: before, source: 'file' });
  const now = { time: undefined, source: 'now' };
  expect(await timeOf('photo.jpg', 'image/jpeg'), 'both are ahead').toEqual(now);
  expect(await timeOf('note-utf8.txt', 'text/plain', new Date(0))).toEqual(now);
});
