import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { checkAccessible } from '../support/axe.ts';
import { startBrowser } from '../support/browser.ts';
import {
  claimedSids,
  createModerator,
  holdPictures,
  type Moderator,
  nextShown,
  openDesk,
  shownSid,
} from '../support/desk-page.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
let browser: Browser;
let ada: Moderator;
let n = 0;
beforeAll(async () => {
  inbox = await startTestInbox();
  browser = await startBrowser();
});
beforeEach(async () => {
  n += 1;
  ada = await createModerator(inbox, `ada-${n}`);
});
afterAll(async () => {
  await browser.close();
  await inbox.stop();
});

async function workOn(count: number) {
  const from = `+1555000${2000 + n}`;
  const sids = await holdPictures(inbox, count, { from });
  const path = `/desk/held?from=${encodeURIComponent(from)}`;
  const gallery = await openDesk(browser, inbox, ada, { path });
  const first = String(await nextShown(gallery.page, null));
  return { ...gallery, sids, first, path };
}

/** As if somebody had worked for so long, until now. */
async function haveWorked(page: Page, minutes: number): Promise<void> {
  const known = [`desk-work ada-${n}`, minutes * 60_000] as const;
  await page.evaluate(([key, ms]) => {
    localStorage.setItem(key, JSON.stringify({ ms, items: 7, until: Date.now() }));
  }, known);
}

const title = (page: Page) => page.getByRole('heading', { name: 'Time for a break?' });

test('after a number of attachments, set in the menu: nothing is taken until one goes on by a key', async () => {
  const { page, first, checkQuiet, close } = await workOn(4);
  await page.getByRole('button', { name: 'How pictures are shown' }).click();
  await page.getByLabel('Reminder of a break').selectOption('After some attachments');
  await page.getByLabel('attachments', { exact: true }).fill('2');
  await page.keyboard.press('Tab');
  await checkAccessible(page, 'the settings');
  await page.keyboard.press('Escape');
  await page.keyboard.press('a');
  const second = await nextShown(page, first);
  await page.keyboard.press('s');
  await title(page).waitFor();
  await page.getByText('with 2 attachments done').waitFor();
  expect(await claimedSids(inbox)).toEqual([]);
  await checkAccessible(page, 'a break');
  // What was decided before can still be taken back.
  await page.keyboard.press('n');
  const third = await nextShown(page, second);
  expect(third).not.toBeNull();
  // Another count has begun.
  await page.keyboard.press('a');
  expect(await nextShown(page, third)).not.toBeNull();
  expect(await title(page).count()).toBe(0);
  await checkQuiet();
  await close();
});

test('after minutes of work: who stays with one attachment gives it back', async () => {
  const { page, first, checkQuiet, close } = await workOn(2);
  expect(await claimedSids(inbox)).toContain(first);
  // An hour is the default; while something is written, nothing happens.
  await page.getByLabel('Reason in words').focus();
  await haveWorked(page, 62);
  const keptMs = () =>
    page.evaluate((key) => JSON.parse(localStorage.getItem(key) ?? '{}').ms, `desk-work ada-${n}`);
  await eventually(async () => expect(await keptMs()).toBeGreaterThan(62 * 60_000));
  expect(await shownSid(page)).toBe(first);
  await page.keyboard.press('Escape');
  await title(page).waitFor();
  await page.getByText('You have worked for 62 minutes, with 7 attachments done.').waitFor();
  await eventually(async () => expect(await claimedSids(inbox)).not.toContain(first));
  await page.keyboard.press('n');
  expect(await nextShown(page, null)).toBe(first);
  await checkQuiet();
  await close();
});

test('it can be turned off, for one moderator', async () => {
  const { page, first, close } = await workOn(3);
  await page.getByRole('button', { name: 'How pictures are shown' }).click();
  await page.getByLabel('Reminder of a break').selectOption('No reminder');
  await page.keyboard.press('Escape');
  await haveWorked(page, 300);
  await page.keyboard.press('a');
  const second = await nextShown(page, first);
  await page.reload();
  await haveWorked(page, 300);
  expect(await nextShown(page, null)).toBe(second);
  await close();
});

test('a tab that is not seen counts nothing, and a second one that is seen counts no time again', async () => {
  const { page, context, path, close } = await workOn(3);
  await haveWorked(page, 10);
  const read = () =>
    page.evaluate((key) => {
      const { ms, until } = JSON.parse(localStorage.getItem(key) ?? '{}');
      return { ms: ms - 600_000, until };
    }, `desk-work ada-${n}`);
  const began = await read();
  const other = await context.newPage();
  await other.goto(inbox.url + path.replace('held', 'reported'));
  // Headless Chromium shows all tabs at once.
  await eventually(async () => expect((await read()).ms).toBeGreaterThan(10_000));
  const { ms, until } = await read();
  expect(ms).toBeLessThanOrEqual(until - began.until);
  await other.close();
  await page.evaluate(() => {
    Object.defineProperty(document, 'hidden', { value: true });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  const hidden = await read();
  // Longer than until it would be counted again.
  await page.waitForTimeout(6000);
  expect(await read()).toEqual(hidden);
  await close();
}, 60_000);
