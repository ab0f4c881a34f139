import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { checkLook, LOOKS } from '../support/desk-lists.ts';
import { createModerator, holdPictures, type Moderator, openDesk } from '../support/desk-page.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
let browser: Browser;
let ada: Moderator;
beforeAll(async () => {
  inbox = await startTestInbox();
  browser = await startBrowser();
  ada = await createModerator(inbox, 'ada');
  const bob = await createModerator(inbox, 'bob');
  const [first, second] = await holdPictures(inbox, 4);
  for (const [moderator, sid, decision] of [
    [ada, first, 'approve'],
    [bob, first, 'quarantine'],
    [ada, second, 'quarantine'],
  ] as const) {
    const path = `/api/v1/media/${sid}/decision`;
    await moderator.call('post', path).send({ decision }).expect(200);
  }
});
afterAll(async () => {
  await browser.close();
  await inbox.stop();
});

test('by keyboard: what waits, and what was decided by whom', async () => {
  const { page, checkQuiet, close } = await openDesk(browser, inbox, ada, { path: '/desk' });
  await page.getByRole('link', { name: 'Figures' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('img', { name: '7 decisions by the hour' }).waitFor();
  expect(await page.locator('.figures-queues li', { hasText: 'Held' }).innerText()).toContain('2');
  const row = page.getByRole('table', { name: 'By moderator' }).getByRole('row');
  expect((await row.filter({ hasText: 'ada' }).innerText()).split(/\s+/)).toEqual([
    ...['ada', '1', '0', '1', '0', '2'],
  ]);
  await page.getByText('Nothing to compare').first().waitFor();
  const overturned = page.locator('.figures-facts div', { hasText: 'of somebody else' });
  expect(await overturned.innerText()).toMatch(/1$/);
  await page.getByRole('link', { name: 'Held' }).click();
  await page.locator('.desk-stage').waitFor();
  expect(new URL(page.url()).pathname).toBe('/desk/held');
  await checkQuiet();
  await close();
});

test.each(LOOKS)('the look of it: %s, %s', async (device, colorScheme) => {
  const options = { colorScheme, reducedMotion: 'reduce' as const };
  const opened = await openDesk(browser, inbox, ada, { device, options, path: '/desk/figures' });
  const { page, checkQuiet, close } = opened;
  await page.getByRole('img', { name: '7 decisions by the hour' }).waitFor();
  await checkLook(page, 'the figures');
  await checkQuiet();
  await close();
});
