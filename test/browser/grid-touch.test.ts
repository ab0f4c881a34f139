import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { type GalleryPage, openGallery } from '../support/gallery-page.ts';
import { seenTiles, waitForRest, waitForThumbnails } from '../support/grid-page.ts';
import { gallerySid, seedGallery } from '../support/seed-gallery.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const COUNT = 300;
let inbox: TestInbox;
let browser: Browser;
beforeAll(async () => {
  inbox = await startTestInbox();
  browser = await startBrowser();
  await seedGallery(inbox, [{ from: new Date(2026, 9, 20, 8), count: COUNT, stepMs: 1000 }]);
});
afterAll(async () => {
  await browser.close();
  await inbox.stop();
});

async function openPhone(): Promise<GalleryPage & { fingers: CDPSession }> {
  const gallery = await openGallery(browser, inbox, { device: 'phone' });
  await waitForThumbnails(gallery.page);
  return { ...gallery, fingers: await gallery.context.newCDPSession(gallery.page) };
}

async function middleOf(page: Page, sid: string): Promise<{ x: number; y: number }> {
  const box = await page.locator(`[data-sid="${sid}"]`).boundingBox();
  if (box === null) throw new Error(`There is no tile ${sid}`);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** A finger that stays on a tile until something is selected. */
async function longPress(page: Page, fingers: CDPSession, sid: string): Promise<void> {
  const point = await middleOf(page, sid);
  await fingers.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [point] });
  await page.locator('.selection-bar').waitFor();
  await fingers.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
}

test('fingers that scroll select nothing, however slowly', async () => {
  const { page, fingers, checkQuiet, close } = await openPhone();
  const { x, y } = await middleOf(page, gallerySid(COUNT - 4));
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', moved: number) =>
    fingers.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: type === 'touchEnd' ? [] : [{ x, y: y - moved }],
    });
  const start = Date.now();
  await touch('touchStart', 0);
  for (let moved = 0; moved < 240 || Date.now() - start < 1200; moved += 4) {
    await touch('touchMove', Math.min(moved, 300));
    await page.evaluate(() => new Promise((frame) => requestAnimationFrame(frame)));
  }
  await touch('touchEnd', 0);
  await waitForRest(page);
  expect(await page.evaluate(() => document.getElementById('content')?.scrollTop)).toBeGreaterThan(
    100,
  );
  expect(await page.locator('.selection-bar').count()).toBe(0);
  expect(page.url()).toBe(`${inbox.url}/`);
  await checkQuiet();
  await close();
});

test('a finger that stays selects, further taps add to it, and one opens afterwards', async () => {
  const { page, fingers, checkQuiet, close } = await openPhone();
  await longPress(page, fingers, gallerySid(COUNT));
  await page.locator('.selection-count').filter({ hasText: '1 selected' }).waitFor();
  // Two lines.
  expect((await page.locator('.selection-bar').boundingBox())?.height).toBeLessThan(120);
  await page.locator(`[data-sid="${gallerySid(COUNT - 1)}"]`).tap();
  await page.locator('.selection-count').filter({ hasText: '2 selected' }).waitFor();
  await page.locator(`[data-sid="${gallerySid(COUNT)}"]`).tap();
  await page.locator('.selection-count').filter({ hasText: '1 selected' }).waitFor();
  expect(page.url()).toBe(`${inbox.url}/`);
  await page.getByRole('button', { name: 'Clear the selection' }).tap();
  await page.locator('.selection-bar').waitFor({ state: 'detached' });
  await page.locator(`[data-sid="${gallerySid(COUNT)}"]`).tap();
  await page.waitForURL(`${inbox.url}/m/${gallerySid(COUNT)}`);
  await checkQuiet();
  await close();
});

test('the handle of the axis is there while fingers scroll, and can be dragged', async () => {
  const { page, fingers, checkQuiet, close } = await openPhone();
  await fingers.send('Input.synthesizeScrollGesture', { x: 200, y: 500, yDistance: -300 });
  const thumb = page.locator('.scrubber.is-shown .scrubber-thumb');
  await thumb.waitFor();
  const box = await thumb.boundingBox();
  const x = (box?.x ?? 0) + 20;
  const y = (box?.y ?? 0) + 26;
  await fingers.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x, y }] });
  for (let step = 1; step <= 10; step += 1) {
    const point = { x, y: y + step * 40 };
    await fingers.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: [point] });
  }
  await page.getByText('October 20, 2026').waitFor();
  await fingers.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await waitForThumbnails(page);
  await eventually(async () => {
    const [first] = await seenTiles(page);
    expect(Number.parseInt(first?.sid.slice(2) ?? '', 16)).toBeLessThan(COUNT - 100);
  });
  await checkQuiet();
  await close();
});
