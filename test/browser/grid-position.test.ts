import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { type Device, openGallery } from '../support/gallery-page.ts';
import { type SeenTile, seenTiles, waitForRest, waitForThumbnails } from '../support/grid-page.ts';
import { SEEDED_SENDER, seedGallery } from '../support/seed-gallery.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
let browser: Browser;
beforeAll(async () => {
  inbox = await startTestInbox();
  browser = await startBrowser();
  const days = Array.from({ length: 30 }, (_, day) => ({
    from: new Date(2026, 9, 30 - day * 6, 8),
    count: 5 + ((day * 11) % 30),
    stepMs: 60_000,
  }));
  await seedGallery(inbox, [...days, { from: new Date(2025, 5, 1, 2), count: 900, stepMs: 1000 }]);
});
afterAll(async () => {
  await browser.close();
  await inbox.stop();
});

const DEVICES: Device[] = ['desktop', 'phone'];

/** Scrolls far down, where nothing was loaded before. */
async function scrollTo(page: Page, position: number): Promise<SeenTile[]> {
  await page.evaluate((top) => document.getElementById('content')?.scrollTo(0, top), position);
  await waitForThumbnails(page);
  await waitForRest(page);
  return seenTiles(page);
}

async function expectSeen(page: Page, expected: SeenTile[]): Promise<void> {
  await eventually(async () => expect(await seenTiles(page)).toEqual(expected));
  await waitForRest(page);
  expect(await seenTiles(page)).toEqual(expected);
}

test.each(DEVICES)('a reload leads to where it was: %s', async (device) => {
  const { page, checkQuiet, close } = await openGallery(browser, inbox, { device });
  await waitForThumbnails(page);
  for (const position of [2345, 20_500]) {
    const before = await scrollTo(page, position);
    await page.reload();
    await expectSeen(page, before);
  }
  await checkQuiet();
  await close();
});

test.each(DEVICES)('Back leads to where it was, from another filter: %s', async (device) => {
  const { page, checkQuiet, close } = await openGallery(browser, inbox, { device });
  await waitForThumbnails(page);
  const before = await scrollTo(page, 15_000);
  // A link of the page, as the filter's chips are.
  await page.evaluate((sender) => {
    history.pushState(null, '', `/?from=${encodeURIComponent(sender)}`);
    dispatchEvent(new PopStateEvent('popstate'));
  }, SEEDED_SENDER);
  await eventually(async () => {
    expect(await page.evaluate(() => document.getElementById('content')?.scrollTop)).toBe(0);
  });
  await waitForThumbnails(page);
  await page.goBack();
  await expectSeen(page, before);
  await checkQuiet();
  await close();
});

test('a new document is left and come back to', async () => {
  const { page, close } = await openGallery(browser, inbox);
  await waitForThumbnails(page);
  const before = await scrollTo(page, 9000);
  await page.goto(`${inbox.url}/healthz`);
  await page.goBack();
  await expectSeen(page, before);
  await close();
});

test('what is seen is seen after the phone was turned, and back', async () => {
  const { page, checkQuiet, close } = await openGallery(browser, inbox, { device: 'phone' });
  await waitForThumbnails(page);
  const [first] = await scrollTo(page, 6000);
  await page.setViewportSize({ width: 844, height: 390 });
  await waitForThumbnails(page);
  await eventually(async () => {
    expect((await seenTiles(page)).map(({ sid }) => sid)).toContain(first?.sid);
  });
  await page.setViewportSize({ width: 390, height: 844 });
  await waitForThumbnails(page);
  await eventually(async () => {
    expect((await seenTiles(page)).map(({ sid }) => sid)).toContain(first?.sid);
  });
  await checkQuiet();
  await close();
});

test('one that a link has opened is found in the grid when it is closed', async () => {
  const { page, checkQuiet, close } = await openGallery(browser, inbox);
  await waitForThumbnails(page);
  const far = (await scrollTo(page, 20_500))[5]?.sid ?? '';
  await page.goto(`${inbox.url}/m/${far}`);
  await page.getByRole('button', { name: 'Next', exact: true }).waitFor();
  await page.keyboard.press('Escape');
  await page.locator(`[data-sid="${far}"]:focus`).waitFor();
  expect((await seenTiles(page)).map(({ sid }) => sid)).toContain(far);
  await checkQuiet();
  await close();
});

test('an attachment is opened and closed without moving the grid', async () => {
  const { page, close } = await openGallery(browser, inbox);
  await waitForThumbnails(page);
  const before = await scrollTo(page, 8000);
  const opened = before[5]?.sid ?? '';
  await page.locator(`[data-sid="${opened}"]`).click();
  await page.waitForURL(`${inbox.url}/m/${opened}`);
  await page.goBack();
  await page.waitForURL(`${inbox.url}/`);
  await expectSeen(page, before);
  await close();
});
