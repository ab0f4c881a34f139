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
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

// What changes while an attachment is open.

let inbox: TestInbox;
let browser: Browser;
let ada: Moderator;
let bob: Moderator;
beforeAll(async () => {
  inbox = await startTestInbox();
  browser = await startBrowser();
  ada = await createModerator(inbox, 'ada');
  bob = await createModerator(inbox, 'bob');
});
afterAll(async () => {
  await browser.close();
  await inbox.stop();
});

let n = 0;
let from: string;
beforeEach(() => {
  n += 1;
  from = `+1555300${1000 + n}`;
});

async function workOn(count: number) {
  const sids = await holdPictures(inbox, count, { from });
  const path = `/desk/held?from=${encodeURIComponent(from)}`;
  const opened = await openDesk(browser, inbox, ada, { path });
  /** Of these alone: a page that was closed may have given nothing back. */
  const claimed = async () => (await claimedSids(inbox)).filter((sid) => sids.includes(sid));
  return { ...opened, sids, claimed, first: String(await nextShown(opened.page, null)) };
}

test('deleted by somebody else: it says so, nothing is decided, and one goes on', async () => {
  const { page, sids, first, close } = await workOn(2);
  await bob.call('delete', `/api/v1/media/${first}`).expect(204);
  await page.getByRole('heading', { name: 'Deleted meanwhile by bob' }).waitFor();
  await page.keyboard.press('q');
  await page.keyboard.press('n');
  expect(await nextShown(page, first)).toBe(sids.find((sid) => sid !== first));
  expect(await ada.acts()).toEqual([]);
  await close();
});

test('its sender is erased: it is gone, and so is all that was shown of the person', async () => {
  const { page, claimed, close } = await workOn(2);
  await page.getByText(from).first().waitFor();
  await inbox.api('post', '/api/v1/senders/erasures').send({ address: from }).expect(202);
  await page.getByRole('heading', { name: 'Deleted meanwhile' }).waitFor();
  await eventually(async () => {
    expect(await page.locator('main').innerText()).not.toContain(from);
  });
  await page.keyboard.press('n');
  await page.getByText('Nothing is left').waitFor();
  expect(await claimed()).toEqual([]);
  await close();
});

test('a reason code that was removed: it says so, and no longer offers it', async () => {
  for (const code of ['spam', 'private']) {
    const body = { code, label: code, severity: 'low', defaultAct: null };
    await inbox.api('post', '/api/v1/reason-codes').send(body).expect(201);
  }
  const { page, first, claimed, close } = await workOn(2);
  const codes = page.getByLabel('Reason code');
  await codes.selectOption('spam (low)');
  await inbox.api('delete', '/api/v1/reason-codes/spam').expect(204);
  await codes.press('Escape');
  // Keys act again once the page has looked at its claim: after the notice, and at the end of the act.
  let looks = 0;
  page.on('response', (answer) => {
    if (answer.request().method() === 'GET' && /\/claims\/[^/]+$/.test(answer.url())) looks += 1;
  });
  await page.keyboard.press('q');
  await page.getByText('This reason is no longer in the list').waitFor();
  await eventually(async () => expect(looks).toBe(2));
  await eventually(async () => {
    expect(await codes.locator('option').allInnerTexts()).toHaveLength(2);
    expect(await codes.inputValue()).toBe('');
  });
  expect(await shownSid(page)).toBe(first);
  expect(await claimed()).toEqual([first]);
  expect(await ada.acts()).toEqual([]);
  await page.keyboard.press('q');
  await nextShown(page, first);
  expect((await ada.acts()).map(({ act, reasonCode }) => [act, reasonCode])).toEqual([
    ['quarantine', null],
  ]);
  await close();
});
