import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { checkLook, LOOKS } from '../support/desk-lists.ts';
import { openDesk } from '../support/desk-page.ts';
import { note } from '../support/reconciliation.ts';
import { ACCOUNT, ADMIN_KEY, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const admin = { secret: ADMIN_KEY };

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

test('by keyboard: what is missing is counted, then taken in', async () => {
  const { sid } = inbox.twilio.createMessage({ attachments: [note()] });
  const { page, checkQuiet, close } = await openDesk(browser, inbox, admin, {
    path: '/desk/reconciliations',
  });
  await page.getByText('None was requested.').waitFor();
  await page.getByText('RECONCILE_INTERVAL_MINUTES is 0').waitFor();
  await page.getByRole('row').filter({ hasText: ACCOUNT.sid }).getByText('None yet').waitFor();
  await page.getByRole('button', { name: 'Start a reconciliation' }).focus();
  await page.keyboard.press('Enter');
  const form = page.getByRole('dialog', { name: 'Start a reconciliation' });
  await form.getByLabel('Messages since').fill('2020-01-02T10:00');
  await form.getByLabel('Only count').check();
  await page.keyboard.press('Enter');
  await form.waitFor({ state: 'detached' });
  const table = page.getByRole('table', { name: 'Requested' });
  const counted = table.locator('tbody tr').filter({ hasText: 'only counted' });
  await counted.getByText('Done').waitFor();
  await counted.getByText('1 missing').waitFor();
  await counted.getByText('of 1 with media at Twilio').waitFor();
  await counted.getByRole('button', { name: /^Show what is missing/ }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: '1 message missing' }).getByText(sid).waitFor();
  await page.keyboard.press('Escape');
  await inbox.api('get', `/api/v1/messages/${sid}`).expect(404);

  await counted.getByRole('button', { name: /^Take in what is missing/ }).focus();
  await page.keyboard.press('Enter');
  const taken = table.locator('tbody tr').filter({ hasText: '1 taken in' });
  await taken.getByText('Done').waitFor();
  await inbox.mediaOf(sid, 'stored');
  expect(await table.locator('tbody tr').count()).toBe(2);
  await checkQuiet();
  await close();
});

test('a time that cannot be is refused at its field', async () => {
  const { page, close } = await openDesk(browser, inbox, admin, {
    path: '/desk/reconciliations',
  });
  await page.getByRole('button', { name: 'Start a reconciliation' }).click();
  const form = page.getByRole('dialog', { name: 'Start a reconciliation' });
  await form.getByLabel('Messages since').fill('2020-01-02T10:00');
  await form.getByLabel('Until').fill('2020-01-01T10:00');
  await form.getByLabel('Only messages to').fill('nobody!');
  await form.getByRole('button', { name: 'Start' }).click();
  await form.getByText('in E.164 form').waitFor();
  await form.getByLabel('Only messages to').fill('+15557654321');
  await form.getByRole('button', { name: 'Start' }).click();
  await form.getByText('a time after since').waitFor();
  await close();
});

test.each(LOOKS)('the look of it: %s, %s', async (device, colorScheme) => {
  const body = { since: '2020-01-02', to: '+15557654321', dryRun: true };
  await inbox.api('post', '/api/v1/reconciliations').send(body).expect(202);
  const options = { colorScheme, reducedMotion: 'reduce' as const };
  const opened = await openDesk(browser, inbox, admin, {
    device,
    options,
    path: '/desk/reconciliations',
  });
  const { page, checkQuiet, close } = opened;
  await page.getByText('+15557654321').first().waitFor();
  await checkLook(page, 'reconciliations');
  await page.getByRole('button', { name: 'Start a reconciliation' }).click();
  await page.getByRole('dialog').waitFor();
  await checkLook(page, 'reconciliation form');
  await checkQuiet();
  await close();
});
