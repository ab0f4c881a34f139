import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { endSessionsAt, openGallery } from '../support/gallery-page.ts';
import { note } from '../support/reconciliation.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
let browser: Browser;
const keys: Record<string, string> = {};
beforeAll(async () => {
  inbox = await startTestInbox();
  browser = await startBrowser();
  for (const [name, role] of [
    ['ada', 'moderator'],
    ['grace', 'viewer'],
  ] as const) {
    const { body } = await inbox.api('post', '/api/v1/keys').send({ name, role }).expect(201);
    keys[name] = body.secret;
  }
  for (const body of ['first words', 'other words']) {
    const { message } = await inbox.receive({ body, attachments: [note()] });
    await inbox.mediaOf(message.sid, 'stored');
  }
});
afterAll(async () => {
  await browser.close();
  await inbox.stop();
});

/** As an admin does elsewhere. */
async function revokeSessionsOf(name: string): Promise<void> {
  const { body } = await inbox.api('get', '/api/v1/sessions').expect(200);
  for (const session of body.items) {
    if (session.name === name) {
      await inbox.api('delete', `/api/v1/sessions/${session.id}`).expect(204);
    }
  }
}

/** Marks the document, to see whether it is loaded again. */
const mark = (page: Page) => page.evaluate(() => document.body.setAttribute('data-mark', ''));
const isMarked = (page: Page) => page.evaluate(() => document.body.hasAttribute('data-mark'));

async function search(page: Page, words: string): Promise<void> {
  await page.getByLabel('Search the texts').fill(words);
  await page.keyboard.press('Enter');
}

async function signInAgain(page: Page, key = ''): Promise<void> {
  const dialog = page.getByRole('dialog', { name: 'Sign in' });
  await dialog.getByLabel('API key').fill(key);
  await dialog.getByRole('button', { name: 'Sign in' }).click();
}

test('an act in which the session ends goes on after signing in again', async () => {
  const { page, close } = await openGallery(browser, inbox, { key: keys.ada ?? '' });
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  await mark(page);
  await endSessionsAt(page, inbox, '**/api/v1/media/buckets**', 'ada');
  await search(page, 'first');
  const dialog = page.getByRole('dialog', { name: 'Sign in' });
  await dialog.getByText('Your session has ended').waitFor();
  // The browser itself closes a dialog at the second one.
  for (let press = 0; press < 3; press += 1) await page.keyboard.press('Escape');
  // It has to be answered.
  await dialog.waitFor();
  await signInAgain(page, 'wrong');
  await dialog.getByText('This is not a valid key.').waitFor();
  await signInAgain(page, keys.ada);
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('status').filter({ hasText: '1 attachment' }).first().waitFor();
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  expect(await isMarked(page)).toBe(true);
  await close();
});

test('a page without an act is told by its stream, and goes on when another tab has signed in', async () => {
  const { page, context, close } = await openGallery(browser, inbox, { key: keys.ada ?? '' });
  const other = await context.newPage();
  await other.goto(inbox.url);
  for (const tab of [page, other]) {
    await tab.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  }
  await revokeSessionsOf('ada');
  const dialogs = [page, other].map((tab) => tab.getByRole('dialog', { name: 'Sign in' }));
  for (const dialog of dialogs) await dialog.waitFor();
  await signInAgain(other, keys.ada);
  await dialogs[1]?.waitFor({ state: 'detached' });
  // Headless Chromium shows all tabs at once.
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await dialogs[0]?.waitFor({ state: 'detached' });
  for (const tab of [page, other]) {
    await tab.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  }
  await close();
});

test('when somebody else signs in, nothing of the first is shown or sent', async () => {
  const { page, close } = await openGallery(browser, inbox, { key: keys.ada ?? '' });
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  await mark(page);
  await endSessionsAt(page, inbox, '**/api/v1/media/buckets**', 'ada');
  await search(page, 'other');
  await signInAgain(page, keys.grace);
  await eventually(async () => expect(await isMarked(page)).toBe(false));
  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByText('Signed in as grace').waitFor();
  expect(page.url(), 'the same place').toBe(`${inbox.url}/?text=other`);
  await close();
});

test('signing out leads to the form, also when the session has ended already', async () => {
  for (const isOver of [false, true]) {
    const { page, close } = await openGallery(browser, inbox, { key: keys.ada ?? '' });
    await page.getByRole('button', { name: 'Account' }).click();
    if (isOver) await endSessionsAt(page, inbox, '**/api/v1/session', 'ada');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'mms-inbox' }).waitFor();
    await page.getByLabel('API key').waitFor();
    await close();
  }
});

test('signing out in one tab takes what another one shows away', async () => {
  const { page, context, close } = await openGallery(browser, inbox, { key: keys.ada ?? '' });
  const other = await context.newPage();
  await other.goto(inbox.url);
  await other.locator('.tile').first().waitFor();
  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  for (const tab of [page, other]) await tab.getByLabel('API key').waitFor();
  expect(await other.locator('.tile').count()).toBe(0);
  await close();
});

test('users of a sign-in proxy have no sign-out, and are led to the proxy when it asks again', async () => {
  await inbox.restart({ AUTH_PROXY_HEADER: 'X-User', AUTH_PROXY_ADDRESSES: '127.0.0.1' });
  const { page, context, close } = await openGallery(browser, inbox, {
    key: null,
    options: { extraHTTPHeaders: { 'X-User': 'ada@example.com' } },
  });
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByText('Signed in as proxy:ada@example.com').waitFor();
  expect(await page.getByRole('button', { name: 'Sign out' }).count()).toBe(0);
  await page.keyboard.press('Escape');

  await context.setExtraHTTPHeaders({});
  // The proxy's form, where a user is led who opens the page.
  let asked = 0;
  await page.route(`${inbox.url}/**`, async (route) => {
    if (!route.request().isNavigationRequest()) return route.fallback();
    asked += 1;
    await route.fulfill({ contentType: 'text/html', body: '<!doctype html><h1>Log in</h1>' });
  });
  await search(page, 'first');
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
  expect(asked).toBe(1);
  await close();
  await inbox.restart();
});
