import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkAccessible } from '../support/axe.ts';
import { startBrowser } from '../support/browser.ts';
import {
  createModerator,
  holdPictures,
  type Moderator,
  nextShown,
  openDesk,
} from '../support/desk-page.ts';
import type { Device } from '../support/gallery-page.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
let browser: Browser;
let ada: Moderator;
beforeAll(async () => {
  inbox = await startTestInbox();
  browser = await startBrowser();
  ada = await createModerator(inbox, 'ada');
  const code = { code: 'spam', label: 'Advertisement', severity: 'low', defaultAct: 'quarantine' };
  await inbox.api('post', '/api/v1/reason-codes').send(code).expect(201);
  const [first] = await holdPictures(inbox, 12, { body: '<b>look</b> ‮thgir ot tfel' });
  const report = { reason: 'This shows my front door.' };
  await inbox.api('post', `/api/v1/media/${first}/reports`).send(report).expect(201);
  const note = { sender: '+15551234567', text: 'called on Monday' };
  await ada.call('post', '/api/v1/notes').send(note).expect(201);
});
afterAll(async () => {
  await browser.close();
  await inbox.stop();
});

const LOOKS: [Device, 'light' | 'dark'][] = [
  ['desktop', 'light'],
  ['desktop', 'dark'],
  ['phone', 'light'],
  ['phone', 'dark'],
];

/** Nothing moves that nobody has asked for, and axe-core finds nothing. */
async function check(page: Page, what: string): Promise<void> {
  await checkAccessible(page, what);
  expect(await page.evaluate(() => document.getAnimations().length), what).toBe(0);
}

const dialog = (page: Page, name: string) => page.getByRole('dialog', { name });

test.each(LOOKS)(
  'the desk: %s, %s',
  async (device, colorScheme) => {
    const options = { colorScheme, reducedMotion: 'reduce' as const };
    const { page, checkQuiet, close } = await openDesk(browser, inbox, ada, {
      device,
      options,
      path: '/desk',
    });
    await page.locator('.queue-count', { hasText: /\d/ }).first().waitFor();
    await check(page, 'the queues');
    if (device === 'phone') {
      await page.getByRole('button', { name: 'Account' }).click();
      await page.getByRole('link', { name: 'Desk' }).waitFor();
      await check(page, 'the menu of the account');
      await page.keyboard.press('Escape');
    }
    await page.locator('.queue-row', { hasText: 'Held' }).click();
    const first = await nextShown(page, null);
    await page.getByText('called on Monday').waitFor();
    await check(page, 'one that is covered');
    await page.keyboard.press('r');
    await page.locator('.desk-picture').waitFor();
    await page.keyboard.press('f');
    await page.getByRole('form', { name: 'Filter' }).waitFor();
    await check(page, 'one that was revealed, and the filter');
    await page.keyboard.press('f');
    await page.getByRole('button', { name: 'How pictures are shown' }).click();
    await page.getByLabel('Without colours').waitFor();
    await check(page, 'how pictures are shown');
    await page.keyboard.press('Escape');
    for (const [key, name] of [
      ['e', 'Escalate'],
      ['p', 'Block picture'],
      ['?', 'Keyboard shortcuts'],
    ] as const) {
      await page.keyboard.press(key);
      await dialog(page, name).waitFor();
      await check(page, name);
      await page.keyboard.press('Escape');
      await dialog(page, name).waitFor({ state: 'detached' });
    }
    await page.locator('.steps summary').click();
    await check(page, 'more that can be done');
    await page.locator('.steps summary').click();
    await page.keyboard.press('a');
    await nextShown(page, first);
    await page.getByText('Approved.').waitFor();
    await check(page, 'a decision that can be undone');
    await page.goto(`${inbox.url}/desk/escalated`);
    await page.getByText('Nothing is left here').waitFor();
    await check(page, 'nothing left');
    await checkQuiet();
    await close();
  },
  180_000,
);
