import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { alteredPicture, tellingPicture } from '../support/distinct-picture.ts';
import { type Device, openGallery } from '../support/gallery-page.ts';
import { smallPicture } from '../support/small-picture.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const MAX_BYTES = 1024 * 1024;

let inbox: TestInbox;
let browser: Browser;
let picture: Buffer;
let sid = '';
beforeAll(async () => {
  inbox = await startTestInbox({ MEDIA_MAX_BYTES: String(MAX_BYTES) });
  browser = await startBrowser();
  picture = await tellingPicture(1);
  const { message } = await inbox.receive({
    from: '+15551234567',
    attachments: [
      { bytes: picture, contentType: 'image/jpeg' },
      { bytes: await tellingPicture(2), contentType: 'image/jpeg' },
    ],
  });
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  sid = media?.sid ?? '';
});
afterAll(async () => {
  await browser.close();
  await inbox.stop();
});

const file = (buffer: Buffer, name = 'a.jpg', mimeType = 'image/jpeg') => ({
  name,
  mimeType,
  buffer,
});

async function openSearch(page: Page) {
  const open = page.getByRole('button', { name: 'Have we seen this?' });
  await page.getByRole('button', { name: /^Filter/ }).waitFor();
  if (!(await open.isVisible())) await page.getByRole('button', { name: /^Filter/ }).click();
  await open.click();
  const search = page.getByRole('dialog', { name: 'Have we seen this?' });
  await search.locator('input[type=file]').waitFor({ state: 'attached' });
  // It listens once it has been painted.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
  const pick = (chosen: ReturnType<typeof file>) =>
    search.locator('input[type=file]').setInputFiles(chosen);
  return { search, pick };
}

const DEVICES: Device[] = ['desktop', 'phone'];
test.each(DEVICES)(
  'a recompressed copy is found, and leads to what is stored: %s',
  async (device) => {
    const { page, checkQuiet, close } = await openGallery(browser, inbox, { device });
    const { search, pick } = await openSearch(page);
    await pick(file(await alteredPicture(picture)));
    const found = search.getByRole('listitem');
    await found.filter({ hasText: /Looks the same|Similar/ }).waitFor();
    expect(await found.count()).toBe(1);
    await pick(file(picture));
    await found.filter({ hasText: 'Same bytes' }).waitFor();
    const { height = 0 } = page.viewportSize() ?? {};
    const box = await found.boundingBox();
    expect((box?.y ?? height) + (box?.height ?? 0)).toBeLessThanOrEqual(height);
    await checkQuiet();
    await found.getByRole('link').click();
    expect(new URL(page.url()).pathname).toBe(`/m/${sid}`);
    await search.waitFor({ state: 'detached' });
    await close();
  },
);

test('what is no picture, is damaged, too large or too plain says so', async () => {
  const { page, close } = await openGallery(browser, inbox);
  const { search, pick } = await openSearch(page);
  await pick(file(Buffer.from('just a text'), 'a.txt', 'text/plain'));
  await search.getByText('This is not a picture.').waitFor();
  await pick(file(picture.subarray(0, 300)));
  await search.getByText('This picture cannot be read. It may be damaged.').waitFor();
  await pick(file(Buffer.alloc(MAX_BYTES + 1)));
  await search.getByText('This file is too large: at most 1 MB.').waitFor();
  await pick(file(await smallPicture(7), 'a.png', 'image/png'));
  await search.getByText('The same bytes are not among what is stored.').waitFor();
  await search.getByText('only the same bytes are found').waitFor();
  await pick(file(await tellingPicture(9)));
  await search.getByText('This picture is not among what is stored.').waitFor();
  await close();
});

test('a picture that is pasted or dropped is looked for', async () => {
  const { page, checkQuiet, close } = await openGallery(browser, inbox);
  const { search } = await openSearch(page);
  const bytes = picture.toString('base64');
  for (const type of ['paste', 'drop'] as const) {
    await search.locator('.similar-search').evaluate(
      (element, [base64, name]) => {
        const data = new DataTransfer();
        const decoded = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        data.items.add(new File([decoded], 'a.jpg', { type: 'image/jpeg' }));
        const event =
          name === 'paste'
            ? new ClipboardEvent('paste', { clipboardData: data, bubbles: true })
            : new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true });
        element.dispatchEvent(event);
      },
      [bytes, type] as const,
    );
    await search.getByText('1 attachment found').waitFor();
    // Nothing is left of it with the panel.
    await page.keyboard.press('Escape');
    await search.waitFor({ state: 'detached' });
    await openSearch(page);
    await search.getByText('Nothing is kept of it.').waitFor();
  }
  await checkQuiet();
  await close();
});

test('a hash leads to the same bytes; what is no hash says so', async () => {
  const { page, checkQuiet, close } = await openGallery(browser, inbox);
  const { search } = await openSearch(page);
  const { body } = await inbox.api('get', `/api/v1/media/${sid}`).expect(200);
  const field = search.getByLabel('Or its SHA-256');
  await field.fill('abc');
  await field.press('Enter');
  await search.getByText('A SHA-256 has 64 digits, of 0-9 and a-f.').waitFor();
  await field.fill(body.sha256);
  await field.press('Enter');
  await page.locator('.result-count', { hasText: '1 attachment' }).waitFor();
  expect(new URL(page.url()).search).toBe(`?sha256=${body.sha256}`);
  await checkQuiet();
  await close();
});
