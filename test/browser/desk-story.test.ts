import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkAccessible } from '../support/axe.ts';
import { startBrowser } from '../support/browser.ts';
import { checkLook } from '../support/desk-lists.ts';
import { createModerator, type Moderator, nextShown, openDesk } from '../support/desk-page.ts';
import type { Device } from '../support/gallery-page.ts';
import { smallPicture } from '../support/small-picture.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
let browser: Browser;
let ada: Moderator;
beforeAll(async () => {
  inbox = await startTestInbox();
  browser = await startBrowser();
  ada = await createModerator(inbox, 'ada');
});
afterAll(async () => {
  await browser.close();
  await inbox.stop();
});

/** One that was received, looked at and held. */
async function heldWithStory(seed: number): Promise<string> {
  const attachments = [{ bytes: await smallPicture(seed), contentType: 'image/png' }];
  const { message } = await inbox.receive({ attachments });
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  const path = `/api/v1/media/${media?.sid}`;
  const decision = { decision: 'hold', reason: 'to be looked at' };
  await ada.call('post', `${path}/reports`).send({ reason: 'my door' }).expect(201);
  await ada.call('post', `${path}/decision`).send(decision).expect(200);
  await ada.call('post', `${path}/reveal`).send({}).expect(201);
  const note = { mediaSid: media?.sid, text: 'asked the sender' };
  await ada.call('post', '/api/v1/notes').send(note).expect(201);
  return media?.sid ?? '';
}

const KINDS = [
  'Received',
  'First attempt to fetch it',
  'Fetched',
  'Stored',
  'Reported',
  'Held back',
];

const LOOKS: [Device, 'light' | 'dark'][] = [
  ['desktop', 'light'],
  ['phone', 'dark'],
];

test.each(LOOKS)(
  'the story of an attachment, also when it was deleted: %s, %s',
  async (device, colorScheme) => {
    const sid = await heldWithStory(device === 'phone' ? 1 : 2);
    const options = { colorScheme, reducedMotion: 'reduce' as const };
    const { page, checkQuiet, close } = await openDesk(browser, inbox, ada, {
      device,
      options,
      path: `/desk/story/${sid}`,
    });
    const kinds = page.locator('.story-moment strong');
    const expected = [...KINDS, 'Revealed', 'Note written'];
    await eventually(async () => expect(await kinds.allTextContents()).toEqual(expected));
    await page.getByText('Visible → Held back').waitFor();
    await page.getByText('asked the sender').waitFor();
    await checkLook(page, 'a story');
    await ada.call('delete', `/api/v1/media/${sid}?reason=enough`).expect(204);
    await eventually(async () => {
      await page.reload();
      await page.getByText('Deletion', { exact: true }).waitFor();
      expect(await page.locator('.story-targets dd').allTextContents()).toEqual([
        'done',
        'done',
        'done',
      ]);
    });
    await checkLook(page, 'a story with a deletion');
    await checkQuiet();
    await close();
  },
);

test('it is told at the desk and led to by the viewer', async () => {
  const sid = await heldWithStory(3);
  const { page, checkQuiet, close } = await openDesk(browser, inbox, ada);
  expect(await nextShown(page, null)).toBe(sid);
  await page.getByText('What happened to it').click();
  await page.locator('.desk-panel .story-moment strong').getByText('Note written').waitFor();
  await page.goto(`${inbox.url}/m/${sid}`);
  await page.getByRole('button', { name: 'Details', exact: true }).click();
  await page.getByRole('link', { name: 'What happened to it' }).click();
  await page.locator('.story-page .story-moment').first().waitFor();
  expect(new URL(page.url()).pathname).toBe(`/desk/story/${sid}`);
  await checkQuiet();
  await close();
});

test('after an appeal: what was quarantined becomes visible from its story, with the reason', async () => {
  const bob = await createModerator(inbox, 'bob');
  const sid = await heldWithStory(4);
  const spam = { decision: 'quarantine', reason: 'an advertisement' };
  await ada.call('post', `/api/v1/media/${sid}/decision`).send(spam).expect(200);
  const path = `/desk/story/${sid}`;
  const { page, checkQuiet, close } = await openDesk(browser, inbox, bob, { path });
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  const form = page.getByRole('region', { name: 'Decide otherwise' });
  await form.getByText('Quarantined', { exact: true }).waitFor();
  await form.getByLabel('Reason in words').fill('the sender is a customer');
  await form.getByRole('button', { name: 'Approve' }).focus();
  await page.keyboard.press('Enter');
  await form.getByText('Approved a moment ago').waitFor();
  // The story follows once it has gone out.
  const approved = page.locator('.story-moment', { hasText: 'Approved' });
  await approved.getByText('Quarantined → Visible').waitFor();
  await approved.getByText('the sender is a customer').waitFor();
  await form.getByText('Visible', { exact: true }).waitFor();
  expect(await form.getByRole('button', { name: 'Approve' }).isDisabled()).toBe(true);
  await checkAccessible(page, 'a story that was decided otherwise');
  await checkQuiet();
  await close();
}, 60_000);
