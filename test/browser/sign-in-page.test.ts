import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { type Device, openGallery } from '../support/gallery-page.ts';
import { ADMIN_KEY, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

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

test.each(DEVICES)('a key signs in, a wrong one says so: %s', async (device) => {
  const { page, close } = await openGallery(browser, inbox, { device, key: null });
  await page.locator('input[type=password]:focus').waitFor();
  await page.getByLabel('API key').fill('wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('This is not a valid key.').waitFor();
  await page.getByLabel('API key').fill(ADMIN_KEY);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  await page.reload();
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  await close();
});

test('a one-time link signs in, once, and is not left in the address', async () => {
  const { body } = await inbox.api('post', '/api/v1/session/links').expect(201);
  const path = body.url.slice(new URL(body.url).origin.length);
  const first = await openGallery(browser, inbox, { path, key: null });
  await first.page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  expect(first.page.url()).toBe(`${inbox.url}/`);
  await first.checkQuiet();
  await first.close();
  const second = await openGallery(browser, inbox, { path, key: null });
  await second.page.getByText('This link was used').waitFor();
  await second.close();
});
