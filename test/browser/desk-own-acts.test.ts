import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkAccessible } from '../support/axe.ts';
import { startBrowser } from '../support/browser.ts';
import {
  createModerator,
  holdPictures,
  type Moderator,
  nextShown,
  openDesk,
  shownSid,
} from '../support/desk-page.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
let browser: Browser;
let ada: Moderator;
beforeAll(async () => {
  inbox = await startTestInbox();
  browser = await startBrowser();
  ada = await createModerator(inbox, 'ada');
  const code = { code: 'abuse', label: 'Abuse of a child', severity: 'high', reviewers: 2 };
  await inbox.api('post', '/api/v1/reason-codes').send(code).expect(201);
});
afterAll(async () => {
  await browser.close();
  await inbox.stop();
});

test('a block that takes two people is said to be proposed, and one goes on when it has gone out', async () => {
  await holdPictures(inbox, 2);
  const { page, checkQuiet, close } = await openDesk(browser, inbox, ada);
  const first = await nextShown(page, null);
  const codes = page.getByLabel('Reason code');
  await codes.selectOption('abuse');
  await codes.press('Escape');
  await page.keyboard.press('b');
  const notice = page.locator('.notice', { hasText: 'Proposed to a second person.' });
  await notice.getByRole('button', { name: 'Undo' }).waitFor();
  expect(await shownSid(page)).toBe(first);
  const next = await nextShown(page, first);
  expect(next).not.toBeNull();
  await page.getByText('You have dealt with that one.').waitFor();
  await page.getByText('It is in the queue “Escalated” now.').waitFor();
  // The last act has gone out.
  await page.keyboard.press('u');
  await page.getByText('It is too late to undo.').waitFor();
  expect(await shownSid(page)).toBe(next);
  await checkQuiet();
  await close();

  const bob = await createModerator(inbox, 'bob');
  const second = await openDesk(browser, inbox, bob, { device: 'phone', path: '/desk' });
  const row = second.page.locator('.queue-row', { hasText: 'Escalated' });
  await row.getByText('1 for a second person').waitFor();
  const name = await row.getByText('Escalated', { exact: true }).boundingBox();
  expect(name?.width).toBeGreaterThan(3 * (name?.height ?? 0));
  await checkAccessible(second.page, 'the queues on a phone');
  await row.tap();
  expect(await nextShown(second.page, null)).toBe(first);
  await second.page.getByRole('button', { name: 'Agree' }).tap();
  // What confirms is done.
  await second.page.getByText('Sender blocked.').waitFor();
  expect(await nextShown(second.page, first)).toBeNull();
  await second.checkQuiet();
  await second.close();
}, 60_000);

test('a block also of what is stored; Escape closes the menu first; the panel says what is blocked', async () => {
  await holdPictures(inbox, 2, { from: '+15550004001' });
  const path = `/desk/held?from=${encodeURIComponent('+15550004001')}`;
  const { page, checkQuiet, close } = await openDesk(browser, inbox, ada, { path });
  const first = await nextShown(page, null);
  const menu = page.locator('.steps details');
  await menu.locator('summary').click();
  await page.keyboard.press('Escape');
  expect(await menu.getAttribute('open')).toBeNull();
  expect(await shownSid(page)).toBe(first);

  await page.keyboard.press('p');
  const dialog = page.getByRole('dialog', { name: 'Block picture' });
  await dialog.getByLabel('Also copies that are stored already').check();
  await checkAccessible(page, 'what to block');
  await dialog.getByRole('button', { name: 'Quarantine copies' }).click();
  const notice = page.locator('.notice', { hasText: 'Blocked.' });
  await notice.waitFor();
  const latest = (await ada.acts()).at(-1);
  expect(latest).toMatchObject({ act: 'block', policy: 'quarantine', applyToExisting: true });
  const [box, bar] = [
    await notice.boundingBox(),
    await page.locator('.decision-bar').boundingBox(),
  ];
  expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(bar?.y ?? 0);
  await page.getByText('On the blocklist: what arrives with these bytes is quarantined.').waitFor();
  await checkQuiet();
  await close();
}, 60_000);
