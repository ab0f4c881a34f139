import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import {
  claimedSids,
  createModerator,
  holdPictures,
  nextShown,
  openDesk,
} from '../support/desk-page.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

/** Of a finger, in pixels. */
const FINGER = 44;
const COUNT = 24;

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

test('a queue is worked off by touch on a phone, with the thumb alone', async () => {
  const ada = await createModerator(inbox, 'ada');
  const sids = await holdPictures(inbox, COUNT);
  const { page, checkQuiet, close } = await openDesk(browser, inbox, ada, {
    device: 'phone',
    path: '/',
  });
  await page.getByRole('button', { name: 'Account' }).tap();
  await page.getByRole('link', { name: 'Desk' }).tap();
  await page.locator('.queue-row', { hasText: 'Held' }).tap();
  let shown = await nextShown(page, null);
  await page.getByRole('button', { name: 'Reveal' }).tap();
  await page.locator('.desk-picture').waitFor();

  const button = (name: string) =>
    page.locator('.decision-bar').getByRole('button', { name, exact: true });
  const { height = 0 } = page.viewportSize() ?? {};
  for (const name of ['Approve', 'Quarantine', 'Delete', 'Skip', 'Next', 'Undo']) {
    const box = await button(name).boundingBox();
    expect(box?.height, name).toBeGreaterThanOrEqual(FINGER);
    // The lower half, where the thumb is.
    expect(box?.y, name).toBeGreaterThan(height / 2);
    expect((box?.y ?? 0) + (box?.height ?? 0), name).toBeLessThanOrEqual(height);
  }

  const acts = { Approve: 'approve', Quarantine: 'quarantine', Delete: 'delete' };
  const names = ['Approve', 'Quarantine', 'Delete', 'Next', 'Approve'] as const;
  const passed = new Set<string>();
  const decided: [string | null, string][] = [];
  for (let index = 0; shown !== null; index += 1) {
    // What was passed by comes again at the end.
    const name = passed.has(shown) ? 'Quarantine' : (names[index % names.length] ?? 'Approve');
    if (name === 'Next') passed.add(shown);
    else decided.push([shown, acts[name]]);
    await button(name).tap();
    shown = await nextShown(page, shown);
  }
  expect(passed.size).toBeGreaterThan(0);
  expect((await ada.acts()).map(({ mediaSid, act }) => [mediaSid, act])).toEqual(decided);
  expect(decided.map(([sid]) => sid).toSorted()).toEqual(sids.toSorted());
  expect(await claimedSids(inbox)).toEqual([]);
  await button('Undo').tap();
  const [last] = decided.at(-1) ?? [];
  expect(await nextShown(page, null)).toBe(last);
  expect(await claimedSids(inbox)).toEqual([last]);
  await checkQuiet();
  await close();
}, 180_000);

test('what is more seldom done is in a menu', async () => {
  const bob = await createModerator(inbox, 'bob');
  const from = '+15550009999';
  const [sid = '', next = ''] = await holdPictures(inbox, 2, { from });
  const { page, checkQuiet, close } = await openDesk(browser, inbox, bob, {
    device: 'phone',
    path: `/desk/held?from=${encodeURIComponent(from)}`,
  });
  const first = await nextShown(page, null);
  await page.locator('.steps summary').tap();
  await page.getByRole('button', { name: 'Delete, block sender' }).tap();
  expect(await nextShown(page, first)).toBe(first === sid ? next : sid);
  expect((await bob.acts()).map(({ mediaSid, act }) => [mediaSid, act])).toEqual([
    [first, 'delete'],
  ]);
  await checkQuiet();
  await close();
});
