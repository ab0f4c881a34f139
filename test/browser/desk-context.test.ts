import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { startClassifier, type TestClassifier } from '../support/classifier.ts';
import { createModerator, type Moderator, nextShown, openDesk } from '../support/desk-page.ts';
import { alteredPicture, tellingPicture } from '../support/distinct-picture.ts';
import { openGallery } from '../support/gallery-page.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';
import { importFixture } from '../support/viewer-page.ts';

const FROM = '+15551112222';

let inbox: TestInbox;
let browser: Browser;
let classifier: TestClassifier;
let ada: Moderator;
beforeAll(async () => {
  classifier = await startClassifier();
  inbox = await startTestInbox({ SCAN_URL: classifier.url, PATH: process.env.PATH ?? '' });
  browser = await startBrowser();
  ada = await createModerator(inbox, 'ada');
});
afterAll(async () => {
  await browser.close();
  await inbox.stop();
  await classifier.stop();
});

/** Imports one, of a message of its own. */
async function importPicture(bytes: Buffer, body = 'look at this'): Promise<string> {
  const { body: imported } = await inbox
    .api('post', '/api/v1/media')
    .field({ from: FROM, body })
    .attach('files', bytes, 'picture.jpg')
    .expect(201);
  const [media] = await inbox.mediaOf(imported.messageSid, 'stored');
  return media?.sid ?? '';
}

const revealsOf = async (sid: string) =>
  (await inbox.api('get', `/api/v1/audit?action=media.reveal&target=${sid}`).expect(200)).body
    .items;
const write = (body: object) => ada.call('post', '/api/v1/notes').send(body).expect(201);

test('before it is revealed: why it is here, text, sender, the same bytes, what looks alike, notes', async () => {
  const picture = await tellingPicture(1);
  classifier.answer({ action: 'hold', labels: ['weapon'], reason: 'a knife, most likely' });
  const copy = await importPicture(picture);
  const decision = { decision: 'quarantine', reason: 'not for children' };
  await inbox.api('post', `/api/v1/media/${copy}/decision`).send(decision).expect(200);
  // Of the same bytes the verdict is known.
  const sid = await importPicture(picture, 'is this allowed?');
  classifier.answer({ action: 'allow', labels: [] });
  await importPicture(await alteredPicture(picture));
  await write({ sender: FROM, text: 'called on Monday' });

  const { page, checkQuiet, close } = await openDesk(browser, inbox, ada);
  expect(await nextShown(page, null)).toBe(sid);
  const panel = page.getByRole('complementary');
  for (const text of [
    'Held back',
    'weapon',
    'a knife, most likely',
    'is this allowed?',
    FROM,
    'Same bytes',
    'Quarantined by ADMIN_API_KEY',
    'called on Monday',
    /^Looks like this, distance \d+$/,
  ]) {
    await panel.getByText(text).first().waitFor();
  }
  const figure = (name: string) => panel.locator('.panel-figures > div', { hasText: name });
  await figure('Stored').getByText('3').waitFor();
  await figure('Held').getByText('1').waitFor();
  await figure('Hidden').getByText('1').waitFor();
  // Nothing sharp, and nothing with colours.
  expect(await page.locator('.desk-picture').count()).toBe(0);
  expect(await revealsOf(sid)).toEqual([]);

  await page.keyboard.press('r');
  await page.locator('.is-grey .desk-picture').waitFor();
  expect(await revealsOf(sid)).toHaveLength(1);
  // Covered and shown again: it was looked at once.
  await page.keyboard.press('r');
  await page.locator('.desk-cover').waitFor();
  await page.keyboard.press('r');
  await page.locator('.desk-picture').waitFor();
  expect(await revealsOf(sid)).toHaveLength(1);
  await panel.getByLabel('Note for other moderators').fill('asked the sender');
  await panel.getByRole('button', { name: 'Note on this' }).click();
  await panel.getByText('On this attachment · ada').waitFor();
  await checkQuiet();
  await close();
  await inbox.api('post', `/api/v1/media/${sid}/decision`).send({ decision: 'approve' });
}, 90_000);

test('a held copy, resized and encoded again, says what it looks like and how that was decided, before any reveal', async () => {
  classifier.answer({ action: 'allow', labels: [] });
  const picture = await tellingPicture(21);
  const known = await importPicture(picture);
  const quarantine = { decision: 'quarantine', reasonCode: 'abuse' };
  await ada.call('post', `/api/v1/media/${known}/decision`).send(quarantine).expect(200);
  const sid = await importPicture(await alteredPicture(picture));
  await inbox.api('post', `/api/v1/media/${sid}/decision`).send({ decision: 'hold' }).expect(200);
  const { body } = await ada.call('get', `/api/v1/media/${sid}/similar`).expect(200);
  const [{ distance }] = body.items;

  const { page, checkQuiet, close } = await openDesk(browser, inbox, ada);
  expect(await nextShown(page, null)).toBe(sid);
  const alike = page.locator('.panel-alike').getByRole('listitem');
  await alike.getByText(`Looks like this, distance ${distance}`, { exact: true }).waitFor();
  expect(await alike.count()).toBe(1);
  expect(await alike.innerText()).toMatch(/Quarantined by ada, .+ · abuse/);
  expect(await alike.getByRole('link').getAttribute('href')).toBe(`/m/${known}`);
  await page.locator('.desk-cover').waitFor();
  expect([...(await revealsOf(sid)), ...(await revealsOf(known))]).toEqual([]);
  await checkQuiet();
  await close();
  await inbox.api('post', `/api/v1/media/${sid}/decision`).send({ decision: 'approve' });
}, 60_000);

test('one reveal shows all copies of the same bytes, at the desk and in the viewer, and is recorded once', async () => {
  classifier.answer({ action: 'hold', labels: [] });
  const picture = await tellingPicture(22);
  const first = await importPicture(picture);
  const other = await importPicture(await tellingPicture(23));
  const second = await importPicture(picture);
  const { page, checkQuiet, close } = await openDesk(browser, inbox, ada);
  expect(await nextShown(page, null)).toBe(first);
  await page.locator('.desk-cover').waitFor();
  await page.keyboard.press('r');
  await page.locator('.desk-picture').waitFor();
  await page.keyboard.press('a');
  expect(await nextShown(page, first)).toBe(other);
  await page.locator('.desk-cover').waitFor();
  await page.keyboard.press('a');
  expect(await nextShown(page, other)).toBe(second);
  await page.locator('.desk-picture').waitFor();
  expect(await page.locator('.desk-cover').count()).toBe(0);
  // Covered by hand, it stays covered.
  await page.keyboard.press('r');
  await page.locator('.desk-cover').waitFor();
  expect(await revealsOf(first)).toHaveLength(1);
  expect([...(await revealsOf(second)), ...(await revealsOf(other))]).toEqual([]);
  await checkQuiet();
  await close();

  // Who has not revealed it sees it covered, and another key is somebody else.
  const bob = await createModerator(inbox, 'bob');
  const third = await importPicture(picture);
  const viewed = await openGallery(browser, inbox, { path: `/m/${third}`, key: bob.secret });
  const open = viewed.page.locator('.pswp__item[aria-hidden="false"]');
  await open.getByRole('button', { name: 'Reveal' }).click();
  await open.locator('img.pswp__img').first().waitFor();
  // Beside it, and read before.
  await viewed.page.keyboard.press('ArrowRight');
  await expect.poll(() => new URL(viewed.page.url()).pathname).toBe(`/m/${second}`);
  await open.locator('img.pswp__img').first().waitFor();
  expect(await open.getByRole('button', { name: 'Reveal' }).count()).toBe(0);
  expect(await revealsOf(third)).toMatchObject([{ actor: 'bob' }]);
  expect(await revealsOf(second)).toEqual([]);
  await viewed.checkQuiet();
  await viewed.close();
  for (const sid of [first, other, second, third]) {
    await inbox.api('post', `/api/v1/media/${sid}/decision`).send({ decision: 'approve' });
  }
}, 60_000);

test('reports are shown; what is visible is covered, unless the moderator does not want that', async () => {
  classifier.answer({ action: 'allow', labels: [] });
  const sid = await importPicture(await tellingPicture(2));
  const report = { reason: 'This shows my front door.', reasonCode: 'private' };
  await inbox.api('post', `/api/v1/media/${sid}/reports`).send(report).expect(201);
  const { page, checkQuiet, close } = await openDesk(browser, inbox, ada, {
    path: '/desk/reported',
  });
  expect(await nextShown(page, null)).toBe(sid);
  await page.getByText('This shows my front door.').waitFor();
  await page.locator('.desk-cover').waitFor();
  await page.getByRole('button', { name: 'How pictures are shown' }).click();
  await page.getByLabel('Blurred until revealed').uncheck();
  await page.getByLabel('Without colours').uncheck();
  await page.locator('.desk-stage:not(.is-grey) .desk-picture').waitFor();
  await page.reload();
  await page.locator('.desk-stage:not(.is-grey) .desk-picture').waitFor();
  expect(await revealsOf(sid)).toEqual([]);
  await page.keyboard.press('r');
  await page.locator('.desk-cover').waitFor();
  await checkQuiet();
  await close();
  await inbox.api('post', `/api/v1/media/${sid}/decision`).send({ decision: 'approve' });
});

test('a video is played without its sound at first', async () => {
  classifier.answer({ action: 'hold', labels: [] });
  const { sid } = await importFixture(inbox, 'video.mp4');
  const { page, checkQuiet, close } = await openDesk(browser, inbox, ada);
  expect(await nextShown(page, null)).toBe(sid);
  await page.keyboard.press('r');
  await eventually(async () => {
    const video = page.locator('.desk-stage video');
    const state = await video.evaluate((v: HTMLVideoElement) => [v.muted, v.readyState > 0]);
    expect(state).toEqual([true, true]);
  });
  await checkQuiet();
  await close();
});
