import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { checkLook, LOOKS } from '../support/desk-lists.ts';
import { createModerator, holdPictures, type Moderator, openDesk } from '../support/desk-page.ts';
import { ADMIN_KEY, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const admin = { secret: ADMIN_KEY };

let inbox: TestInbox;
let browser: Browser;
let ada: Moderator;
let sids: string[];
beforeAll(async () => {
  inbox = await startTestInbox();
  browser = await startBrowser();
  ada = await createModerator(inbox, 'ada');
  // More than a page.
  sids = await holdPictures(inbox, 52);
  const approval = { decision: 'approve', reasonCode: 'fine', reason: '<b>as it was</b>' };
  await ada.call('post', `/api/v1/media/${sids[0]}/decision`).send(approval).expect(200);
});
afterAll(async () => {
  await browser.close();
  await inbox.stop();
});

/** Runs in the page. */
function isFocused(element: Element): boolean {
  return element === document.activeElement;
}

test('by keyboard: all that was done, newest first, and what is searched for', async () => {
  const opened = await openDesk(browser, inbox, ada, { path: '/desk/audit' });
  const { page, checkQuiet, close } = opened;
  const rows = page.locator('.list-table tbody tr');
  await rows.filter({ hasText: 'Attachment approved' }).waitFor();
  const approved = rows.filter({ hasText: 'Attachment approved' });
  expect(await approved.innerText()).toMatch(
    /ada[\s\S]*media\.approve[\s\S]*moderation: held → visible[\s\S]*fine <b>as it was<\/b>/,
  );
  expect(await rows.count()).toBe(50);
  await page.getByRole('button', { name: 'Show more' }).focus();
  await page.keyboard.press('Enter');
  await rows.nth(52).waitFor();

  const form = page.getByRole('form', { name: 'Filter' });
  await form.getByRole('textbox', { name: 'Who' }).fill('ada');
  await page.keyboard.press('Enter');
  await rows.nth(50).waitFor({ state: 'detached' });
  await approved.waitFor();
  // The keyboard stays where it was.
  expect(await form.getByRole('textbox', { name: 'Who' }).evaluate(isFocused)).toBe(true);
  expect(new URL(page.url()).search).toBe('?actor=ada');
  await form.getByRole('textbox', { name: 'To what' }).fill(String(sids[1]));
  await page.keyboard.press('Enter');
  await page.getByText('Nothing was recorded here.').waitFor();
  await form.getByRole('textbox', { name: 'Who' }).fill('');
  await form.getByRole('combobox', { name: 'What' }).selectOption('Attachment held');
  await form.getByRole('button', { name: 'Show' }).click();
  await rows.filter({ hasText: 'to be looked at' }).waitFor();
  expect(await rows.count()).toBe(1);
  await page.reload();
  await rows.filter({ hasText: 'to be looked at' }).waitFor();
  expect(await form.getByRole('textbox', { name: 'To what' }).inputValue()).toBe(sids[1]);

  await form.getByLabel('Since').fill('2020-01-02');
  await form.getByLabel('Until').fill('2020-01-01');
  await form.getByText('before the first one').waitFor();
  await form.getByLabel('Since').fill('2020-01-01');
  await form.getByRole('button', { name: 'Show' }).click();
  await page.getByText('Nothing was recorded here.').waitFor();
  await page.goBack();
  await rows.filter({ hasText: 'to be looked at' }).waitFor();
  await page.getByRole('link', { name: String(sids[1]) }).click();
  await page.getByText('What happened').first().waitFor();
  expect(new URL(page.url()).pathname).toBe(`/desk/story/${sids[1]}`);
  await page.goBack();
  await form.getByRole('button', { name: 'Clear' }).click();
  await rows.nth(49).waitFor();
  // Only admins export.
  expect(await page.getByRole('link', { name: 'Export' }).count()).toBe(0);
  await checkQuiet();
  await close();
});

test('an admin exports what is found', async () => {
  const path = '/desk/audit?action=media.approve';
  const { page, checkQuiet, close } = await openDesk(browser, inbox, admin, { path });
  await page.getByText('Attachment approved').last().waitFor();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Export' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('audit.ndjson');
  const lines = (await readFile(await download.path(), 'utf8')).trim().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { actor: 'ada', action: 'media.approve', target: sids[0] },
  ]);
  await checkQuiet();
  await close();
});

test.each(LOOKS)('the look of it: %s, %s', async (device, colorScheme) => {
  const options = { colorScheme, reducedMotion: 'reduce' as const };
  const path = '/desk/audit';
  const opened = await openDesk(browser, inbox, admin, { device, options, path });
  const { page, checkQuiet, close } = opened;
  await page.locator('.list-table').getByText('Attachment approved').waitFor();
  await checkLook(page, 'the list');
  await page.goto(`${inbox.url}/desk/audit?actor=nobody`);
  await page.getByText('Nothing was recorded here.').waitFor();
  await checkLook(page, 'nothing found');
  await checkQuiet();
  await close();
});
