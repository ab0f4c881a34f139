import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { type Device, openGallery } from '../support/gallery-page.ts';
import { waitForThumbnails } from '../support/grid-page.ts';
import { gallerySid, seedGallery } from '../support/seed-gallery.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const COUNT = 60;
let inbox: TestInbox;
let browser: Browser;
beforeAll(async () => {
  inbox = await startTestInbox();
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
  await inbox.stop();
});

const DEVICES: Device[] = ['desktop', 'phone'];

function newest(page: Page) {
  return page.locator(`[data-sid="${gallerySid(COUNT)}"]`);
}

test.each(DEVICES)('an empty inbox says what will be here: %s', async (device) => {
  const { page, checkQuiet, close } = await openGallery(browser, inbox, { device });
  await page.getByText('Messages to your number appear here.').waitFor();
  await checkQuiet();
  await close();
});

test.each(DEVICES)(
  'rows fill the width, in the proportions of the pictures: %s',
  async (device) => {
    if (device === 'desktop') {
      await seedGallery(inbox, [{ from: new Date(2026, 9, 20, 8), count: COUNT, stepMs: 1000 }]);
    }
    const { page, checkQuiet, close } = await openGallery(browser, inbox, { device });
    await waitForThumbnails(page);
    await page.getByRole('heading', { name: 'Tuesday, October 20 60 attachments' }).waitFor();
    const rows = await page.evaluate(() => {
      const widths = new Map<number, { left: number; right: number }>();
      for (const tile of document.querySelectorAll('.tile')) {
        const { top, left, right } = tile.getBoundingClientRect();
        const row = widths.get(top) ?? { left, right };
        widths.set(top, { left: Math.min(left, row.left), right: Math.max(right, row.right) });
      }
      return [...widths.values()].map(({ left, right }) => right - left);
    });
    // But the last one.
    const widest = Math.max(...rows);
    expect(rows.slice(0, 3)).toEqual([widest, widest, widest]);
    const shapes = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLImageElement>('.tile img')].map(
        (image) =>
          image.clientWidth / image.clientHeight / (image.naturalWidth / image.naturalHeight),
      ),
    );
    for (const shape of shapes.slice(0, 5)) expect(shape).toBeCloseTo(1, 1);
    await checkQuiet();
    await close();
  },
);

test('a thumbnail that fails shows its card', async () => {
  const { page, close } = await openGallery(browser, inbox, { key: null });
  await page.route('**/thumbnail?*', (route) =>
    route.request().url().includes(gallerySid(COUNT)) ? route.abort() : route.continue(),
  );
  await page.getByLabel('API key').fill('admin-key-for-tests');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await newest(page).locator('.tile-card').getByText('Picture').waitFor();
  expect(await newest(page).locator('img').count()).toBe(0);
  await close();
});

test('nothing that matches the filter says so, and leads back to everything', async () => {
  const path = `/?from=${encodeURIComponent('+15550000000')}`;
  const { page, checkQuiet, close } = await openGallery(browser, inbox, { path });
  await page.getByText('Nothing was found with this filter.').waitFor();
  await page.locator('#content').getByRole('button', { name: 'Clear filter' }).click();
  await newest(page).waitFor();
  expect(page.url()).toBe(`${inbox.url}/`);
  await checkQuiet();
  await close();
});

test('a server that does not answer is asked again', async () => {
  const { page, close } = await openGallery(browser, inbox, { key: null });
  let isDown = true;
  await page.route('**/media/buckets?*', (route) => (isDown ? route.abort() : route.continue()));
  await page.getByLabel('API key').fill('admin-key-for-tests');
  await page.getByRole('button', { name: 'Sign in' }).click();
  // Once the events are there, the page tries it again by itself.
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  await page.locator('#content').getByText('The server does not answer.').waitFor();
  isDown = false;
  await page.locator('#content').getByRole('button', { name: 'Try again' }).click();
  await newest(page).waitFor();
  await close();
});

test('rows that cannot be loaded say so, and are tried again', async () => {
  const { page, close } = await openGallery(browser, inbox, { key: null });
  let isDown = true;
  await page.route(/\/api\/v1\/media\?.*limit=100/, (route) =>
    isDown ? route.abort() : route.continue(),
  );
  await page.getByLabel('API key').fill('admin-key-for-tests');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  await page.locator('.chunk-failed').first().waitFor();
  isDown = false;
  await page.locator('.chunk-failed').first().getByRole('button', { name: 'Try again' }).click();
  await newest(page).waitFor();
  await close();
});

test('the middle button leaves the page as it is, and opens a tab', async () => {
  const { page, context, close } = await openGallery(browser, inbox);
  await waitForThumbnails(page);
  const opened = context.waitForEvent('page');
  await newest(page).click({ button: 'middle' });
  expect((await opened).url()).toContain(`/m/${gallerySid(COUNT)}`);
  expect(page.url()).toBe(`${inbox.url}/`);
  await close();
});
