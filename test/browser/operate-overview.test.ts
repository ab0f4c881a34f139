import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { checkLook, LOOKS } from '../support/desk-lists.ts';
import { openDesk } from '../support/desk-page.ts';
import { note } from '../support/reconciliation.ts';
import { ADMIN_KEY, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const admin = { secret: ADMIN_KEY };

let inbox: TestInbox;
let browser: Browser;
beforeAll(async () => {
  // Another address than the one that Twilio signs.
  inbox = await startTestInbox({ PUBLIC_URL: 'http://mms.example.com' });
  browser = await startBrowser();
  const { message } = await inbox.receive(
    { attachments: [note()] },
    { signedUrl: 'http://mms.example.com/twilio/incoming' },
  );
  await inbox.mediaOf(message.sid, 'stored');
});
afterAll(async () => {
  await browser.close();
  await inbox.stop();
});

/** Delivers a webhook that Twilio has signed for the address of the server. */
const deliverSignedOtherwise = () =>
  inbox.receive({ attachments: [] }, { signedUrl: `${inbox.url}/twilio/incoming` });

test('by keyboard: what is wrong stands on top, and leads to what to do about it', async () => {
  const { page, close } = await openDesk(browser, inbox, admin, { path: '/desk' });
  await page.getByRole('link', { name: 'Operate' }).focus();
  await page.keyboard.press('Enter');
  const database = page.locator('[data-part="database"]');
  await database.getByText('The database answers').waitFor();
  expect(new URL(page.url()).pathname).toBe('/desk/operate');
  const { answer } = await deliverSignedOtherwise();
  expect(answer.status).toBe(403);
  // It is read again by itself.
  const webhooks = page.locator('.health-degraded[data-part="webhooks"]');
  await webhooks.getByText('Webhooks of Twilio were refused').waitFor();
  await webhooks.getByText('signed for something else (1)').waitFor();
  const [above, below] = [await webhooks.boundingBox(), await database.boundingBox()];
  expect(above?.y).toBeLessThan(Number(below?.y));
  expect(await page.locator('.health-status').innerText()).toMatch(/not work as (it|they) should/);

  await webhooks.getByRole('link', { name: 'Refused webhooks' }).focus();
  await page.keyboard.press('Enter');
  const row = page.getByRole('row').filter({ hasText: 'Signed by Twilio' });
  await row.getByText(`set PUBLIC_URL=${inbox.url}`).waitFor();
  await row.getByText('answered 403').waitFor();
  await deliverSignedOtherwise();
  await row.getByText('2', { exact: true }).waitFor();
  await close();
}, 120_000);

test('how much comes in, and how long it takes, is drawn and in a table', async () => {
  const path = '/desk/operate';
  const { page, checkQuiet, close } = await openDesk(browser, inbox, admin, { path });
  await page.getByRole('img', { name: '1 message by the hour' }).waitFor();
  await page.getByRole('img', { name: '1 attachment by the hour' }).waitFor();
  const delays = page.getByRole('table', { name: 'From the receipt of a message' });
  await delays.getByRole('cell', { name: / sec$/ }).first().waitFor();
  // Of each of the hours.
  expect(await delays.getByRole('row').count()).toBe(25);
  await page.getByText('A worker was last alive').waitFor();
  await page.locator('.health-facts').getByText('a moment ago').first().waitFor();
  await checkQuiet();
  await close();
});

test.each(['desktop', 'phone'] as const)(
  'nothing moves when the charts come late: %s',
  async (device) => {
    const opened = await openDesk(browser, inbox, admin, { device, path: '/desk' });
    const { page, checkQuiet, close } = opened;
    const isShown = Promise.withResolvers<void>();
    await page.route('**/api/v1/operations/figures', async (route) => {
      await isShown.promise;
      await route.continue();
    });
    await page.goto(`${inbox.url}/desk/operate`);
    await page.locator('[data-part="database"]').waitFor();
    const height = () => page.locator('.health').evaluate((element) => element.clientHeight);
    const before = await height();
    isShown.resolve();
    await page.getByRole('img', { name: '1 attachment by the hour' }).waitFor();
    // Fonts differ a little.
    expect(Math.abs((await height()) - before)).toBeLessThan(40);
    await checkQuiet();
    await close();
  },
);

test('what could not be read again is said to be old', async () => {
  const { page, close } = await openDesk(browser, inbox, admin, { path: '/desk/operate' });
  await page.locator('[data-part="database"]').waitFor();
  await page.route('**/api/v1/health', (route) => route.abort());
  await page.getByText('This is as it was at').waitFor();
  await page.getByText('The server does not answer').waitFor();
  // What was read is still of use.
  expect(await page.locator('[data-part="database"]').count()).toBe(1);
  await page.unroute('**/api/v1/health');
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('This is as it was at').waitFor({ state: 'detached' });
  await close();
});

test.each(LOOKS)('the look of it: %s, %s', async (device, colorScheme) => {
  await deliverSignedOtherwise();
  const options = { colorScheme, reducedMotion: 'reduce' as const };
  const opened = await openDesk(browser, inbox, admin, { device, options, path: '/desk/operate' });
  const { page, checkQuiet, close } = opened;
  await page.locator('.health-degraded[data-part="webhooks"]').waitFor();
  await page.getByRole('img', { name: '1 message by the hour' }).waitFor();
  await checkLook(page, 'overview');
  await page.getByRole('link', { name: 'Refused webhooks' }).first().click();
  await page.getByText('set PUBLIC_URL=').waitFor();
  await checkLook(page, 'refused');
  await checkQuiet();
  await close();
});
