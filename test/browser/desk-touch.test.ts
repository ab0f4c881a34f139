import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { createModerator, holdPictures, nextShown, openDesk } from '../support/desk-page.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

/** Of a finger, in pixels. */
const FINGER = 44;

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
  const sids = await holdPictures(inbox, 8);
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

  const names = ['Approve', 'Quarantine', 'Delete'];
  const decided: (string | null)[] = [];
  for (let index = 0; shown !== null; index += 1) {
    decided.push(shown);
    await button(names[index % names.length] ?? '').tap();
    shown = await nextShown(page, shown);
  }
  expect(decided.toSorted()).toEqual(sids.toSorted());
  await button('Undo').tap();
  expect(await nextShown(page, null)).toBe(decided.at(-1));
  await checkQuiet();
  await close();
});

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
