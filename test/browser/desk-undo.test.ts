import type { Browser, Route } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { auditOf } from '../support/deletion-record.ts';
import {
  claimedSids,
  createModerator,
  type Moderator,
  moderationOf,
  nextShown,
  openDesk,
  reportPictures,
} from '../support/desk-page.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
let browser: Browser;
let ada: Moderator;
let n = 0;
let from: string;
beforeAll(async () => {
  inbox = await startTestInbox();
  browser = await startBrowser();
});
beforeEach(async () => {
  n += 1;
  from = `+1555200${1000 + n}`;
  ada = await createModerator(inbox, `ada-${n}`);
});
afterAll(async () => {
  await browser.close();
  await inbox.stop();
});

/** Two or three that were reported, in which everything can be done. */
async function workOn(count: number) {
  const sids = await reportPictures(inbox, count, { from });
  const path = `/desk/reported?from=${encodeURIComponent(from)}`;
  const opened = await openDesk(browser, inbox, ada, { path });
  /** Of these alone: a page that was closed may have given nothing back. */
  const claimed = async () => (await claimedSids(inbox)).filter((sid) => sids.includes(sid));
  return { ...opened, claimed, first: String(await nextShown(opened.page, null)) };
}

const ownActs = async () =>
  (await ada.acts()).map(({ mediaSid, act, state }) => [mediaSid, act, state]);

test('each act can be undone: its attachment is shown again, and nothing has happened to it', async () => {
  const { page, first, claimed, checkQuiet, close } = await workOn(2);
  const expected: [string, string, string][] = [];
  for (const [key, act] of [
    ['a', 'approve'],
    ['h', 'hold'],
    ['q', 'quarantine'],
    ['Delete', 'delete'],
    ['w', 'delete'],
  ] as const) {
    await page.keyboard.press(key);
    const second = await nextShown(page, first);
    await page.keyboard.press('u');
    expect(await nextShown(page, second)).toBe(first);
    expect(await claimed()).toEqual([first]);
    expected.push([first, act, 'cancelled']);
    expect(await ownActs()).toEqual(expected);
  }
  expect(await moderationOf(inbox, first)).toBe('visible');
  const entries: { action: string }[] = await auditOf(inbox, `target=${first}`);
  const actions = new Set(entries.map(({ action }) => action));
  expect(actions).toEqual(new Set(['media.report', 'act.cancel']));
  const sender = await inbox.api('get', `/api/v1/senders?address=${encodeURIComponent(from)}`);
  expect(sender.body.items).toEqual([]);
  await page.keyboard.press('q');
  await nextShown(page, first);
  expect((await ownActs()).slice(0, -1)).toEqual(expected);
  expect((await ownActs()).at(-1)?.slice(0, 2)).toEqual([first, 'quarantine']);
  await checkQuiet();
  await close();
});

test('undone before the server has answered: that decision, and not the one before', async () => {
  const { page, first, claimed, checkQuiet, close } = await workOn(3);
  await page.keyboard.press('a');
  const second = await nextShown(page, first);
  let answer = () => {};
  const isHeld = new Promise<void>((resume) => {
    answer = resume;
  });
  const hold = async (route: Route) => {
    await isHeld;
    await route.continue();
  };
  await page.route('**/api/v1/acts', hold, { times: 1 });
  const asked = page.waitForRequest('**/api/v1/acts');
  await page.keyboard.press('Delete');
  await asked;
  await page.keyboard.press('u');
  answer();
  await eventually(async () => {
    const [before, latest] = await ownActs();
    expect(before).toEqual([first, 'approve', expect.not.stringMatching('cancelled')]);
    expect(latest).toEqual([second, 'delete', 'cancelled']);
    expect(await claimed()).toEqual([second]);
  });
  await page.locator(`.desk-stage[data-sid="${second}"]`).waitFor();
  await checkQuiet();
  await close();
});

test('undone too late: it says so, and the decision stands', async () => {
  const { page, first, close } = await workOn(2);
  await page.route('**/api/v1/acts/*', async (route) => {
    if (route.request().method() !== 'DELETE') return route.fallback();
    await eventually(async () => expect((await ownActs())[0]?.[2]).toBe('done'));
    await route.continue();
  });
  await page.keyboard.press('q');
  const second = await nextShown(page, first);
  await page.keyboard.press('u');
  await page.getByText('Too late').waitFor();
  await page.locator(`.desk-stage[data-sid="${second}"]`).waitFor();
  expect(await moderationOf(inbox, first)).toBe('quarantined');
  await close();
});
