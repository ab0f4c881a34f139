import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { type Device, openGallery } from '../support/gallery-page.ts';
import { smallPicture } from '../support/small-picture.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';
import { importFixture, openSlide, storedItem } from '../support/viewer-page.ts';

// What is held back or deleted while somebody with the role viewer looks at it.

let inbox: TestInbox;
let browser: Browser;
let key: string;
beforeAll(async () => {
  inbox = await startTestInbox();
  browser = await startBrowser();
  const wall = { name: 'wall', role: 'viewer' };
  ({ secret: key } = (await inbox.api('post', '/api/v1/keys').send(wall).expect(201)).body);
});
afterAll(async () => {
  await browser.close();
  await inbox.stop();
});

const DEVICES: Device[] = ['desktop', 'phone'];
const senders: Record<Device, string> = { desktop: '+15550006001', phone: '+15550006002' };

async function open(path: string, device: Device = 'desktop') {
  const opened = await openGallery(browser, inbox, { device, path, key });
  await opened.page.locator('.connection-live').waitFor({ state: 'attached' });
  return opened;
}

async function say(from: string, body: string): Promise<string> {
  const { message } = await inbox.receive({ from, body, attachments: [] });
  return message.sid;
}

const decide = (what: 'media' | 'messages', sid: string, decision: string) =>
  inbox.api('post', `/api/v1/${what}/${sid}/decision`).send({ decision }).expect(200);
const remove = (what: 'media' | 'messages', sid: string) =>
  inbox.api('delete', `/api/v1/${what}/${sid}`).expect(204);
const isGone = (page: Page, text: string) => page.getByText(text).waitFor({ state: 'detached' });

test.each(DEVICES)(
  'a conversation shows a text as it arrives, and not once it is held or deleted: %s',
  async (device) => {
    const from = senders[device];
    await say(from, 'Still here');
    const path = `/conversation?from=${encodeURIComponent(from)}`;
    const { page, close } = await open(path, device);
    await page.getByText('Still here').waitFor();
    const sid = await say(from, 'No attachments');
    await page.getByText('No attachments').waitFor();
    await decide('messages', sid, 'hold');
    await page.getByText('This message is not here any more.').waitFor();
    await isGone(page, 'No attachments');
    await decide('messages', sid, 'approve');
    await page.getByText('No attachments').waitFor();
    await remove('messages', sid);
    await isGone(page, 'No attachments');
    await page.getByText('Still here').waitFor();
    await close();
  },
);

test('the number and the text of a message are not shown once it is held', async () => {
  const from = '+15550006003';
  const item = await importFixture(inbox, 'photo.jpg', { from, body: 'Not for all' });
  const { page, close } = await open(`/m/${item.sid}`);
  await openSlide(page).locator('img').first().waitFor();
  await page.keyboard.press('i');
  const panel = page.locator('.viewer-info');
  await panel.getByText(from, { exact: true }).waitFor();
  await decide('messages', item.messageSid, 'hold');
  await panel.getByText(from, { exact: true }).waitFor({ state: 'detached' });
  expect(await panel.getByText('Not for all').count()).toBe(0);
  await decide('messages', item.messageSid, 'approve');
  await panel.getByText(from, { exact: true }).waitFor();
  await panel.getByText('Not for all').waitFor();
  await close();
});

test('a tile does not name the sender once the message is held', async () => {
  const from = '+15550006004';
  const item = await importFixture(inbox, 'photo.png', { from });
  const { page, close } = await open('/');
  const tile = page.locator(`.tile-place:has([data-sid="${item.sid}"])`);
  const caption = () => tile.getAttribute('data-caption');
  await eventually(async () => expect(await caption()).toContain(from));
  await decide('messages', item.messageSid, 'hold');
  await eventually(async () => expect(await caption()).not.toContain(from));
  await decide('messages', item.messageSid, 'approve');
  await eventually(async () => expect(await caption()).toContain(from));
  await close();
});

test('other attachments of a message are not shown once they are held or deleted', async () => {
  let request = inbox.api('post', '/api/v1/media').field({ from: '+15550006005' });
  for (const seed of [1, 2, 3]) {
    request = request.attach('files', await smallPicture(seed), `${seed}.png`);
  }
  const { body } = await request.expect(201);
  const [shown = '', held = '', deleted = ''] = body.items.map(({ sid }: { sid: string }) => sid);
  for (const sid of [shown, held, deleted]) await storedItem(inbox, sid);
  const { page, close } = await open(`/m/${shown}`);
  await openSlide(page).locator('img').first().waitFor();
  await page.keyboard.press('i');
  const sibling = (sid: string) => page.locator(`.viewer-siblings img[src*="${sid}"]`);
  await sibling(held).waitFor();
  await sibling(deleted).waitFor();
  await decide('media', held, 'hold');
  await sibling(held).waitFor({ state: 'detached' });
  expect(await sibling(deleted).count()).toBe(1);
  await decide('media', held, 'approve');
  await sibling(held).waitFor();
  await remove('media', deleted);
  await sibling(deleted).waitFor({ state: 'detached' });
  await decide('messages', body.messageSid, 'hold');
  await page.locator('.viewer-siblings').waitFor({ state: 'detached' });
  await close();
});
