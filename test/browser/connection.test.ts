import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { openGallery } from '../support/gallery-page.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
let browser: Browser;
let port: string;
beforeAll(async () => {
  inbox = await startTestInbox();
  ({ port } = new URL(inbox.url));
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
  await inbox.stop();
});

const state = (page: Page, text: string) =>
  page.getByRole('status').filter({ hasText: text }).waitFor();

test('a lost network is shown, acts say so, and the page recovers by itself', async () => {
  const { page, context, close } = await openGallery(browser, inbox);
  await state(page, 'Live');
  await context.setOffline(true);
  await state(page, 'Connection lost');
  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByText('The server does not answer. Check the connection').waitFor();
  await context.setOffline(false);
  await state(page, 'Live');
  await close();
});

test('a restart of the server is shown, and the page goes on', async () => {
  const { page, close } = await openGallery(browser, inbox);
  await state(page, 'Live');
  const lost = state(page, 'Connection lost');
  await inbox.restart({ PORT: port });
  await lost;
  await state(page, 'Live');
  await close();
});

test('a page of the release before loads itself again, once, when a module is gone', async () => {
  const { page, close } = await openGallery(browser, inbox);
  await state(page, 'Live');
  let loads = 0;
  page.on('load', () => {
    loads += 1;
  });
  const openFilter = () => page.getByRole('button', { name: 'Filter' }).click();
  await page.route(/filter-panel-.*\.js$/, (route) => route.fulfill({ status: 404 }));
  await openFilter();
  await eventually(async () => expect(loads).toBe(1));
  await state(page, 'Live');

  // It is missing for another reason: a reload does not help.
  await openFilter();
  await page.locator('.notice-error').waitFor();
  expect(loads).toBe(1);

  await page.unroute(/filter-panel-.*\.js$/);
  await page.reload();
  await openFilter();
  await page.getByRole('dialog', { name: 'Filter' }).waitFor();
  await close();
});
