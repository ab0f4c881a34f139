import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { createModerator, openDesk } from '../support/desk-page.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

/** Of a finger, in pixels. */
const FINGER = 44;
const SENDER = '+15550001111';
const HASHES = 51;

let inbox: TestInbox;
let browser: Browser;
beforeAll(async () => {
  inbox = await startTestInbox();
  browser = await startBrowser();
  const lines = Array.from({ length: HASHES }, (_, n) => `sha256:${String(n).padStart(64, '0')}`);
  await inbox
    .api('post', '/api/v1/blocklist')
    .attach('file', Buffer.from(lines.join('\n')), 'list.txt')
    .expect(200);
  await inbox.api('put', '/api/v1/senders').send({ address: SENDER, muted: true }).expect(200);
});
afterAll(async () => {
  await browser.close();
  await inbox.stop();
});

/** Buttons and choices that a finger would miss. */
function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate((least) => {
    const targets = document.querySelectorAll('main button, .list-choices a, .desk-nav a');
    return [...targets]
      .filter((target) => target.getBoundingClientRect().height < least)
      .map(({ outerHTML }) => outerHTML);
  }, FINGER);
}

test('by touch on a phone: from list to list, more of one, a sender and back', async () => {
  const ada = await createModerator(inbox, 'ada');
  const opened = await openDesk(browser, inbox, ada, { device: 'phone', path: '/desk' });
  const { page, close } = opened;
  const nav = page.getByRole('navigation', { name: 'Desk' });
  const cards = page.locator('.list-table tbody tr');
  await nav.getByText('Deletions').tap();
  await page.getByText('There are no deletions here.').waitFor();
  expect(await smallTargets(page)).toEqual([]);

  await nav.getByText('Blocklist').tap();
  await cards.nth(49).waitFor();
  // Cards, of the width of the screen.
  const { width = 0 } = page.viewportSize() ?? {};
  expect((await cards.first().boundingBox())?.width).toBeLessThanOrEqual(width);
  // More of the list fails at first, and what is there stays.
  await page.route('**/api/v1/blocklist?*', (route) => route.fulfill({ status: 503, body: '{}' }));
  await page.getByRole('button', { name: 'Show more' }).tap();
  await page.getByRole('button', { name: 'Try again' }).waitFor();
  expect(await cards.count()).toBe(50);
  await page.unroute('**/api/v1/blocklist?*');
  await page.getByRole('button', { name: 'Show more' }).tap();
  await cards.nth(HASHES - 1).waitFor();
  expect(await page.getByRole('button', { name: 'Try again' }).count()).toBe(0);
  expect(await smallTargets(page)).toEqual([]);

  await nav.getByText('Senders').tap();
  await page.getByRole('button', { name: SENDER }).tap();
  await page.getByRole('heading', { name: SENDER }).waitFor();
  expect(await smallTargets(page)).toEqual([]);
  await page.getByRole('button', { name: 'All senders' }).tap();
  await page.getByRole('button', { name: SENDER }).waitFor();
  // The last one is beside the screen, and led to.
  await nav.getByText('Audit').tap();
  await cards.first().waitFor();
  await expect.poll(() => nav.evaluate((element) => element.scrollLeft)).toBeGreaterThan(0);
  await close();
});
