import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { smallPicture } from '../support/small-picture.ts';
import { ADMIN_KEY, eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

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

test('the reference shows every section within its policy, and calls the API with a key', async () => {
  const { message } = await inbox.receive({
    attachments: [{ bytes: await smallPicture(1), contentType: 'image/png' }],
  });
  const [{ sid } = { sid: '' }] = await inbox.mediaOf(message.sid, 'stored');
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  const requested: string[] = [];
  page.on('request', (request) => requested.push(request.url()));
  await page.goto(`${inbox.url}/docs`);

  await page.locator('#operations-tag-media').click();
  await page.locator('#operations-media-listMedia').waitFor();
  expect(await page.locator('.opblock-tag').allTextContents()).toHaveLength(12);

  await page.getByRole('button', { name: 'Authorize' }).first().click();
  await page.locator('.auth-container', { hasText: 'bearerKey' }).locator('input').fill(ADMIN_KEY);
  await page
    .locator('.auth-container', { hasText: 'bearerKey' })
    .getByRole('button', { name: 'Apply credentials' })
    .click();
  await page.getByRole('button', { name: 'Close' }).first().click();

  await page.locator('#operations-tag-administration').click();
  const whoami = page.locator('#operations-administration-whoami');
  await whoami.locator('.opblock-summary').click();
  await whoami.getByRole('button', { name: 'Try it out' }).click();
  await whoami.getByRole('button', { name: 'Execute' }).click();
  const answer = whoami.locator('.live-responses-table .response');
  await answer.waitFor();
  expect(await answer.textContent()).toContain('"name": "ADMIN_API_KEY"');

  const thumbnail = page.locator('#operations-media-readThumbnail');
  await thumbnail.locator('.opblock-summary').click();
  await thumbnail.getByRole('button', { name: 'Try it out' }).click();
  await thumbnail.locator('tr[data-param-name="sid"] input').fill(sid);
  await thumbnail.getByRole('button', { name: 'Execute' }).click();
  const picture = thumbnail.locator('.live-responses-table img');
  await picture.waitFor();
  const width = () => picture.evaluate((img: HTMLImageElement) => img.naturalWidth);
  await eventually(async () => expect(await width()).toBeGreaterThan(0));

  expect(complaints).toEqual([]);
  const foreign = requested.filter(
    (url) => !url.startsWith(inbox.url) && !/^(data|blob):/.test(url),
  );
  expect(foreign).toEqual([]);
}, 120_000);
