import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endedAct } from '../support/acts.ts';
import { checkAccessible } from '../support/axe.ts';
import { startBrowser } from '../support/browser.ts';
import {
  createModerator,
  holdPictures,
  type Moderator,
  nextShown,
  openDesk,
  shownSid,
} from '../support/desk-page.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
let browser: Browser;
let ada: Moderator;
let bob: Moderator;
beforeAll(async () => {
  inbox = await startTestInbox();
  browser = await startBrowser();
  ada = await createModerator(inbox, 'ada');
  bob = await createModerator(inbox, 'bob');
  for (const code of [
    { code: 'abuse', label: 'Abuse of a child', severity: 'high', reviewers: 2 },
    { code: 'spam', label: 'Advertisement', severity: 'low', onThird: 'quarantine' },
  ]) {
    await inbox.api('post', '/api/v1/reason-codes').send(code).expect(201);
  }
});
afterAll(async () => {
  await browser.close();
  await inbox.stop();
});

let senders = 0;
async function hold(count: number) {
  senders += 1;
  const from = `+1555000${3000 + senders}`;
  const sids = await holdPictures(inbox, count, { from });
  return { from, sids, path: `/desk/held?from=${encodeURIComponent(from)}` };
}

const propose = (sid: string | undefined, query = 'reasonCode=abuse&reason=look') =>
  ada.call('delete', `/api/v1/media/${sid}?${query}`).expect(202);
const proposeBy = async ({ call }: Moderator, mediaSid: string, body: object) => {
  const act = { mediaSid, reasonCode: 'abuse', delaySeconds: 0, ...body };
  const { id } = (await call('post', '/api/v1/acts').send(act).expect(201)).body;
  expect(await endedAct(call, id)).toMatchObject({ proposed: true });
};
const storyState = async (sid: string) =>
  (await ada.call('get', `/api/v1/media/${sid}/story`).expect(200)).body.state;

test('one proposes by keyboard, another agrees by a key, and it is deleted', async () => {
  const { path, sids } = await hold(1);
  const [sid = ''] = sids;
  const first = await openDesk(browser, inbox, ada, { path });
  await nextShown(first.page, null);
  await first.page.getByLabel('Reason code').selectOption({ value: 'abuse' });
  await first.page.getByText('takes two people: somebody else is asked first').waitFor();
  await checkAccessible(first.page, 'a reason that takes two people');
  await first.page.keyboard.press('Delete');
  await first.page.getByText('Proposed: the reason takes two people').waitFor();
  await first.checkQuiet();

  // Of the proposer's own work it says that somebody else has to decide.
  await first.page.goto(`${inbox.url}/desk`);
  const row = first.page.locator('.queue-row', { hasText: 'Escalated' });
  await row.getByText('1 for a second person').waitFor();
  await row.click();
  await first.page.getByText('1 attachment of yours waits for somebody else').waitFor();
  await first.page.getByText('You proposed to delete it a moment ago.').waitFor();
  await checkAccessible(first.page, 'what waits for somebody else');

  const second = await openDesk(browser, inbox, bob, { path: '/desk/escalated' });
  expect(await nextShown(second.page, null)).toBe(sid);
  await second.page.getByText('ada proposes to delete it.').waitFor();
  await second.page.getByText('Reason: Abuse of a child.').waitFor();
  await second.page.getByText('Escalated by ada, a moment ago').waitFor();
  await second.page.getByLabel('Reason code').selectOption({ value: 'abuse' });
  await second.page.getByText('ada has proposed this. If you delete it, it is done.').waitFor();
  await second.page.getByLabel('Reason code').selectOption({ value: '' });
  await checkAccessible(second.page, 'a proposal');
  await second.page.keyboard.press('y');
  expect(await nextShown(second.page, sid)).toBeNull();
  await eventually(async () => expect(await storyState(sid)).toBe('deleted'));
  await second.checkQuiet();
  await first.close();
  await second.close();
}, 60_000);

test('agreeing can be undone, and any other decision ends the proposal', async () => {
  const { sids } = await hold(1);
  const [sid = ''] = sids;
  await propose(sid);
  const { page, checkQuiet, close } = await openDesk(browser, inbox, bob, {
    path: '/desk/escalated',
  });
  expect(await nextShown(page, null)).toBe(sid);
  await page.getByRole('button', { name: 'Agree' }).click();
  expect(await nextShown(page, sid)).toBeNull();
  await page.keyboard.press('u');
  expect(await nextShown(page, null)).toBe(sid);
  await page.getByText('ada proposes to delete it.').waitFor();
  await page.keyboard.press('a');
  expect(await nextShown(page, sid)).toBeNull();
  await eventually(async () => {
    const { body } = await ada.call('get', `/api/v1/media/${sid}`).expect(200);
    expect(body.moderation).toBe('visible');
  });
  await checkQuiet();
  await close();
}, 60_000);

test('a block that was proposed is asked about before it is confirmed', async () => {
  const { sids } = await hold(1);
  const [sid = ''] = sids;
  const block = { policy: 'delete', reasonCode: 'abuse' };
  await ada.call('post', `/api/v1/media/${sid}/block`).send(block).expect(202);
  const { page, checkQuiet, close } = await openDesk(browser, inbox, bob, {
    path: '/desk/escalated',
  });
  expect(await nextShown(page, null)).toBe(sid);
  await page.getByText('ada proposes to block the picture and delete copies.').waitFor();
  await page.keyboard.press('y');
  const dialog = page.getByRole('dialog', { name: 'Agree' });
  await dialog.waitFor();
  await checkAccessible(page, 'the question');
  await page.keyboard.press('Enter');
  expect(await nextShown(page, sid)).toBeNull();
  const { body } = await inbox.api('get', '/api/v1/blocklist').expect(200);
  expect(body.items[0]).toMatchObject({ policy: 'delete', createdBy: 'bob' });
  await checkQuiet();
  await close();
});

test('a block of the sender that was proposed is confirmed by a key, and the next one follows', async () => {
  const { from, sids } = await hold(1);
  const [sid = ''] = sids;
  await proposeBy(ada, sid, { act: 'block-sender' });
  const { page, checkQuiet, close } = await openDesk(browser, inbox, bob, {
    path: '/desk/escalated',
  });
  expect(await nextShown(page, null)).toBe(sid);
  await page.getByText('ada proposes to block the sender.').waitFor();
  await page.keyboard.press('y');
  await page.getByRole('button', { name: 'Undo' }).first().waitFor();
  expect(await shownSid(page)).toBe(sid);
  expect(await nextShown(page, sid)).toBeNull();
  const query = `address=${encodeURIComponent(from)}`;
  const { body } = await bob.call('get', `/api/v1/senders?${query}`).expect(200);
  expect(body.items[0]).toMatchObject({ policy: 'refuse' });
  expect((await bob.acts()).at(-1)).toMatchObject({ act: 'block-sender', changed: true });
  await checkQuiet();
  await close();
}, 60_000);

test('all that was proposed is shown, and one agreement carries out all of it', async () => {
  const { from, sids } = await hold(1);
  const [sid = ''] = sids;
  const acts = [{ act: 'block', policy: 'delete' }, { act: 'block-sender' }, { act: 'delete' }];
  for (const body of acts) await proposeBy(ada, sid, body);
  const whats = ['block the picture and delete copies', 'block the sender', 'delete it'];
  const own = await openDesk(browser, inbox, ada, { path: '/desk/escalated' });
  for (const what of whats) await own.page.getByText(`You proposed to ${what} `).waitFor();
  await own.checkQuiet();
  await own.close();

  const { page, checkQuiet, close } = await openDesk(browser, inbox, bob, {
    path: '/desk/escalated',
  });
  expect(await nextShown(page, null)).toBe(sid);
  const panel = page.getByRole('complementary');
  for (const what of whats) await panel.getByText(`ada proposes to ${what}.`).waitFor();
  await panel.getByText('Agree, and all of it is done.').waitFor();
  await checkAccessible(page, 'several proposals');
  await page.keyboard.press('y');
  const dialog = page.getByRole('dialog', { name: 'Agree' });
  for (const what of whats) await dialog.getByText(`ada proposes to ${what}.`).waitFor();
  await checkAccessible(page, 'the question about all of them');
  await page.keyboard.press('Enter');
  expect(await nextShown(page, sid)).toBeNull();
  await eventually(async () => expect(await storyState(sid)).toBe('deleted'));
  const { body: blocked } = await inbox.api('get', '/api/v1/blocklist').expect(200);
  expect(blocked.items[0]).toMatchObject({ policy: 'delete', createdBy: 'bob' });
  const query = `address=${encodeURIComponent(from)}`;
  const { body } = await bob.call('get', `/api/v1/senders?${query}`).expect(200);
  expect(body.items[0]).toMatchObject({ policy: 'refuse' });
  await checkQuiet();
  await close();
}, 60_000);

test("a sender's third: what counts is shown, what will follow, and what has followed", async () => {
  const { from, sids, path } = await hold(3);
  const [first] = sids;
  const decision = { decision: 'quarantine', reasonCode: 'spam' };
  await ada.call('post', `/api/v1/media/${first}/decision`).send(decision).expect(200);
  const { page, checkQuiet, close } = await openDesk(browser, inbox, ada, { path });
  const second = String(await nextShown(page, null));
  await page.getByText('Advertisement: 1 of 3').waitFor();
  await page.getByLabel('Reason code').selectOption({ value: 'spam' });
  await page.getByText('it is number 2 of 3 of this sender. With the last one').waitFor();
  await page.keyboard.press('q');
  expect(sids).toContain(await nextShown(page, second));
  // It counts once it has gone out.
  await eventually(async () => {
    const query = `address=${encodeURIComponent(from)}`;
    const answer = await ada.call('get', `/api/v1/senders/strikes?${query}`).expect(200);
    expect(answer.body.items).toEqual([{ reasonCode: 'spam', count: 2 }]);
  });
  await page.getByLabel('Reason code').selectOption({ value: 'spam' });
  await page.getByText('it is number 3 of this sender: the sender is quarantined then').waitFor();
  await checkAccessible(page, 'a third');
  await page.keyboard.press('q');
  await page
    .getByText('That was the third with “Advertisement”: the sender is quarantined now.')
    .waitFor();
  await checkQuiet();
  await close();
}, 60_000);
