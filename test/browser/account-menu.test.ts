import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { type Device, openGallery } from '../support/gallery-page.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
let browser: Browser;
let viewerKey: string;
beforeAll(async () => {
  inbox = await startTestInbox();
  browser = await startBrowser();
  const key = { name: 'wall', role: 'viewer' };
  const { body } = await inbox.api('post', '/api/v1/keys').send(key).expect(201);
  viewerKey = body.secret;
});
afterAll(async () => {
  await browser.close();
  await inbox.stop();
});

const DEVICES: Device[] = ['desktop', 'phone'];
const account = (page: Page) => page.getByRole('button', { name: 'Account' });
const signedInAs = (page: Page) => page.getByText('Signed in as');

test.each(DEVICES)(
  'the menu closes by Escape, by a click elsewhere and by a choice: %s',
  async (device) => {
    const { page, checkQuiet, close } = await openGallery(browser, inbox, { device });
    await account(page).focus();
    await page.keyboard.press('Enter');
    await signedInAs(page).waitFor();
    await page.keyboard.press('Escape');
    await signedInAs(page).waitFor({ state: 'hidden' });
    expect(await account(page).evaluate((button) => button === document.activeElement)).toBe(true);

    await account(page).click();
    await signedInAs(page).waitFor();
    await page.mouse.click(100, 600);
    await signedInAs(page).waitFor({ state: 'hidden' });

    await account(page).click();
    await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
    const keys = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await keys.waitFor();
    expect(await signedInAs(page).isVisible()).toBe(false);
    await page.keyboard.press('Escape');
    await keys.waitFor({ state: 'detached' });
    expect(await account(page).evaluate((button) => button === document.activeElement)).toBe(true);
    await checkQuiet();
    await close();
  },
);

test('an admin is led to the pages about the server, others are not', async () => {
  const admin = await openGallery(browser, inbox);
  await account(admin.page).focus();
  await admin.page.keyboard.press('Enter');
  await admin.page.getByRole('link', { name: 'Operate' }).click();
  await admin.page.getByRole('navigation', { name: 'Operate' }).waitFor();
  expect(await signedInAs(admin.page).isVisible()).toBe(false);
  await admin.checkQuiet();
  await admin.close();

  const { page, close } = await openGallery(browser, inbox, { key: viewerKey });
  await account(page).click();
  await page.getByText('Viewer').waitFor();
  expect(await page.getByRole('link', { name: 'Operate' }).count()).toBe(0);
  await close();
});
