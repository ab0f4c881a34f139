import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { type Device, openGallery } from '../support/gallery-page.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';
import { importFixture, openSlide } from '../support/viewer-page.ts';

let inbox: TestInbox;
let browser: Browser;
beforeAll(async () => {
  inbox = await startTestInbox({ PATH: process.env.PATH ?? '' });
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
  await inbox.stop();
});

/** What a file has to show; waits for it. */
type Check = (page: Page) => Promise<void>;

/** The whole picture, not its thumbnail. */
const picture =
  (path: RegExp, width: number): Check =>
  async (page) => {
    await eventually(async () => {
      const shown = await openSlide(page)
        .locator('img.pswp__img:not(.pswp__img--placeholder)')
        .evaluate((image: HTMLImageElement) => ({
          src: new URL(image.src).pathname + new URL(image.src).search,
          width: image.naturalWidth,
        }));
      expect(shown.src).toMatch(path);
      expect(shown.width).toBe(width);
    });
  };

const plays: Check = async (page) => {
  const player = openSlide(page).locator('video, audio');
  await eventually(async () => {
    expect(await player.evaluate((media: HTMLMediaElement) => media.readyState)).toBeGreaterThan(0);
  });
  await page.keyboard.press('Space');
  await eventually(async () => {
    expect(await player.evaluate((media: HTMLMediaElement) => media.currentTime)).toBeGreaterThan(
      0.2,
    );
  });
};

const says =
  (...texts: string[]): Check =>
  async (page) => {
    for (const text of texts) await openSlide(page).getByText(text).first().waitFor();
  };

const pages =
  (count: number): Check =>
  async (page) => {
    await eventually(async () => {
      const first = openSlide(page).locator('.slide-page img').first();
      expect(await first.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(
        100,
      );
      // Not its thumbnail.
      expect(await first.getAttribute('src')).toContain('rendition');
    });
    // The others are read when they are near.
    const last = openSlide(page).locator('.slide-page', { hasText: `Page ${count} of ${count}` });
    await last.scrollIntoViewIfNeeded();
    await last.locator('img').waitFor();
  };

const KINDS: [file: string, check: Check][] = [
  ['photo.jpg', picture(/\/content$/, 480)],
  ['photo.png', picture(/\/content$/, 640)],
  ['photo.heic', picture(/\/rendition\?as=picture/, 640)],
  ['animated.gif', picture(/\/content$/, 160)],
  ['animated.webp', picture(/\/content$/, 160)],
  ['video.mp4', plays],
  ['video.3gp', plays],
  ['audio.amr', plays],
  ['audio.mp3', plays],
  ['document.pdf', pages(2)],
  ['multipage.tiff', pages(3)],
  ['encrypted.pdf', says('application/pdf', 'Save the file')],
  ['contact-30.vcf', says('Dr. Sigríður Anna Björnsdóttir', '+354 555 0101', 'Save .vcf')],
  ['event.ics', says('Mittagessen mit Jörg', 'Café am Ufer', '12:30', 'Save .ics')],
  ['note-utf8.txt', says('jalapeños', 'שלום עולם')],
  ['archive.zip', says('application/zip', 'Save the file')],
  ['page.html', says('alert(document.domain)')],
  ['unknown.bin', says('Save the file')],
];

const DEVICES: Device[] = ['desktop', 'phone'];
const ON_PHONES = ['photo.heic', 'video.mp4', 'audio.amr', 'document.pdf', 'contact-30.vcf'];
const ALL = DEVICES.flatMap((device) =>
  KINDS.filter(([file]) => device === 'desktop' || ON_PHONES.includes(file)).map(
    ([file, check]) => ({ device, file, check }),
  ),
);

test.each(ALL)('$file is shown: $device', async ({ device, file, check }) => {
  const { sid, sha256 } = await importFixture(inbox, file);
  const { page, checkQuiet, close } = await openGallery(browser, inbox, {
    device,
    path: `/m/${sid}?sha256=${sha256}`,
  });
  await check(page);
  await checkQuiet();
  await close();
});

test('animations move', async () => {
  const { sid } = await importFixture(inbox, 'animated.gif');
  const { page, close } = await openGallery(browser, inbox, { path: `/m/${sid}` });
  await picture(/\/content$/, 160)(page);
  const image = openSlide(page).locator('img.pswp__img').last();
  const first = await image.screenshot();
  await eventually(async () => {
    expect((await image.screenshot()).equals(first)).toBe(false);
  });
  await close();
});

test('a damaged file says why there is no more to see', async () => {
  const { sid } = await importFixture(inbox, 'photo.jpg');
  const { body } = await inbox
    .api('post', '/api/v1/media')
    .field({ from: '+15551234567', to: '+15557654321' })
    .attach('files', Buffer.from('\xff\xd8\xff\xe0 not a picture', 'latin1'), 'broken.jpg')
    .expect(201);
  const { page, close } = await openGallery(browser, inbox, { path: `/m/${sid}` });
  await page.goto(`${inbox.url}/m/${body.items[0].sid}`);
  await says('broken.jpg', 'Save the file')(page);
  await close();
});

test('all of a contact file can be read, and numbers are copied', async () => {
  const { sid, sha256 } = await importFixture(inbox, 'contact-30.vcf');
  const { page, context, checkQuiet, close } = await openGallery(browser, inbox, {
    path: `/m/${sid}?sha256=${sha256}`,
  });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openSlide(page)
    .getByRole('button', { name: /Copy.*\+354 555 0101/ })
    .click();
  await page.getByText('Copied').first().waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('+354 555 0101');
  await openSlide(page).getByText('All that is in the file').click();
  await openSlide(page).getByText('BEGIN:VCARD').waitFor();
  await checkQuiet();
  await close();
});

test.each([
  ['photo.jpg', '**/content', picture(/content$/, 480)],
  [
    'note-utf8.txt',
    '**/rendition?*',
    (page: Page) => openSlide(page).locator('pre').filter({ hasText: /\S/ }).waitFor(),
  ],
] as const)(
  'without a network %s cannot be shown, and comes back with it',
  async (file, url, check) => {
    const { sid } = await importFixture(inbox, file);
    const { page, context, close } = await openGallery(browser, inbox);
    let failed = 0;
    await page.route(url, (route) => {
      failed += 1;
      return route.abort();
    });
    await page.goto(`${inbox.url}/m/${sid}`);
    await eventually(async () => expect(failed).toBeGreaterThan(0));
    await context.setOffline(true);
    await page.getByRole('status').filter({ hasText: 'Connection lost' }).first().waitFor();
    await page.unroute(url);
    await context.setOffline(false);
    await check(page);
    await close();
  },
);
