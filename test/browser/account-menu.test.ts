import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { type Device, openGallery, signInContext } from '../support/gallery-page.ts';
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

test.each(DEVICES)(
  'an admin sees who has signed in, and ends the session of somebody: %s',
  async (device) => {
    const guest = await browser.newContext();
    await signInContext(guest, inbox, viewerKey);
    const { page, checkQuiet, close } = await openGallery(browser, inbox, { device });
    await account(page).click();
    await page.getByRole('button', { name: 'Sessions' }).click();
    const dialog = page.getByRole('dialog', { name: 'Sessions' });
    const rows = dialog.getByRole('row');
    await rows.filter({ hasText: 'wall' }).waitFor();
    const own = rows.filter({ hasText: 'this one' });
    await own.waitFor();
    expect(await own.getByRole('button').count(), 'that is what signing out is for').toBe(0);
    await rows.filter({ hasText: 'wall' }).getByRole('button').click();
    await dialog.getByText('The session of wall has ended.').waitFor();
    expect(await rows.filter({ hasText: 'wall' }).count()).toBe(0);
    const answer = await guest.request.get(`${inbox.url}/api/v1/whoami`);
    expect(await answer.json()).toMatchObject({ code: 'session_ended' });
    await guest.close();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await dialog.waitFor({ state: 'detached' });
    await checkQuiet();
    await close();
  },
);

test('others do not see sessions', async () => {
  const { page, close } = await openGallery(browser, inbox, { key: viewerKey });
  await account(page).click();
  await page.getByText('Viewer').waitFor();
  expect(await page.getByRole('button', { name: 'Sessions' }).count()).toBe(0);
  await close();
});
