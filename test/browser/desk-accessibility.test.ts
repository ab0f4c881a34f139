import type { Browser, Page, Request } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LIST_NAMES, OPERATE_NAMES } from '../../web/src/desk/lists/list-address.ts';
import { QUEUE_NAMES } from '../../web/src/desk/queue-filter.ts';
import { startBrowser } from '../support/browser.ts';
import { checkLook, LOOKS } from '../support/desk-lists.ts';
import {
  createModerator,
  holdPictures,
  type Moderator,
  nextShown,
  openDesk,
} from '../support/desk-page.ts';
import { ADMIN_KEY, eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
let browser: Browser;
let ada: Moderator;
let story: string;
beforeAll(async () => {
  inbox = await startTestInbox();
  browser = await startBrowser();
  ada = await createModerator(inbox, 'ada');
  const code = { code: 'spam', label: 'Advertisement', severity: 'low', defaultAct: 'quarantine' };
  await inbox.api('post', '/api/v1/reason-codes').send(code).expect(201);
  const [first] = await holdPictures(inbox, 12, { body: '<b>look</b> ‮thgir ot tfel' });
  story = `/desk/story/${first}`;
  const report = { reason: 'This shows my front door.' };
  await inbox.api('post', `/api/v1/media/${first}/reports`).send(report).expect(201);
  const note = { sender: '+15551234567', text: 'called on Monday' };
  await ada.call('post', '/api/v1/notes').send(note).expect(201);
});
afterAll(async () => {
  await browser.close();
  await inbox.stop();
});

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
    await checkLook(page, 'the queues');
    if (device === 'phone') {
      await page.getByRole('button', { name: 'Account' }).click();
      await page.getByRole('link', { name: 'Desk' }).waitFor();
      await checkLook(page, 'the menu of the account');
      await page.keyboard.press('Escape');
    }
    await page.locator('.queue-row', { hasText: 'Held' }).click();
    const first = await nextShown(page, null);
    await page.getByText('called on Monday').waitFor();
    await checkLook(page, 'one that is covered');
    await page.keyboard.press('r');
    await page.locator('.desk-picture').waitFor();
    await page.keyboard.press('f');
    await page.getByRole('form', { name: 'Filter' }).waitFor();
    await checkLook(page, 'one that was revealed, and the filter');
    await page.keyboard.press('f');
    await page.getByRole('button', { name: 'How pictures are shown' }).click();
    await page.getByLabel('Without colours').waitFor();
    await checkLook(page, 'how pictures are shown');
    await page.keyboard.press('Escape');
    for (const [key, name] of [
      ['e', 'Escalate'],
      ['p', 'Block picture'],
      ['?', 'Keyboard shortcuts'],
    ] as const) {
      await page.keyboard.press(key);
      await dialog(page, name).waitFor();
      await checkLook(page, name);
      await page.keyboard.press('Escape');
      await dialog(page, name).waitFor({ state: 'detached' });
    }
    await page.locator('.steps summary').click();
    await checkLook(page, 'more that can be done');
    await page.locator('.steps summary').click();
    await page.keyboard.press('a');
    await nextShown(page, first);
    await page.getByText('Approved.').waitFor();
    await checkLook(page, 'a decision that can be undone');
    await page.goto(`${inbox.url}/desk/escalated`);
    await page.getByText('Nothing is left here').waitFor();
    await checkLook(page, 'nothing left');
    await checkQuiet();
    await close();
  },
  180_000,
);

/** Every page that the address bar can say. */
const pages = () => [
  '/desk',
  ...QUEUE_NAMES.map((name) => `/desk/${name}`),
  ...[...LIST_NAMES, ...OPERATE_NAMES].map((name) => `/desk/${name}`),
  story,
];

/** @returns waits until nothing is asked any more; the stream of events never ends */
function followRequests(page: Page): () => Promise<void> {
  const asked = new Set<Request>();
  page.on('request', (request) => {
    if (request.resourceType() !== 'eventsource') asked.add(request);
  });
  const answered = (request: Request) => void asked.delete(request);
  page.on('requestfinished', answered);
  page.on('requestfailed', answered);
  return () =>
    eventually(async () => expect([...asked].map((request) => request.url())).toEqual([]));
}

test.each([
  ['desktop', 'light'],
  ['phone', 'dark'],
] as const)(
  'every page of the desk: %s, %s',
  async (device, colorScheme) => {
    const options = { colorScheme, reducedMotion: 'reduce' as const };
    const { page, checkQuiet, close } = await openDesk(
      browser,
      inbox,
      { secret: ADMIN_KEY },
      { device, options, path: '/desk' },
    );
    const allAnswered = followRequests(page);
    for (const path of pages()) {
      await page.goto(inbox.url + path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await allAnswered();
      await checkLook(page, path);
      await checkQuiet();
      const links = await page
        .locator('a[href^="/desk"]')
        .evaluateAll((all) =>
          all.map((link) => new URL((link as HTMLAnchorElement).href).pathname),
        );
      const known = pages();
      const unknown = links.filter((to) => !known.includes(to) && !to.startsWith('/desk/story/'));
      expect(unknown, `${path} leads to pages that are not looked at here`).toEqual([]);
    }
    await close();
  },
  300_000,
);
