import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { receiveFixtures } from '../support/fixtures.ts';
import { ADMIN_KEY, eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
let browser: Browser;
let page: Page;
beforeAll(async () => {
  inbox = await startTestInbox({ PATH: process.env.PATH ?? '' });
  browser = await startBrowser();
  page = await browser.newPage();
  // A page of the same origin, whose policy allows what the test shows.
  await page.route(`${inbox.url}/blank`, (route) =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }),
  );
  await page.setExtraHTTPHeaders({ Authorization: `Bearer ${ADMIN_KEY}` });
  await page.goto(`${inbox.url}/blank`);
});
afterAll(async () => {
  await browser.close();
  await inbox.stop();
});

/** The path of a rendition once it is made. */
async function rendition(name: string, as: string): Promise<string> {
  const [item] = await receiveFixtures(inbox, name);
  const path = `/api/v1/media/${item?.sid}/rendition?as=${as}`;
  // A HEAD would have none made.
  await eventually(() => inbox.api('get', path).expect(200));
  return path;
}

interface Shown {
  width: number;
  height: number;
  /** Red, green and blue of one pixel, from 0 to 255. */
  pixel: number[];
}

/** @param at where the pixel is, in shares of width and height */
async function showPicture(src: string, at: readonly [number, number]): Promise<Shown> {
  return page.evaluate(
    async ({ src, at }) => {
      const picture = Object.assign(new Image(), { src });
      await picture.decode();
      const { naturalWidth: width, naturalHeight: height } = picture;
      const context = Object.assign(document.createElement('canvas'), {
        width,
        height,
      }).getContext('2d');
      context?.drawImage(picture, 0, 0);
      const data = context?.getImageData(width * at[0], height * at[1], 1, 1).data ?? [];
      return { width, height, pixel: [...data].slice(0, 3) };
    },
    { src, at },
  );
}

const RED = [255, 0, 0];
const CORNER = [0.03, 0.03] as const;

/** How far apart two colours are, at most in one channel. */
const distance = (one: number[], other: number[]) =>
  Math.max(...one.map((value, n) => Math.abs(value - (other[n] ?? Number.NaN))));

test.each([
  ['photo.heic', 640, 480, CORNER, RED],
  ['photo-p3.heic', 320, 240, [0.2, 0.5], RED],
  ['photo-rotated.heic', 480, 640, CORNER, RED],
  ['photo-cutout.heic', 96, 64, [0.8, 0.5], RED],
  ['photo.avif', 640, 480, CORNER, RED],
  ['photo.tiff', 640, 480, CORNER, RED],
  ['photo-24bit.bmp', 96, 64, CORNER, RED],
  ['photo.jpg', 480, 640, CORNER, RED],
  ['cmyk.jpg', 320, 240, CORNER, RED],
  ['photo-16bit.png', 96, 64, CORNER, RED],
  ['animated.webp', 160, 120, CORNER, [255, 255, 255]],
  ['document.pdf', 2380, 3368, [0.5, 0.46], [219, 38, 38]],
] as const)(
  'the browser shows %s',
  async (name, width, height, at, colour) => {
    const shown = await showPicture(await rendition(name, 'picture'), at);
    expect(shown).toMatchObject({ width, height });
    expect(distance(shown.pixel, [...colour]), String(shown.pixel)).toBeLessThan(40);
  },
  60_000,
);

/** Plays the first moments, then shows the frame of the second second. */
async function playVideo(
  src: string,
  at: readonly [number, number],
): Promise<Shown & { seconds: number }> {
  return page.evaluate(
    async ({ src, at }) => {
      const player = Object.assign(document.createElement('video'), { muted: true, src });
      const failed = new Promise<never>((_, reject) => {
        player.onerror = () => reject(new Error(player.error?.message));
      });
      const event = (name: string, when = () => true) =>
        Promise.race([
          failed,
          new Promise<void>((resolve) => {
            player.addEventListener(name, () => when() && resolve());
          }),
        ]);
      const moved = event('timeupdate', () => player.currentTime > 0);
      await player.play();
      await moved;
      player.pause();
      const found = event('seeked');
      player.currentTime = 2;
      await found;
      const { videoWidth: width, videoHeight: height, duration: seconds } = player;
      const context = Object.assign(document.createElement('canvas'), {
        width,
        height,
      }).getContext('2d');
      const pixel = () => {
        context?.drawImage(player, 0, 0);
        const data = context?.getImageData(width * at[0], height * at[1], 1, 1).data ?? [];
        return [...data].slice(0, 3);
      };
      // Its frame may come some time after the place is reached.
      const deadline = performance.now() + 10_000;
      while (Math.max(...pixel()) < 32 && performance.now() < deadline) {
        await new Promise(requestAnimationFrame);
      }
      return { width, height, seconds, pixel: pixel() };
    },
    { src, at },
  );
}

const MIDDLE = [0.55, 0.2] as const;
const YELLOW = [255, 255, 0];

test.each([
  ['video.3gp', 192, 144, MIDDLE, YELLOW],
  ['video.avi', 160, 120, MIDDLE, YELLOW],
  ['video.mov', 320, 240, MIDDLE, YELLOW],
  ['video-hevc.mov', 320, 240, MIDDLE, YELLOW],
  ['video.mpg', 160, 120, MIDDLE, YELLOW],
  ['video.m2t', 160, 120, MIDDLE, YELLOW],
  ['video.wmv', 160, 120, MIDDLE, YELLOW],
  ['video.flv', 160, 120, MIDDLE, YELLOW],
  ['video.mp4', 320, 240, MIDDLE, YELLOW],
  ['video.webm', 320, 240, MIDDLE, YELLOW],
  ['video-rotated.mp4', 240, 320, CORNER, RED],
] as const)(
  'the browser plays %s',
  async (name, width, height, at, colour) => {
    const shown = await playVideo(await rendition(name, 'video'), at);
    expect(shown).toMatchObject({ width, height });
    expect(shown.seconds).toBeGreaterThan(2.8);
    expect(shown.seconds).toBeLessThan(3.4);
    expect(distance(shown.pixel, [...colour]), String(shown.pixel)).toBeLessThan(60);
  },
  60_000,
);

/** Decodes a sound: its length in seconds, and how loud (root mean square) a tone and a gap in it are. */
async function decodeSound(src: string) {
  return page.evaluate(async (src) => {
    const bytes = await (await fetch(src)).arrayBuffer();
    const sound = await new OfflineAudioContext(1, 1, 44_100).decodeAudioData(bytes);
    const loudness = (from: number, to: number) => {
      const samples = sound
        .getChannelData(0)
        .subarray(from * sound.sampleRate, to * sound.sampleRate);
      return Math.sqrt(samples.reduce((sum, value) => sum + value ** 2, 0) / samples.length);
    };
    return { seconds: sound.duration, tone: loudness(0.1, 0.4), gap: loudness(0.65, 0.9) };
  }, src);
}

test.each([
  'audio.amr',
  'audio.awb',
  'audio.caf',
  'audio.ogg',
  'audio.mp3',
  'audio.m4a',
  'audio.wma',
  'voice-only.3gp',
])(
  'the browser plays %s as loud as it was',
  async (name) => {
    const [reference] = await receiveFixtures(inbox, 'audio.wav');
    const original = await decodeSound(`/api/v1/media/${reference?.sid}/content`);
    for (const one of [name, 'audio.wav']) {
      const sound = await decodeSound(await rendition(one, 'audio'));
      expect(sound.seconds).toBeGreaterThan(2.4);
      expect(sound.seconds).toBeLessThan(2.8);
      // Decibels to the sound that all of them were made from; AMR-WB itself takes 1.5.
      expect(Math.abs(20 * Math.log10(sound.tone / original.tone))).toBeLessThan(2);
      expect(sound.gap).toBeLessThan(sound.tone / 50);
    }
  },
  60_000,
);

test('the browser shows a text in any charset as it was meant', async () => {
  const reader = await browser.newPage();
  await reader.setExtraHTTPHeaders({ Authorization: `Bearer ${ADMIN_KEY}` });
  await reader.goto(inbox.url + (await rendition('note-shiftjis.txt', 'text')));
  expect(await reader.innerText('body')).toContain('件名：来週の会議について');
  await reader.close();
});
