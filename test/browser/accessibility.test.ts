import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkAccessible } from '../support/axe.ts';
import { startBrowser } from '../support/browser.ts';
import { fixturePath } from '../support/fixtures.ts';
import { type Device, endSessionsAt, openGallery } from '../support/gallery-page.ts';
import { smallPicture } from '../support/small-picture.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';
import { importFixture, openSlide } from '../support/viewer-page.ts';

const KINDS = [
  'photo.jpg',
  'animated.gif',
  'video.mp4',
  'audio.amr',
  'document.pdf',
  'contact-30.vcf',
  'event.ics',
  'note-utf8.txt',
  'archive.zip',
];
const FROM = '+15551234567';
const MAX_BYTES = 4 * 1024 * 1024;

let inbox: TestInbox;
let browser: Browser;
/** By kind, and `held` and `failed`. */
const sids: Record<string, string> = {};
beforeAll(async () => {
  inbox = await startTestInbox({
    PATH: process.env.PATH ?? '',
    MEDIA_MAX_BYTES: String(MAX_BYTES),
  });
  browser = await startBrowser();
  for (const name of KINDS) {
    const body = `<b>${name}</b> ‮thgir ot tfel`;
    sids[name] = (await importFixture(inbox, name, { from: FROM, body })).sid;
  }
  const picture = { bytes: await smallPicture(2), contentType: 'image/png' };
  const { message } = await inbox.receive({ from: FROM, attachments: [picture] });
  sids.held = (await inbox.mediaOf(message.sid, 'stored'))[0]?.sid ?? '';
  await inbox
    .api('post', `/api/v1/media/${sids.held}/decision`)
    .send({ decision: 'hold', expected: 'visible' })
    .expect(200);
  const tooLarge = { bytes: Buffer.alloc(MAX_BYTES + 1), contentType: 'image/png' };
  const lost = await inbox.receive({ from: FROM, attachments: [tooLarge] });
  sids.failed = (await inbox.mediaOf(lost.message.sid, 'failed'))[0]?.sid ?? '';
}, 180_000);
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

/** Opens the page in one look, with reduced motion. */
async function open(device: Device, colorScheme: 'light' | 'dark', path = '/', key?: null) {
  const options = { colorScheme, reducedMotion: 'reduce' as const };
  return openGallery(browser, inbox, { device, path, options, ...(key === null && { key }) });
}

/** Nothing moves that nobody has asked for, and axe-core finds nothing. */
async function check(page: Page, what: string): Promise<void> {
  await checkAccessible(page, what);
  expect(await page.evaluate(() => document.getAnimations().length), what).toBe(0);
}

/** Something of the attachment that is open. */
const shown = (page: Page) =>
  openSlide(page).locator(':is(img, video, audio, dl, p, pre, a, button):visible').first();
const dialog = (page: Page, name: string) => page.getByRole('dialog', { name });
const endOf = (page: Page, name: string) => dialog(page, name).waitFor({ state: 'detached' });

test.each(LOOKS)('signing in: %s, %s', async (...look) => {
  const { page, close } = await open(...look, '/', null);
  await page.getByLabel('API key').waitFor();
  await check(page, 'the form');
  await close();
});

test.each(LOOKS)(
  'the grid, its filter, menus and dialogs: %s, %s',
  async (...look) => {
    const { page, checkQuiet, close } = await open(...look);
    await page.locator('.tile').nth(KINDS.length).waitFor();
    await check(page, 'the grid');

    await page.getByRole('button', { name: 'Account' }).click();
    await check(page, 'the account menu');
    await page.keyboard.press('Escape');

    await page.keyboard.press('?');
    await dialog(page, 'Keyboard shortcuts').waitFor();
    await check(page, 'keyboard shortcuts');
    await page.keyboard.press('Escape');
    await endOf(page, 'Keyboard shortcuts');

    await page.keyboard.press('f');
    await page.getByRole('dialog').waitFor();
    await check(page, 'the filter');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });

    await page.locator('.tile').first().focus();
    await page.keyboard.press('x');
    await page.getByText('1 selected').first().waitFor();
    await check(page, 'a selection');
    await checkQuiet();
    await page.goto(`${inbox.url}/?text=nothing-has-this`);
    await page.getByText('Nothing was found').waitFor();
    await check(page, 'nothing found');
    await checkQuiet();
    await close();
  },
  180_000,
);

test.each(LOOKS)('what was seen before: %s, %s', async (...look) => {
  const { page, checkQuiet, close } = await open(...look);
  const button = page.getByRole('button', { name: 'Have we seen this?' });
  await page.getByRole('button', { name: /^Filter/ }).waitFor();
  // On a phone it is in the filter.
  if (!(await button.isVisible())) await page.getByRole('button', { name: /^Filter/ }).click();
  await button.click();
  const search = dialog(page, 'Have we seen this?');
  await search.locator('input[type=file]').waitFor({ state: 'attached' });
  await check(page, 'a picture is asked for');
  await search.locator('input[type=file]').setInputFiles(fixturePath('photo.jpg'));
  await search.getByText('Same bytes').waitFor();
  await check(page, 'similar pictures');
  await checkQuiet();
  await close();
});

test('an inbox to which nothing has come', async () => {
  const empty = await startTestInbox();
  for (const [device, colorScheme] of LOOKS) {
    const options = { colorScheme, reducedMotion: 'reduce' as const };
    const { page, checkQuiet, close } = await openGallery(browser, empty, { device, options });
    await page.getByText('Messages to your number appear here.').waitFor();
    await check(page, 'nothing yet');
    await checkQuiet();
    await close();
  }
  await empty.stop();
}, 120_000);

test.each(LOOKS)(
  'each kind of attachment: %s, %s',
  async (...look) => {
    const { page, close } = await open(...look);
    for (const [name, sid] of Object.entries(sids)) {
      await page.goto(`${inbox.url}/m/${sid}`);
      await shown(page).waitFor();
      await check(page, name);
    }
    await page.goto(`${inbox.url}/m/${sids['photo.jpg']}`);
    const panel = page.getByRole('complementary');
    await shown(page).waitFor();
    if (!(await panel.isVisible())) await page.keyboard.press('i');
    await panel.waitFor();
    await check(page, 'details');
    // On a phone it lies above the acts.
    await page.keyboard.press('i');
    await page.getByRole('button', { name: 'Share' }).click();
    await page.getByRole('dialog').nth(1).waitFor();
    await check(page, 'sharing');
    await close();
  },
  240_000,
);

test.each(LOOKS)('a conversation, and the end of a session: %s, %s', async (...look) => {
  const { page, checkQuiet, close } = await open(
    ...look,
    `/conversation?from=${encodeURIComponent(FROM)}`,
  );
  await page.getByText('note-utf8.txt').first().waitFor();
  await check(page, 'a conversation');
  await checkQuiet();
  await endSessionsAt(page, inbox, '**/api/v1/media/buckets**');
  await page
    .getByLabel('mms-inbox')
    .or(page.getByRole('link', { name: 'mms-inbox' }))
    .click();
  await dialog(page, 'Sign in').waitFor();
  await check(page, 'signing in again');
  await close();
});
