import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { countOf, followedAct } from '../support/bulk-page.ts';
import { checkLook, LOOKS } from '../support/desk-lists.ts';
import { createModerator, type Moderator } from '../support/desk-page.ts';
import { openGallery } from '../support/gallery-page.ts';
import { waitForThumbnails } from '../support/grid-page.ts';
import { gallerySid, seedGallery } from '../support/seed-gallery.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

/** More than the page loads at once. */
const COUNT = 600;
let inbox: TestInbox;
let browser: Browser;
let ada: Moderator;
beforeAll(async () => {
  inbox = await startTestInbox();
  browser = await startBrowser();
  await seedGallery(inbox, [{ from: new Date(2026, 9, 20, 8), count: COUNT, stepMs: 60_000 }]);
  ada = await createModerator(inbox, 'ada');
});
afterAll(async () => {
  await browser.close();
  await inbox.stop();
});

const open = (options: Parameters<typeof openGallery>[2] = {}) =>
  openGallery(browser, inbox, { key: ada.secret, ...options });
const tile = (page: Page, n: number) => page.locator(`[data-sid="${gallerySid(n)}"]`);
const dialogOf = (page: Page) => page.getByRole('dialog', { name: 'Decide about many' });

const selected = (page: Page, hasText: string) =>
  page.locator('.selection-count').filter({ hasText }).waitFor();

/** Selects the two newest by keys. */
async function selectTwo(page: Page): Promise<void> {
  await waitForThumbnails(page);
  await tile(page, COUNT).focus();
  await page.keyboard.press('x');
  await page.keyboard.press('Shift+ArrowRight');
  await selected(page, '2 selected');
}

test('by keyboard: counted first, begun once, its outcome, and put back', async () => {
  const { page, checkQuiet, close } = await open();
  await page.getByText('Live').waitFor();
  await selectTwo(page);
  await page.keyboard.press('?');
  await page.getByText('With a selection: hold, after a question').waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('h');
  const dialog = dialogOf(page);
  await dialog.getByText('2 selected attachments').waitFor();
  await dialog.getByText('2 attachments will be held.').waitFor();
  // Only counted.
  expect(await countOf(ada, 'held')).toBe(0);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await selected(page, '2 selected');

  await page.keyboard.press('h');
  await dialog.getByText('2 attachments will be held.').waitFor();
  await dialog.getByLabel('Reason in words').fill('look at it');
  await dialog.getByRole('button', { name: 'Hold: 2' }).dblclick();
  await followedAct(page).getByText('2 attachments held.').waitFor();
  await dialog.waitFor({ state: 'detached' });
  expect(await page.locator('.selection-bar').count()).toBe(0);
  expect(await countOf(ada, 'held')).toBe(2);
  const { body: acts } = await ada.call('get', '/api/v1/bulk').expect(200);
  expect(acts.items).toHaveLength(1);
  expect(acts.items[0]).toMatchObject({ action: 'hold', reason: 'look at it', total: 2 });
  await tile(page, COUNT).getByText('Held').waitFor();

  await page.getByRole('button', { name: 'Undo: Hold' }).click();
  await followedAct(page).getByText('2 attachments put back.').waitFor();
  expect(await countOf(ada, 'held')).toBe(0);
  await checkQuiet();
  await close();
});

test('all that the filter finds, also what is not loaded; its matches change meanwhile', async () => {
  const { page, checkQuiet, close } = await open({ path: '/?since=2026-10-20&kind=picture' });
  await selectTwo(page);
  await page.getByRole('button', { name: 'Select all that match' }).click();
  await selected(page, 'All that match');
  expect(await page.getByRole('button', { name: 'Download' }).count()).toBe(0);
  // Another choice ends that.
  await tile(page, COUNT - 2).click();
  await selected(page, '3 selected');
  await page.keyboard.press('*');
  await selected(page, 'All that match');
  await page.getByRole('button', { name: 'Quarantine' }).click();
  const dialog = dialogOf(page);
  await dialog.getByText(`${COUNT} attachments will be quarantined.`).waitFor();
  await dialog.getByText(/Since .*Pictures/).waitFor();

  await ada.call('delete', `/api/v1/media/${gallerySid(1)}`).expect(204);
  await dialog.getByRole('button', { name: `Quarantine: ${COUNT}` }).click();
  await page
    .getByText(`${COUNT} were counted before. When it began, ${COUNT - 1} matched.`)
    .waitFor();
  await followedAct(page)
    .getByText(`${COUNT - 1} attachments quarantined.`)
    .waitFor();
  expect(await countOf(ada, 'quarantined')).toBe(COUNT - 1);
  await page.getByRole('button', { name: 'Undo: Quarantine' }).click();
  await followedAct(page)
    .getByText(`${COUNT - 1} attachments put back.`)
    .waitFor();
  await checkQuiet();
  await close();
});

test('without a filter it warns, and wants to be told twice', async () => {
  const { page, close } = await open();
  await selectTwo(page);
  await page.keyboard.press('*');
  await page.keyboard.press('Delete');
  const dialog = dialogOf(page);
  await dialog.getByText('There is no filter').waitFor();
  await dialog.getByText(/60\d attachments will be deleted\./).waitFor();
  const begin = dialog.getByRole('button', { name: /^Delete:/ });
  expect(await begin.isDisabled()).toBe(true);
  await dialog.getByLabel('Delete them, here and at Twilio').check();
  expect(await begin.isEnabled()).toBe(true);
  // It was said of a delete.
  await dialog.getByLabel('Hold').check();
  await dialog.getByText(/60\d attachments will be held\./).waitFor();
  expect(await dialog.getByRole('button', { name: /^Hold:/ }).isDisabled()).toBe(true);
  // No classifier is there.
  expect(await dialog.getByLabel('Scan again').count()).toBe(0);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  expect(await countOf(ada, 'held')).toBe(0);
  await close();
});

test('why it could not begin is said, and asked again it is begun once', async () => {
  const { page, close } = await open();
  await selectTwo(page);
  const before = (await ada.call('get', '/api/v1/bulk').expect(200)).body.items.length;
  await page.keyboard.press('h');
  const dialog = dialogOf(page);
  await dialog.getByText('2 attachments will be held.').waitFor();
  // It is begun, and the answer is lost.
  await page.route(
    '**/api/v1/bulk',
    async (route) => {
      await route.fetch();
      await route.abort();
    },
    { times: 1 },
  );
  const begin = dialog.getByRole('button', { name: 'Hold: 2' });
  await begin.click();
  await dialog.getByText('The server does not answer').waitFor();
  await begin.click();
  await followedAct(page).getByText('2 attachments held.').waitFor();
  const { body: acts } = await ada.call('get', '/api/v1/bulk').expect(200);
  expect(acts.items).toHaveLength(before + 1);
  await page.getByRole('button', { name: 'Undo: Hold' }).click();
  await followedAct(page).getByText('2 attachments put back.').waitFor();
  await close();
});

test('a viewer can only download', async () => {
  const key = { name: 'watcher', role: 'viewer' };
  const { body } = await inbox.api('post', '/api/v1/keys').send(key).expect(201);
  const { page, checkQuiet, close } = await open({ key: body.secret });
  await selectTwo(page);
  const bar = page.getByRole('toolbar', { name: 'Selection' });
  expect(await bar.getByRole('button').allInnerTexts()).toEqual(['', 'Download']);
  for (const pressed of ['a', 'h', 'q', 'Delete', '*']) await page.keyboard.press(pressed);
  expect(await page.getByRole('dialog').count()).toBe(0);
  await page.keyboard.press('?');
  await page.getByText('Select or unselect').waitFor();
  expect(await page.getByText('With a selection').count()).toBe(0);
  await checkQuiet();
  await close();
});

test('by touch on a phone: a long press, all that match, held and put back', async () => {
  const { page, context, checkQuiet, close } = await open({ device: 'phone' });
  await waitForThumbnails(page);
  const fingers = await context.newCDPSession(page);
  const box = await tile(page, COUNT).boundingBox();
  const touchPoints = [{ x: (box?.x ?? 0) + 40, y: (box?.y ?? 0) + 40 }];
  await fingers.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints });
  const bar = page.getByRole('toolbar', { name: 'Selection' });
  await bar.waitFor();
  await fingers.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  for (const button of await bar.getByRole('button').all()) {
    const size = await button.boundingBox();
    expect(Math.min(size?.width ?? 0, size?.height ?? 0)).toBeGreaterThanOrEqual(44);
  }
  await bar.getByRole('button', { name: 'Hold' }).tap();
  const dialog = dialogOf(page);
  await dialog.getByRole('button', { name: 'Hold: 1' }).tap();
  await followedAct(page).getByText('1 attachment held.').waitFor();
  await page.getByRole('button', { name: 'Undo: Hold' }).tap();
  await followedAct(page).getByText('1 attachment put back.').waitFor();
  await checkQuiet();
  await close();
});

test.each(LOOKS)('the look of it: %s, %s', async (device, colorScheme) => {
  const options = { colorScheme, reducedMotion: 'reduce' as const };
  const { page, checkQuiet, close } = await open({ device, options });
  await selectTwo(page);
  await checkLook(page, 'the bar');
  await page.keyboard.press('*');
  await page.getByRole('button', { name: 'Delete' }).click();
  await dialogOf(page)
    .getByText(/attachments will be deleted/)
    .waitFor();
  await checkLook(page, 'the question');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await selectTwo(page);
  await page.keyboard.press('q');
  await dialogOf(page).getByRole('button', { name: 'Quarantine: 2' }).click();
  await followedAct(page).getByText('2 attachments quarantined.').waitFor();
  await checkLook(page, 'the outcome');
  await page.getByRole('button', { name: 'Undo: Quarantine' }).click();
  await followedAct(page).getByText('2 attachments put back.').waitFor();
  await checkQuiet();
  await close();
});
