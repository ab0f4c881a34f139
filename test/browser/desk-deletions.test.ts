import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { deleteMedia, isCompleted, recordWhen } from '../support/deletion-record.ts';
import { ageDeletion, checkLook, LOOKS, rowOf } from '../support/desk-lists.ts';
import { createModerator, type Moderator, openDesk } from '../support/desk-page.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
let browser: Browser;
let ada: Moderator;
/** Numbers of deletions. */
let done: string;
let waiting: string;
let stuck: string;
beforeAll(async () => {
  inbox = await startTestInbox();
  browser = await startBrowser();
  ada = await createModerator(inbox, 'ada');
  stuck = await deleteOne(1000);
  done = await deleteOne(0);
  await recordWhen(inbox, `/api/v1/deletions/${done}`, isCompleted);
  waiting = await deleteOne(1);
  await ageDeletion(inbox, stuck, 20);
});
afterAll(async () => {
  await browser.close();
  await inbox.stop();
});

let seed = 0;
/** @param refusals how often Twilio says that it is too early @returns the number of the deletion */
async function deleteOne(refusals: number): Promise<string> {
  seed += 1;
  const attachment = {
    bytes: Buffer.from(`note ${seed}`),
    contentType: 'text/plain',
    faults:
      refusals === 0
        ? []
        : [{ kind: 'delete-status' as const, status: 409, code: 20009, times: refusals }],
  };
  const { message } = await inbox.receive({ attachments: [attachment] });
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  const path = await deleteMedia(inbox, String(media?.sid), 'reasonCode=privacy');
  await recordWhen(inbox, path, ({ completedAt, open }) =>
    completedAt === null ? (open[0]?.attempts ?? 0) > 0 : true,
  );
  return path.split('/').at(-1) ?? '';
}

test('by keyboard: where each stands, by state, and one tried again', async () => {
  const { page, checkQuiet, close } = await openDesk(browser, inbox, ada, { path: '/desk' });
  await page.getByRole('navigation', { name: 'Desk' }).getByText('Deletions').focus();
  await page.keyboard.press('Enter');
  await rowOf(page, done).waitFor();
  expect(new URL(page.url()).pathname).toBe('/desk/deletions');
  expect(await page.title()).toContain('Deletions');
  expect(await rowOf(page, done).innerText()).toMatch(/One attachment[\s\S]*privacy[\s\S]*Done/);
  await rowOf(page, stuck).getByText('Stuck').waitFor();
  await rowOf(page, waiting).getByText('In progress').waitFor();

  const states = page.getByRole('navigation', { name: 'State' });
  await states.getByText('Stuck').focus();
  await page.keyboard.press('Enter');
  await rowOf(page, waiting).waitFor({ state: 'detached' });
  await rowOf(page, stuck).waitFor();
  await states.getByText('Done').click();
  await rowOf(page, stuck).waitFor({ state: 'detached' });
  await rowOf(page, done).waitFor();
  expect(await rowOf(page, done).getByRole('button', { name: 'Try again' }).count()).toBe(0);
  await page.goBack();
  await rowOf(page, stuck).waitFor();
  await page.reload();
  await rowOf(page, stuck).waitFor();

  await states.getByText('All').click();
  await rowOf(page, waiting).getByText('Retrying').waitFor();
  await page.getByRole('button', { name: `Details: no. ${waiting}` }).focus();
  await page.keyboard.press('Enter');
  const details = page.getByRole('dialog', { name: `Deletion no. ${waiting}` });
  await details.getByText('1 request to Twilio').waitFor();
  await page.keyboard.press('Escape');
  await details.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: `Try again: no. ${waiting}` }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('It is tried again.').waitFor();
  // The list follows by itself.
  await rowOf(page, waiting).locator('.deletion-completed').waitFor();
  await checkQuiet();
  await close();
});

test('a list that cannot be read says why, and is read again', async () => {
  const { page, close } = await openDesk(browser, inbox, ada, { path: '/desk' });
  await page.getByText('Nothing waits').first().waitFor();
  await page.route('**/api/v1/deletions?*', (route) => route.abort());
  await page.getByRole('link', { name: 'Deletions' }).click();
  await page.getByText('The server does not answer').waitFor();
  await page.unroute('**/api/v1/deletions?*');
  await page.getByRole('button', { name: 'Try again', exact: true }).click();
  await rowOf(page, done).waitFor();
  expect(await page.getByText('The server does not answer').count()).toBe(0);
  await close();
});

test.each(LOOKS)('the look of it: %s, %s', async (device, colorScheme) => {
  const options = { colorScheme, reducedMotion: 'reduce' as const };
  const opened = await openDesk(browser, inbox, ada, { device, options, path: '/desk/deletions' });
  const { page, checkQuiet, close } = opened;
  await rowOf(page, stuck).waitFor();
  await checkLook(page, 'the list');
  await page.getByRole('button', { name: `Details: no. ${stuck}` }).click();
  await page.getByRole('dialog').getByText('Retrying').waitFor();
  await checkLook(page, 'the details');
  await page.keyboard.press('Escape');
  await page.goto(`${inbox.url}/desk/deletions?state=nothing`);
  await rowOf(page, done).waitFor();
  // What is not understood is not left in the address.
  expect(new URL(page.url()).search).toBe('');
  await checkQuiet();
  await close();
});
