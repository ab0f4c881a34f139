import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { checkLook, LOOKS } from '../support/desk-lists.ts';
import { createModerator, type Moderator, openDesk } from '../support/desk-page.ts';
import { ADMIN_KEY, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const admin = { secret: ADMIN_KEY };
const SENDER = '+15550001111';
const OTHER = '+15550002222';

let inbox: TestInbox;
let browser: Browser;
let ada: Moderator;
beforeAll(async () => {
  inbox = await startTestInbox();
  browser = await startBrowser();
  ada = await createModerator(inbox, 'ada');
  await receiveFrom(SENDER, 3);
  await receiveFrom(OTHER, 2);
  const muted = { address: OTHER, muted: true, note: 'writes at night' };
  await inbox.api('put', '/api/v1/senders').send(muted).expect(200);
});
afterAll(async () => {
  await browser.close();
  await inbox.stop();
});

let seed = 0;
async function receiveFrom(from: string, count: number): Promise<void> {
  const attachments = Array.from({ length: count }, () => {
    seed += 1;
    return { bytes: Buffer.from(`note ${seed}`), contentType: 'text/plain' };
  });
  const { message } = await inbox.receive({ from, attachments });
  await inbox.mediaOf(message.sid, 'stored');
}

async function settingsOf(address: string) {
  const query = `address=${encodeURIComponent(address)}`;
  return (await inbox.api('get', `/api/v1/senders?${query}`).expect(200)).body.items[0];
}

test('by keyboard: one looked up by number, and blocked with a note', async () => {
  const opened = await openDesk(browser, inbox, ada, { path: '/desk/senders' });
  const { page, checkQuiet, close } = opened;
  await page.getByRole('button', { name: OTHER }).waitFor();
  await page.getByText('writes at night').waitFor();
  const field = page.getByLabel('Number', { exact: true });
  await field.fill('nobody at all');
  await page.keyboard.press('Enter');
  await page.getByText('This is no sender').waitFor();
  await field.fill('(555) 000-1111');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: SENDER }).waitFor();
  await page.locator('.panel-figures', { hasText: 'Stored' }).getByText('3').waitFor();
  // Who looks over a shoulder, or gets the log of a proxy, learns no number.
  expect(page.url()).toBe(`${inbox.url}/desk/senders`);
  await page.getByLabel('Blocked').focus();
  await page.keyboard.press('Space');
  await page.getByLabel('Note', { exact: true }).fill('sends advertisements');
  await page.getByRole('button', { name: 'Save' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('Saved.').waitFor();
  expect(await settingsOf(SENDER)).toMatchObject({
    policy: 'refuse',
    muted: false,
    note: 'sends advertisements',
    updatedBy: 'ada',
  });
  // Notes are for each other, one after the other; that of the settings is one text.
  await page.getByLabel('Note for other moderators').fill('called on Monday');
  await page.keyboard.press('Enter');
  await page.getByText('On the sender · ada, a moment ago').waitFor();
  const notes = async () => {
    const query = `sender=${encodeURIComponent(SENDER)}`;
    return (await ada.call('get', `/api/v1/notes?${query}`).expect(200)).body.items;
  };
  expect(await notes()).toMatchObject([{ text: 'called on Monday', writtenBy: 'ada' }]);
  // A reload shows the same sender, Back the list.
  await page.reload();
  await page.getByRole('heading', { name: SENDER }).waitFor();
  expect(await page.getByLabel('Blocked').isChecked()).toBe(true);
  await page.getByText('called on Monday', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Remove the note: called on Monday' }).click();
  await page.getByText('called on Monday', { exact: true }).waitFor({ state: 'detached' });
  expect(await notes()).toEqual([]);
  await page.goBack();
  await page.getByRole('button', { name: SENDER }).waitFor();
  await page.getByRole('navigation', { name: 'Handling' }).getByText('Muted').click();
  await page.getByRole('button', { name: SENDER }).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: OTHER }).click();
  await page.getByRole('heading', { name: OTHER }).waitFor();
  expect(await page.getByLabel('Muted').isChecked()).toBe(true);
  // What only admins may do is not shown.
  for (const name of ['Export', 'Erase']) {
    expect(await page.getByRole('button', { name }).count()).toBe(0);
  }
  await checkQuiet();
  await close();
});

test('an admin exports and erases: counted first, confirmed, and followed to its end', async () => {
  const opened = await openDesk(browser, inbox, admin, { path: '/desk/senders' });
  const { page, checkQuiet, close } = opened;
  await page.getByLabel('Number', { exact: true }).fill(SENDER);
  await page.keyboard.press('Enter');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export' }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/\.zip$/);
  expect(await download.failure()).toBeNull();

  await page.getByRole('button', { name: 'Erase' }).click();
  const dialog = page.getByRole('dialog', { name: 'Erase everything of this sender?' });
  await dialog.getByText('1 message and 3 attachments are erased').waitFor();
  await dialog.getByLabel('to confirm').fill(OTHER);
  await dialog.getByRole('button', { name: 'Erase' }).click();
  await dialog.getByText('This is another number.').waitFor();
  await dialog.getByLabel('to confirm').fill('+1 555 000 1111');
  await dialog.getByLabel('Reason in words').fill('asked by letter');
  await dialog.getByRole('button', { name: 'Erase' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByText('Requested by ADMIN_API_KEY').waitFor();
  await expect.poll(() => page.locator('.erasure .part-done').count(), { timeout: 60_000 }).toBe(3);
  await page.locator('.panel-figures').getByText('0').first().waitFor();
  await page.reload();
  await expect.poll(() => page.locator('.erasure .part-done').count(), { timeout: 60_000 }).toBe(3);
  const { body } = await inbox.api('get', '/api/v1/audit?action=sender.erase').expect(200);
  expect(body.items[0]).toMatchObject({ reason: 'asked by letter' });
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByText('There is nothing of this sender.').waitFor();
  await checkQuiet();
  await close();
}, 120_000);

test.each(LOOKS)('the look of it: %s, %s', async (device, colorScheme) => {
  const options = { colorScheme, reducedMotion: 'reduce' as const };
  const path = '/desk/senders';
  const opened = await openDesk(browser, inbox, admin, { device, options, path });
  const { page, checkQuiet, close } = opened;
  await page.getByRole('button', { name: OTHER }).waitFor();
  await checkLook(page, 'the list');
  await page.getByRole('button', { name: OTHER }).click();
  await page.getByRole('button', { name: 'Save' }).waitFor();
  await checkLook(page, 'a sender');
  await page.getByRole('button', { name: 'Erase' }).click();
  await page.getByText('1 message and 2 attachments').waitFor();
  await checkLook(page, 'the question');
  await checkQuiet();
  await close();
});
