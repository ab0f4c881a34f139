import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { type Device, openGallery } from '../support/gallery-page.ts';
import { countTiles, scrollBy, seenTiles, waitForThumbnails } from '../support/grid-page.ts';
import { gallerySid, seedGallery } from '../support/seed-gallery.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const LARGE = 70_000;
const MAX_TILES = 400;
const DEVICES: Device[] = ['desktop', 'phone'];

let inbox: TestInbox;
let browser: Browser;
beforeAll(async () => {
  inbox = await startTestInbox();
  browser = await startBrowser();
  await seedGallery(inbox, [
    { from: new Date(2026, 9, 20, 1), count: LARGE, stepMs: 1000 },
    { from: new Date(2026, 10, 1, 8), count: 30, stepMs: 60_000 },
    { from: new Date(2026, 2, 5, 8), count: 30, stepMs: 60_000 },
  ]);
});
afterAll(async () => {
  await browser.close();
  await inbox.stop();
});

/** Where the middle of the axis is, on the screen. */
async function clickAxis(page: Page, part: number): Promise<void> {
  const box = await page.locator('.scrubber-track').boundingBox();
  if (box === null) throw new Error('There is no axis');
  await page.mouse.click(box.x + box.width / 2, box.y + box.height * part);
}

test('70,000 of one day: the axis leads into the middle, and little is in the document', async () => {
  const { page, checkQuiet, close } = await openGallery(browser, inbox);
  await waitForThumbnails(page);
  await clickAxis(page, 0.5);
  await waitForThumbnails(page);
  const [first] = await seenTiles(page);
  const number = Number.parseInt(first?.sid.slice(2) ?? '', 16);
  expect(number).toBeGreaterThan(LARGE * 0.3);
  expect(number).toBeLessThan(LARGE * 0.7);
  expect(await countTiles(page)).toBeLessThanOrEqual(MAX_TILES);
  // The tiles follow one another, across chunks, too.
  for (let step = 0; step < 12; step += 1) {
    await scrollBy(page, 3000);
    await waitForThumbnails(page);
    const numbers = (await seenTiles(page)).map(({ sid }) => Number.parseInt(sid.slice(2), 16));
    expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) - index));
    expect(await countTiles(page)).toBeLessThanOrEqual(MAX_TILES);
  }
  await checkQuiet();
  await close();
});

test.each(DEVICES)(
  'the keys of the axis lead to days, months and both ends: %s',
  async (device) => {
    const { page, checkQuiet, close } = await openGallery(browser, inbox, { device });
    await waitForThumbnails(page);
    const axis = page.getByRole('slider');
    await axis.focus();
    const first = async () => (await seenTiles(page))[0]?.sid;
    await axis.press('End');
    // Those with its thumbnails.
    await eventually(async () => expect(await axis.getAttribute('aria-valuenow')).not.toBe('0'));
    await waitForThumbnails(page);
    await axis.press('Home');
    await eventually(async () => expect(await first()).toBe(gallerySid(LARGE + 30)));
    await axis.press('ArrowDown');
    await eventually(async () => expect(await first()).toBe(gallerySid(LARGE)));
    await axis.press('PageDown');
    await eventually(async () => expect(await first()).toBe(gallerySid(LARGE + 60)));
    expect(await axis.getAttribute('aria-valuetext')).toBe('Thursday, March 5, 30 attachments');
    await axis.press('PageUp');
    await eventually(async () => expect(await first()).toBe(gallerySid(LARGE)));
    await checkQuiet();
    await close();
  },
);

test('dragging the axis says which month it is', async () => {
  const { page, checkQuiet, close } = await openGallery(browser, inbox);
  await waitForThumbnails(page);
  const box = await page.locator('.scrubber-track').boundingBox();
  const x = (box?.x ?? 0) + 20;
  await page.mouse.move(x, (box?.y ?? 0) + 1);
  await page.mouse.down();
  await page.mouse.move(x, (box?.y ?? 0) + (box?.height ?? 0) / 2, { steps: 8 });
  await page.getByText(/October( \d+,)? 2026/).waitFor();
  await page.mouse.up();
  await waitForThumbnails(page);
  await checkQuiet();
  await close();
});

test('thumbnails are there after fast scrolling, and after a jump', async () => {
  const { page, checkQuiet, close } = await openGallery(browser, inbox);
  await waitForThumbnails(page);
  await page.mouse.move(400, 400);
  for (let step = 0; step < 60; step += 1) {
    await page.mouse.wheel(0, 1500);
    await page.evaluate(() => new Promise((frame) => requestAnimationFrame(frame)));
  }
  await waitForThumbnails(page);
  await clickAxis(page, 0.9);
  await waitForThumbnails(page);
  await checkQuiet();
  await close();
});

test('a range is selected across rows that are not loaded', async () => {
  const { page, checkQuiet, close } = await openGallery(browser, inbox);
  await page.getByRole('slider').press('ArrowDown');
  await waitForThumbnails(page);
  const check = (n: number) => page.locator(`[data-check="${gallerySid(n)}"]`);
  await page.locator(`[data-sid="${gallerySid(LARGE - 3)}"]`).hover();
  await check(LARGE - 3).click();
  await page.getByText('1 selected', { exact: true }).first().waitFor();
  // Some chunks further down: those in between were never near the screen.
  await page.evaluate(() => {
    const element = document.getElementById('content');
    element?.scrollBy(0, 55_000);
  });
  await waitForThumbnails(page);
  const end = (await seenTiles(page))[5]?.sid ?? '';
  const number = Number.parseInt(end.slice(2), 16);
  expect(LARGE - number).toBeGreaterThan(800);
  await page.locator(`[data-sid="${end}"]`).click({ modifiers: ['Shift'] });
  const expected = LARGE - 3 - number + 1;
  const said = new Intl.NumberFormat('en').format(expected);
  await page
    .locator('.selection-count')
    .filter({ hasText: `${said} selected` })
    .waitFor();
  await page.keyboard.press('Escape');
  await page.locator('.selection-bar').waitFor({ state: 'detached' });
  await checkQuiet();
  await close();
});

test('a range that is too long is cut, and says so', async () => {
  const { page, close } = await openGallery(browser, inbox);
  await page.getByRole('slider').press('ArrowDown');
  await waitForThumbnails(page);
  const start = gallerySid(LARGE);
  await page.locator(`[data-sid="${start}"]`).hover();
  await page.locator(`[data-check="${start}"]`).click();
  await clickAxis(page, 0.5);
  await waitForThumbnails(page);
  const end = (await seenTiles(page))[5]?.sid ?? '';
  await page.locator(`[data-sid="${end}"]`).click({ modifiers: ['Shift'] });
  await page.locator('.selection-count').filter({ hasText: '2,000 selected' }).waitFor();
  await page.getByText('At most 2,000 can be selected at once.').waitFor();
  await close();
});
