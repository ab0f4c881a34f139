import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import {
  claimedSids,
  createModerator,
  holdPictures,
  type Moderator,
  nextShown,
  openDesk,
  shownSid,
} from '../support/desk-page.ts';
import { endSessionsAt } from '../support/gallery-page.ts';
import { smallPicture } from '../support/small-picture.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

// What happens elsewhere while an attachment is open at the desk.

let inbox: TestInbox;
let browser: Browser;
let ada: Moderator;
let n = 0;
beforeAll(async () => {
  inbox = await startTestInbox();
  browser = await startBrowser();
});
beforeEach(async () => {
  n += 1;
  ada = await createModerator(inbox, `ada-${n}`);
});
afterAll(async () => {
  await browser.close();
  await inbox.stop();
});

async function workOn(count: number, init?: (page: { clockAheadMs: number }) => void) {
  const from = `+1555000${4000 + n}`;
  const sids = await holdPictures(inbox, count, { from });
  const path = `/desk/held?from=${encodeURIComponent(from)}`;
  const opened = await openDesk(browser, inbox, ada, { path: '/desk' });
  if (init) await opened.context.addInitScript(init, { clockAheadMs: AHEAD_MS });
  await opened.page.goto(inbox.url + path);
  const first = String(await nextShown(opened.page, null));
  await opened.page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  return { ...opened, from, sids, first };
}

const AHEAD_MS = 5 * 3_600_000;

test('a rule decides: it is said, it stays before the moderator, and what they decide counts', async () => {
  // What a person has held, a rule leaves alone.
  await inbox.restart({ MODERATION_MODE: 'hold-media' });
  const from = `+1555000${4000 + n}`;
  const attachments = [{ bytes: await smallPicture(4000), contentType: 'image/png' }];
  const { message } = await inbox.receive({ from, attachments });
  await inbox.mediaOf(message.sid, 'stored');
  const path = `/desk/held?from=${encodeURIComponent(from)}`;
  const { page, checkQuiet, close } = await openDesk(browser, inbox, ada, { path });
  const first = String(await nextShown(page, null));
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  const block = { policy: 'quarantine', applyToExisting: true };
  await inbox.api('post', `/api/v1/media/${first}/block`).send(block).expect(200);
  await page.getByText('Changed meanwhile by system:blocklist: Quarantined.').waitFor();
  await page.locator('.desk-panel').getByText('Quarantined', { exact: true }).waitFor();
  expect(await shownSid(page)).toBe(first);
  await page.keyboard.press('a');
  expect(await nextShown(page, first)).toBeNull();
  await eventually(async () => {
    const { body } = await ada.call('get', `/api/v1/media/${first}`).expect(200);
    expect(body).toMatchObject({ moderation: 'visible', decision: { by: `ada-${n}` } });
  });
  await checkQuiet();
  await close();
  await inbox.restart({ MODERATION_MODE: 'off' });
}, 60_000);

test('the session is revoked while a claim is held: after signing in again, it is said that it was given back', async () => {
  await inbox.restart({ CLAIM_SECONDS: '5' });
  const { page, first, close } = await workOn(1);
  await endSessionsAt(page, inbox, '**/api/v1/claims/*/extend', `ada-${n}`);
  await page.mouse.move(200, 200);
  const form = page.getByRole('dialog', { name: 'Sign in' });
  await form.getByLabel('API key').fill(ada.secret);
  await form.getByRole('button', { name: 'Sign in' }).click();
  await form.waitFor({ state: 'detached' });
  await page.getByRole('heading', { name: 'it was given back' }).waitFor();
  await page.keyboard.press('n');
  expect(await nextShown(page, null)).toBe(first);
  await eventually(async () => expect(await claimedSids(inbox)).toContain(first));
  await close();
  await inbox.restart({ CLAIM_SECONDS: '120' });
}, 60_000);

test('an undo that comes too late says so', async () => {
  const { page, first, close } = await workOn(1);
  await page.route('**/api/v1/acts/*', async (route) => {
    if (route.request().method() !== 'DELETE') return route.fallback();
    // The network is slow: the act goes out before.
    await eventually(async () => expect((await ada.acts())[0]?.state).toBe('done'));
    return route.continue();
  });
  await page.keyboard.press('a');
  await nextShown(page, first);
  await page.keyboard.press('u');
  await page.getByText('It is too late to undo.').waitFor();
  expect((await ada.acts()).map(({ act, state }) => [act, state])).toEqual([['approve', 'done']]);
  await close();
}, 60_000);

test('without a network nothing is decided, and it can be decided once it is back', async () => {
  const { page, context, first, close } = await workOn(2);
  await context.setOffline(true);
  await page.keyboard.press('a');
  await page.getByText('The server does not answer.').first().waitFor();
  expect(await shownSid(page)).toBe(first);
  await context.setOffline(false);
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  expect(await ada.acts()).toEqual([]);
  await page.keyboard.press('a');
  expect(await nextShown(page, first)).not.toBeNull();
  expect((await ada.acts()).map(({ mediaSid }) => mediaSid)).toEqual([first]);
  await close();
}, 60_000);

test('the clock of the browser is wrong by hours: waiting times, the claim and the undo are right', async () => {
  await inbox.restart({ CLAIM_SECONDS: '5' });
  const { page, sids, first, close } = await workOn(2, ({ clockAheadMs }) => {
    const Real = Date;
    const now = () => Real.now() + clockAheadMs;
    // biome-ignore lint/suspicious/noGlobalAssign: the page has this clock.
    Date = new Proxy(Real, {
      construct: (_target, args) =>
        Reflect.construct(Real, args.length === 0 ? [now()] : args) as object,
      get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
    });
  });
  expect(await page.evaluate(() => Date.now())).toBeGreaterThan(Date.now() + AHEAD_MS / 2);
  await page.getByText('Has waited a moment').waitFor();
  // A filter by age is of the server's clock, too.
  await page.getByLabel('Age').selectOption('Over an hour');
  await page.getByText('Nothing is left with this filter').waitFor();
  await page.getByLabel('Age').selectOption('Any age');
  expect(await nextShown(page, null)).toBe(first);
  // Longer than the claim lasts.
  const until = performance.now() + 8000;
  for (let x = 0; performance.now() < until; x += 1) {
    await page.mouse.move(100 + (x % 100), 200);
    await page.waitForTimeout(100);
  }
  expect(await shownSid(page)).toBe(first);
  await page.keyboard.press('a');
  const second = await nextShown(page, first);
  expect(sids).toContain(second);
  await page.keyboard.press('u');
  expect(await nextShown(page, second)).toBe(first);
  await close();
  await inbox.restart({ CLAIM_SECONDS: '120' });
}, 90_000);
