import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { type Device, endSessionsAt, openGallery } from '../support/gallery-page.ts';
import { ADMIN_KEY, eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';
import { importFixture, openSlide } from '../support/viewer-page.ts';

let inbox: TestInbox;
let browser: Browser;
beforeAll(async () => {
  inbox = await startTestInbox({ PATH: process.env.PATH ?? '' });
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
  await inbox.stop();
});

const DEVICES: Device[] = ['desktop', 'phone'];

/** One that is open, alone. */
async function openOne(device: Device = 'desktop', key: string = ADMIN_KEY) {
  const from = `+1555${Math.floor(Math.random() * 9_000_000 + 1_000_000)}`;
  const item = await importFixture(inbox, 'photo.jpg', { from });
  const path = `/m/${item.sid}?from=%2B${from.slice(1)}`;
  const gallery = await openGallery(browser, inbox, { device, path, key });
  await showsPicture(gallery.page);
  return { ...item, from, path, ...gallery };
}

/** Waits for the picture itself, which a hold would refuse. */
const showsPicture = (page: Page) =>
  eventually(async () => {
    const image = openSlide(page).locator('img.pswp__img').last();
    expect(await image.evaluate((shown: HTMLImageElement) => shown.naturalWidth)).toBe(480);
  });

/** Whether the server shows it, and how. */
async function moderationOf(sid: string): Promise<string> {
  const { status, body } = await inbox.api('get', `/api/v1/media/${sid}`);
  return status === 404 ? 'deleted' : body.moderation;
}

const becomes = (sid: string, expected: string) =>
  eventually(async () => expect(await moderationOf(sid)).toBe(expected));

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

/**
 * Lets the acts of a page go out at once.
 *
 * @param believedMs how much time the page believes there is
 */
async function withoutDelay(page: Page, believedMs = 0): Promise<void> {
  await page.route('**/api/v1/acts', async (route) => {
    if (route.request().method() !== 'POST') return route.continue();
    const body = { ...route.request().postDataJSON(), delaySeconds: 0 };
    const response = await route.fetch({ postData: JSON.stringify(body) });
    const json = await response.json();
    const runsAt = new Date(Date.parse(json.createdAt) + believedMs).toISOString();
    await route.fulfill({ response, json: { ...json, runsAt } });
  });
}

test.each(DEVICES)('a delete can be undone: %s', async (device) => {
  const { page, sid, path, checkQuiet, close } = await openOne(device);
  await button(page, 'Delete').click();
  await page.getByText('Deleted.', { exact: true }).waitFor();
  await page.getByText('Deleted a moment ago').waitFor();
  await button(page, 'Undo').click();
  await page.getByText('Undone.').waitFor();
  await page.getByText('Deleted a moment ago').waitFor({ state: 'detached' });
  // The server has nothing left to do.
  const { body } = await inbox.api('get', '/api/v1/acts?state=waiting').expect(200);
  expect(body.items).toEqual([]);
  expect(await moderationOf(sid)).toBe('visible');
  await checkQuiet();
  await page.goto(`${inbox.url}${path}`);
  await openSlide(page).locator('img').first().waitFor();
  await close();
});

test('a delete goes out though the page is closed, and goes on to what follows', async () => {
  const { page, sid, from, path, close } = await openOne();
  const older = await importFixture(inbox, 'photo.png', { from, receivedAt: '2026-01-01' });
  await page.goto(`${inbox.url}${path}`);
  await button(page, 'Next').waitFor();
  await page.keyboard.press('Delete');
  await page.waitForURL((url) => url.pathname === `/m/${older.sid}`);
  await close();
  expect(await moderationOf(sid)).toBe('visible');
  await becomes(sid, 'deleted');
  expect(await moderationOf(older.sid)).toBe('visible');
});

test('a delete that is undone leads back to what it has left', async () => {
  const { page, sid, from, path, checkQuiet, close } = await openOne();
  const older = await importFixture(inbox, 'photo.png', { from, receivedAt: '2026-01-01' });
  await page.goto(`${inbox.url}${path}`);
  await button(page, 'Next').waitFor();
  await page.keyboard.press('Delete');
  await page.waitForURL((url) => url.pathname === `/m/${older.sid}`);
  await button(page, 'Undo').click();
  await page.waitForURL((url) => url.pathname === `/m/${sid}`);
  await openSlide(page).locator('img').first().waitFor();
  await checkQuiet();
  await close();
});

test('one that waits for its deletion is marked after a reload, too', async () => {
  const { page, sid, close } = await openOne();
  await page.keyboard.press('Delete');
  await page.getByText('Deleted a moment ago').waitFor();
  await page.reload();
  await page.getByText('Deleted a moment ago').waitFor();
  await becomes(sid, 'deleted');
  await openSlide(page).getByText('This attachment was deleted.').waitFor();
  await close();
});

test('hold, reveal and approve', async () => {
  const { page, sid, checkQuiet, close } = await openOne();
  await withoutDelay(page);
  await page.keyboard.press('h');
  await becomes(sid, 'held');
  await openSlide(page).getByRole('heading', { name: 'Held back' }).waitFor();
  await page.keyboard.press('r');
  // The picture itself, by a link that is for a moderator who has asked.
  await eventually(async () => {
    const image = openSlide(page).locator('img.pswp__img').last();
    expect(
      await image.evaluate((shown: HTMLImageElement) => [shown.naturalWidth, shown.src]),
    ).toEqual([480, expect.stringContaining('reveal=true')]);
  });
  const { body } = await inbox.api('get', `/api/v1/audit?action=media.reveal&target=${sid}`);
  expect(body.items).toHaveLength(1);
  // The page has to know that the hold went out.
  await eventually(async () => expect(await button(page, 'Approve').isEnabled()).toBe(true));
  await page.keyboard.press('a');
  await becomes(sid, 'visible');
  await button(page, 'Hold back').waitFor();
  await checkQuiet();
  await close();
});

test('an undo that comes too late says so', async () => {
  const { page, sid, close } = await openOne();
  await withoutDelay(page, 20_000);
  await page.keyboard.press('h');
  await page.getByText('Held back.', { exact: true }).waitFor();
  await becomes(sid, 'held');
  await button(page, 'Undo').click();
  await page.getByText('It is too late to undo.').waitFor();
  await close();
});

test('two that decide about one: the second is told', async () => {
  const { page, sid, close } = await openOne();
  // Another tab, which has not heard of it yet.
  await page.route('**/api/v1/events**', (route) => route.abort());
  await page.reload();
  await openSlide(page).locator('img').first().waitFor();
  await inbox.api('post', `/api/v1/media/${sid}/decision`).send({ decision: 'quarantine' });
  await button(page, 'Hold back').click();
  await page.locator('.notice-error').waitFor();
  await openSlide(page).getByRole('heading', { name: 'Quarantined' }).waitFor();
  await inbox.api('delete', `/api/v1/media/${sid}`).expect(204);
  await button(page, 'Approve').click();
  await openSlide(page).getByText('This attachment was deleted.').waitFor();
  await close();
});

test('two tabs that decide at the same moment: one decision goes out, and both show it', async () => {
  const { page, sid, path, context, close } = await openOne();
  const other = await context.newPage();
  await other.goto(`${inbox.url}${path}`);
  await showsPicture(other);
  await Promise.all([button(page, 'Delete').click(), button(other, 'Hold back').click()]);
  const { body } = await eventually(async () => {
    const answer = await inbox.api('get', `/api/v1/acts?state=waiting`).expect(200);
    expect(answer.body.items).toHaveLength(1);
    return answer;
  });
  const isDelete = body.items[0].act === 'delete';
  const [winner, loser] = isDelete ? [page, other] : [other, page];
  await loser.locator('.notice-error').waitFor();
  const said = isDelete ? 'Deleted a moment ago' : 'Held back a moment ago';
  for (const tab of [winner, loser]) await tab.getByText(said).waitFor();
  await becomes(sid, isDelete ? 'deleted' : 'held');
  const outcome = isDelete
    ? (tab: Page) => openSlide(tab).getByText('This attachment was deleted.')
    : (tab: Page) => openSlide(tab).getByRole('heading', { name: 'Held back' });
  for (const tab of [winner, loser]) await outcome(tab).waitFor();
  await close();
});

test('a session that is revoked: one signs in again, and the delete goes on', async () => {
  const { page, sid, close } = await openOne();
  await endSessionsAt(page, inbox, '**/api/v1/acts');
  await button(page, 'Delete').click();
  const form = page.getByRole('dialog', { name: 'Sign in' });
  await form.getByLabel('API key').fill(ADMIN_KEY);
  await form.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('Deleted.', { exact: true }).waitFor();
  await becomes(sid, 'deleted');
  await close();
});

test('a failed one says why, and is tried again', async () => {
  const address = '+15550004444';
  const policy = (name: string) =>
    inbox.api('put', '/api/v1/senders').send({ address, policy: name }).expect(200);
  await policy('refuse');
  const attachments = [{ bytes: Buffer.from('some text'), contentType: 'text/plain' }];
  const { message } = await inbox.receive({ from: address, attachments });
  const [failed] = await inbox.mediaOf(message.sid, 'failed');
  await policy('none');
  const { page, checkQuiet, close } = await openGallery(browser, inbox, {
    path: `/m/${failed?.sid}?from=%2B15550004444`,
  });
  await openSlide(page)
    .getByText(failed?.reason ?? '')
    .waitFor();
  await openSlide(page).getByRole('button', { name: 'Try again' }).click();
  await button(page, 'Reveal').click();
  await openSlide(page).getByText('some text').waitFor();
  await checkQuiet();
  await close();
});

test('a key that is pressed twice acts once', async () => {
  const { page, sid, checkQuiet, close } = await openOne();
  const answered = Promise.withResolvers<void>();
  const asked: string[] = [];
  await page.route('**/api/v1/acts', async (route) => {
    if (route.request().method() !== 'POST') return route.continue();
    asked.push(route.request().url());
    await answered.promise;
    await route.continue();
  });
  await page.keyboard.press('h');
  await page.keyboard.press('h');
  answered.resolve();
  await page.getByText('Held back a moment ago').waitFor();
  expect(asked).toHaveLength(1);
  await becomes(sid, 'held');
  await checkQuiet();
  await close();
});

test('what could not be taken back for want of an answer can be tried again', async () => {
  const { page, sid, close } = await openOne();
  await button(page, 'Delete').click();
  await page.route('**/api/v1/acts/*', (route) => route.abort(), { times: 1 });
  await button(page, 'Undo').click();
  await page
    .getByRole('listitem')
    .filter({ hasText: /server/ })
    .waitFor();
  await button(page, 'Undo').click();
  await page.getByText('Undone.').waitFor();
  expect(await moderationOf(sid)).toBe('visible');
  await close();
});

test('after a reload, an act that waits can still be taken back', async () => {
  const { page, sid, close } = await openOne();
  await button(page, 'Delete').click();
  await page.getByText('Deleted a moment ago').waitFor();
  await page.reload();
  await button(page, 'Undo').click();
  await page.getByText('Undone.').waitFor();
  expect(await moderationOf(sid)).toBe('visible');
  await close();
});
