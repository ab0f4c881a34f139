import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { DownloadError } from '../../../../src/media/download/download-error.ts';
import { keepPace } from '../../../../src/media/download/write-body.ts';

const WINDOW_MS = 10_000;

beforeEach(() => {
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'],
  });
});
afterEach(() => vi.useRealTimers());

/** A sender that takes so long before each piece, and what was said of its pace. */
function sender(pieces: { afterMs: number; bytes: number }[]) {
  const stops: DownloadError[] = [];
  async function* send() {
    for (const { afterMs, bytes } of pieces) {
      vi.advanceTimersByTime(afterMs);
      yield Buffer.alloc(bytes);
    }
  }
  return { stops, body: keepPace(send(), WINDOW_MS, (reason) => stops.push(reason)) };
}

test('what the reader takes is not counted as slowness of the sender', async () => {
  const { stops, body } = sender(Array.from({ length: 5 }, () => ({ afterMs: 100, bytes: 100 })));
  let read = 0;
  for await (const chunk of body) {
    read += chunk.length;
    vi.advanceTimersByTime(60_000);
  }
  expect(read).toBe(500);
  expect(stops).toEqual([]);
});

test('what the sender takes adds up, however quick the reader is', async () => {
  const { stops, body } = sender(Array.from({ length: 5 }, () => ({ afterMs: 4000, bytes: 100 })));
  let read = 0;
  for await (const chunk of body) {
    read += chunk.length;
    if (stops.length > 0) break;
  }
  expect(stops).toMatchObject([{ code: 'too-slow' }]);
  expect(read).toBe(300);
});
