import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { fixturePath } from '../support/fixtures.ts';
import { endSessionsAt, openGallery } from '../support/gallery-page.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';
import { importFixture, openSlide, storedItem } from '../support/viewer-page.ts';

let inbox: TestInbox;
let browser: Browser;
beforeAll(async () => {
  inbox = await startTestInbox({ PATH: process.env.PATH ?? '', MEDIA_MAX_BYTES: '300000000' });
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
  await inbox.stop();
});

/** Makes a link in the dialog, and opens it where nobody is signed in. */
async function openShared(page: Page, lasting: string): Promise<{ type: string; bytes: Buffer }> {
  await page.getByRole('button', { name: 'Share outside' }).click();
  await page.getByLabel(lasting).check();
  await page.getByRole('button', { name: 'Create a link' }).click();
  const url = await page.getByLabel(/^Works until/).inputValue();
  const stranger = await browser.newContext();
  const answer = await stranger.request.get(url);
  expect(answer.status()).toBe(200);
  const bytes = await answer.body();
  await stranger.close();
  return { type: answer.headers()['content-type'] ?? '', bytes };
}

test('a link to share outside works without a session, and shows no metadata', async () => {
  const { sid, sha256 } = await importFixture(inbox, 'photo.jpg');
  const path = `/m/${sid}?sha256=${sha256}`;
  const { page, context, checkQuiet, close } = await openGallery(browser, inbox, { path });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const { type, bytes } = await openShared(page, 'a week');
  expect(type).toBe('image/jpeg');
  // The name of the camera.
  expect((await readFile(fixturePath('photo.jpg'))).includes('Phone 7')).toBe(true);
  expect(bytes.includes('Phone 7')).toBe(false);
  await page.getByRole('button', { name: 'Copy the link' }).click();
  await page.getByText('Copied').first().waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('signature=');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog', { name: 'Share outside' }).waitFor({ state: 'detached' });
  // The viewer is still there, and has the keys again.
  expect(new URL(page.url()).pathname).toBe(`/m/${sid}`);
  await page.keyboard.press('l');
  await page.getByText('Link copied.').waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`${inbox.url}/m/${sid}`);
  await checkQuiet();
  await close();
});

test('of a document whose metadata cannot be removed, a picture is shared', async () => {
  const { sid } = await importFixture(inbox, 'document.pdf');
  const { page, close } = await openGallery(browser, inbox, { path: `/m/${sid}` });
  const { type } = await openShared(page, 'an hour');
  expect(type).toMatch(/^image\//);
  await page.getByText('It shows a picture of the first page').waitFor();
  await close();
});

test('the original is saved, and one without metadata, or why there is none', async () => {
  const { sid } = await importFixture(inbox, 'photo.jpg');
  const pdf = await importFixture(inbox, 'document.pdf');
  const { page, close } = await openGallery(browser, inbox, { path: `/m/${sid}` });
  const saved = page.waitForEvent('download');
  await page.getByLabel('Download').waitFor();
  await page.keyboard.press('d');
  const file = await saved;
  expect(file.suggestedFilename()).toBe('photo.jpg');
  expect(await readFile(await file.path())).toEqual(await readFile(fixturePath('photo.jpg')));
  const stripped = page.waitForEvent('download');
  await page.getByLabel('Download').click();
  await page.getByRole('button', { name: 'Without metadata' }).click();
  expect((await readFile(await (await stripped).path())).byteLength).toBeGreaterThan(1000);
  await page.goto(`${inbox.url}/m/${pdf.sid}`);
  await page.getByLabel('Download').click();
  await page.getByRole('button', { name: 'Without metadata' }).click();
  await page.getByText('The metadata of this type cannot be removed.').waitFor();
  await close();
});

test('a video of 200 MB on a slow line is read by ranges, and not as a whole', async () => {
  // As an MP4 that is large because of what follows its index: a box that players skip.
  const video = await readFile(fixturePath('video.mp4'));
  const padding = Buffer.alloc(200_000_000);
  padding.writeUInt32BE(padding.byteLength, 0);
  padding.write('free', 4, 'latin1');
  const { body } = await inbox
    .api('post', '/api/v1/media')
    .field({ from: '+15551234567', to: '+15557654321' })
    .attach('files', Buffer.concat([video, padding]), 'long.mp4')
    .expect(201);
  const { sid } = await storedItem(inbox, body.items[0].sid);
  const { page, checkQuiet, close } = await openGallery(browser, inbox, {
    path: `/?from=%2B15550009999`,
  });
  const partial: number[] = [];
  let received = 0;
  const network = await page.context().newCDPSession(page);
  await network.send('Network.enable');
  // 8 Mbit/s: as a whole, it would take 200 seconds.
  await network.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 100,
    downloadThroughput: 1_000_000,
    uploadThroughput: 1_000_000,
  });
  network.on('Network.dataReceived', ({ dataLength }) => {
    received += dataLength;
  });
  page.on('response', (response) => {
    // 202: the server finds out whether browsers play it.
    const isVideo = response.url().includes('/rendition?as=video') && response.status() !== 202;
    if (isVideo) partial.push(response.status());
  });
  await page.goto(`${inbox.url}/m/${sid}?from=%2B15550009999`);
  const player = openSlide(page).locator('video');
  await eventually(async () =>
    expect(await player.evaluate((video: HTMLVideoElement) => video.readyState)).toBeGreaterThan(0),
  );
  await player.evaluate((video: HTMLVideoElement) => {
    video.currentTime = 2;
  });
  await eventually(async () =>
    expect(
      await player.evaluate((video: HTMLVideoElement) => !video.seeking && video.currentTime),
    ).toBeCloseTo(2, 1),
  );
  expect(partial.length).toBeGreaterThan(1);
  expect(new Set(partial)).toEqual(new Set([206]));
  expect(received).toBeLessThan(30_000_000);
  await checkQuiet();
  await close();
});

test('a session that ends while it is open loses nothing: one signs in, and the act goes on', async () => {
  const { sid } = await importFixture(inbox, 'photo.jpg');
  const { page, close } = await openGallery(browser, inbox, { path: `/m/${sid}` });
  await page.getByRole('button', { name: 'Share outside' }).click();
  await endSessionsAt(page, inbox, '**/links');
  await page.getByRole('button', { name: 'Create a link' }).click();
  const form = page.getByRole('dialog', { name: 'Sign in' });
  // Keys are for the dialog in front.
  await page.keyboard.press('Delete');
  await form.getByLabel('API key').fill('admin-key-for-tests');
  await form.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel(/^Works until/).waitFor();
  await inbox.api('get', `/api/v1/media/${sid}`).expect(200);
  await close();
});
