import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { openGallery } from '../support/gallery-page.ts';
import { seenTiles, waitForThumbnails } from '../support/grid-page.ts';
import { gallerySid, seedGallery } from '../support/seed-gallery.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const COUNT = 450;
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

function focusedSid(page: Page): Promise<string | undefined> {
  return page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset.sid);
}

/** Waits until a tile has the focus. */
async function expectFocus(page: Page, sid: string): Promise<void> {
  await eventually(async () => expect(await focusedSid(page)).toBe(sid));
}

test('arrows move in two dimensions, Enter opens, and the focus comes back', async () => {
  const { page, checkQuiet, close } = await openGallery(browser, inbox);
  await waitForThumbnails(page);
  await page.locator(`[data-sid="${gallerySid(COUNT)}"]`).focus();
  await page.keyboard.press('ArrowRight');
  await expectFocus(page, gallerySid(COUNT - 1));
  await page.keyboard.press('ArrowDown');
  await eventually(async () => {
    const tiles = await seenTiles(page);
    const sid = await focusedSid(page);
    const top = tiles.find((tile) => tile.sid === sid)?.top ?? 0;
    expect(top).toBeGreaterThan(tiles[0]?.top ?? 0);
  });
  await page.keyboard.press('ArrowUp');
  await expectFocus(page, gallerySid(COUNT - 1));
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await expectFocus(page, gallerySid(COUNT));
  await page.keyboard.press('Enter');
  await page.waitForURL(`${inbox.url}/m/${gallerySid(COUNT)}`);
  await page.goBack();
  await page.waitForURL(`${inbox.url}/`);
  await expectFocus(page, gallerySid(COUNT));
  await checkQuiet();
  await close();
});

test('the first arrow enters the grid, from a fresh page and by the skip link', async () => {
  const { page, checkQuiet, close } = await openGallery(browser, inbox);
  await waitForThumbnails(page);
  await page.keyboard.press('ArrowDown');
  await expectFocus(page, gallerySid(COUNT));
  await page.keyboard.press('x');
  await page.locator('.selection-count', { hasText: '1 selected' }).waitFor();
  await page.reload();
  await waitForThumbnails(page);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  expect(page.url()).toBe(`${inbox.url}/`);
  await page.keyboard.press('ArrowRight');
  await expectFocus(page, gallerySid(COUNT));
  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await help.getByText('In the list: open').waitFor();
  await checkQuiet();
  await close();
});

test('a held arrow goes far down, across what has to be loaded, and End to the end', async () => {
  const { page, checkQuiet, close } = await openGallery(browser, inbox);
  await waitForThumbnails(page);
  await page.locator(`[data-sid="${gallerySid(COUNT)}"]`).focus();
  for (let step = 0; step < 60; step += 1) {
    const before = await focusedSid(page);
    await page.keyboard.press('ArrowDown');
    await eventually(async () => {
      const now = await focusedSid(page);
      expect(now).toBeDefined();
      expect(now).not.toBe(before);
    });
  }
  const number = Number.parseInt((await focusedSid(page))?.slice(2) ?? '', 16);
  expect(number).toBeLessThan(COUNT - 200);
  await page.keyboard.press('Home');
  await expectFocus(page, gallerySid(COUNT));
  await page.keyboard.press('End');
  await eventually(async () =>
    expect((await seenTiles(page)).at(-1)?.sid).toBe(await focusedSid(page)),
  );
  await checkQuiet();
  await close();
});

test('x selects once however long it is held, Shift and arrows select ranges', async () => {
  const { page, checkQuiet, close } = await openGallery(browser, inbox);
  await waitForThumbnails(page);
  await page.locator(`[data-sid="${gallerySid(COUNT)}"]`).focus();
  const count = page.locator('.selection-count');
  await page.keyboard.down('x');
  await page.keyboard.down('x');
  await page.keyboard.down('x');
  await page.keyboard.up('x');
  await count.filter({ hasText: '1 selected' }).waitFor();
  await page.keyboard.press('Shift+ArrowRight');
  await count.filter({ hasText: '2 selected' }).waitFor();
  await page.keyboard.press('Shift+ArrowRight');
  await count.filter({ hasText: '3 selected' }).waitFor();
  // Left to the browser.
  await page.keyboard.press('Control+x');
  await page.keyboard.press('Control+a');
  await count.filter({ hasText: '3 selected' }).waitFor();
  await page.keyboard.press('Escape');
  await count.waitFor({ state: 'detached' });
  await checkQuiet();
  await close();
});

test('the Tab key leads to one tile, and on', async () => {
  const { page, close } = await openGallery(browser, inbox);
  await waitForThumbnails(page);
  expect(await page.locator('.tile[tabindex="0"]').count()).toBe(1);
  await page.locator('.tile[tabindex="0"]').focus();
  await page.keyboard.press('Tab');
  expect(await focusedSid(page)).toBeUndefined();
  await close();
});

test('selected attachments are downloaded as one zip', async () => {
  const { page, checkQuiet, close } = await openGallery(browser, inbox);
  await waitForThumbnails(page);
  await page.locator(`[data-sid="${gallerySid(COUNT)}"]`).focus();
  await page.keyboard.press('x');
  await page.keyboard.press('Shift+ArrowRight');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download' }).click();
  expect((await download).suggestedFilename()).toMatch(/\.zip$/);
  await checkQuiet();
  await close();
});
