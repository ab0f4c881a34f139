import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { openGallery } from '../support/gallery-page.ts';
import { smallPicture } from '../support/small-picture.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
let browser: Browser;
beforeAll(async () => {
  inbox = await startTestInbox();
  browser = await startBrowser();
  const bytes = await Promise.all([1, 2, 3].map((seed) => smallPicture(seed)));
  const attachments = bytes.map((bytes) => ({ bytes, contentType: 'image/png' }));
  const { message } = await inbox.receive({ from: '+15550100001', attachments });
  await inbox.mediaOf(message.sid, 'stored');
});
afterAll(async () => {
  await browser.close();
  await inbox.stop();
});

test('the grid prints as a contact sheet, and only what is selected when something is', async () => {
  const { page, close } = await openGallery(browser, inbox);
  const tiles = page.locator('.tile-place');
  await tiles.nth(2).waitFor();
  await page.emulateMedia({ media: 'print' });
  for (const hidden of ['.header', '[role="slider"]', '.tile-check']) {
    expect([hidden, await page.locator(hidden).first().isVisible()]).toEqual([hidden, false]);
  }
  const caption = await tiles.first().evaluate((tile) => getComputedStyle(tile, '::after').content);
  expect(caption).toMatch(/^"\w+ \d+, \d{4}, .* \+15550100001"$/);
  const places = await tiles.evaluateAll((all) =>
    all.map((tile) => tile.getBoundingClientRect().toJSON() as DOMRect),
  );
  expect(places).toHaveLength(3);
  for (const [index, { left, width, height }] of places.entries()) {
    expect([width > 100, height > 100]).toEqual([true, true]);
    if (index > 0) expect(left).toBeGreaterThan(places[index - 1]?.right ?? 0);
  }
  expect((await page.pdf()).toString('latin1')).toMatch(/\/Type \/Page\b/);

  await page.emulateMedia({ media: null });
  await tiles.nth(1).hover();
  await tiles.nth(1).locator('.tile-check').click();
  await page.emulateMedia({ media: 'print' });
  const shown = await tiles.evaluateAll((all) => all.map((tile) => tile.checkVisibility()));
  expect(shown).toEqual([false, true, false]);
  expect(await page.locator('.selection-bar').isVisible()).toBe(false);
  await close();
});
