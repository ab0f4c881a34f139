import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import {
  createModerator,
  holdPictures,
  type Moderator,
  nextShown,
  openDesk,
  shownSid,
} from '../support/desk-page.ts';
import { openGallery } from '../support/gallery-page.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
let browser: Browser;
let ada: Moderator;
beforeAll(async () => {
  inbox = await startTestInbox();
  browser = await startBrowser();
  ada = await createModerator(inbox, 'ada');
});
afterAll(async () => {
  await browser.close();
  await inbox.stop();
});

const row = (page: Page, name: string) => page.locator('.queue-row', { hasText: name });

test('the queues with their counts, which follow what happens', async () => {
  const { page, checkQuiet, close } = await openDesk(browser, inbox, ada, { path: '/' });
  await page.getByRole('link', { name: 'Desk' }).click();
  await row(page, 'Held').getByText('Nothing waits').waitFor();
  const sids = await holdPictures(inbox, 2);
  await row(page, 'Held').locator('.queue-count', { hasText: '2' }).waitFor();
  await row(page, 'Held').getByText('longest wait under a minute').waitFor();
  await inbox.api('post', `/api/v1/media/${sids[0]}/reports`).send({ reason: 'no' }).expect(201);
  await row(page, 'Reported').locator('.queue-count', { hasText: '1' }).waitFor();
  await row(page, 'Held').click();
  await page
    .locator(`.desk-stage[data-sid="${sids[0]}"], .desk-stage[data-sid="${sids[1]}"]`)
    .waitFor();
  await page.keyboard.press('Escape');
  await row(page, 'Held').waitFor();
  expect(new URL(page.url()).pathname).toBe('/desk');
  await checkQuiet();
  await close();
});

test('viewers see no desk', async () => {
  const key = { name: 'guest', role: 'viewer' };
  const { body } = await inbox.api('post', '/api/v1/keys').send(key).expect(201);
  const { page, checkQuiet, close } = await openGallery(browser, inbox, { key: body.secret });
  await page.getByRole('button', { name: 'Account' }).waitFor();
  expect(await page.getByRole('link', { name: 'Desk' }).count()).toBe(0);
  for (const path of ['/desk', '/desk/held', '/desk/deletions', '/desk/audit']) {
    await page.goto(inbox.url + path);
    await page.getByText('This page is for moderators.').waitFor();
    expect(await page.locator('.queue-row, .work, .desk-nav, .list-page').count()).toBe(0);
  }
  // Nothing was asked that would have been refused.
  await checkQuiet();
  await close();
});

test('a filter by sender, kind and age limits what is worked off', async () => {
  const from = '+15550007777';
  const [own = ''] = await holdPictures(inbox, 1, { from });
  const { page, checkQuiet, close } = await openDesk(browser, inbox, ada);
  await eventually(async () => expect(await shownSid(page)).not.toBeNull());
  expect(await shownSid(page)).not.toBe(own);
  await page.keyboard.press('f');
  const row = page.getByRole('form', { name: 'Filter' });
  await row.getByLabel('Sender').fill('nobody at all');
  await row.getByRole('button', { name: 'Show' }).click();
  await row.getByText('This is no sender').waitFor();
  await row.getByLabel('Sender').fill('+1 555 000 7777');
  await row.getByRole('button', { name: 'Show' }).click();
  await page.locator(`.desk-stage[data-sid="${own}"]`).waitFor();
  expect(new URL(page.url()).searchParams.get('from')).toBe(from);
  // The same one again, which was given back meanwhile.
  await row.getByLabel('Kind').selectOption('Pictures');
  await page.waitForURL((url) => url.searchParams.get('kind') === 'picture');
  expect(await nextShown(page, null)).toBe(own);
  await row.getByLabel('Age').selectOption('Over a day');
  await page.getByText('Nothing is left with this filter').waitFor();
  await row.getByLabel('Age').selectOption('Any age');
  await page.locator(`.desk-stage[data-sid="${own}"]`).waitFor();
  await row.getByLabel('Kind').selectOption('Videos');
  expect(await nextShown(page, own)).toBeNull();
  // The address bar has it.
  await page.reload();
  await page.getByText('Nothing is left with this filter').waitFor();
  expect(await row.getByLabel('Kind').inputValue()).toBe('video');
  await checkQuiet();
  await close();
});
