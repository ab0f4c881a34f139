import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
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
let n = 0;
beforeAll(async () => {
  inbox = await startTestInbox();
  browser = await startBrowser();
});
// Acts of an earlier test still wait: each has a moderator and a sender of its own.
beforeEach(async () => {
  n += 1;
  ada = await createModerator(inbox, `ada-${n}`);
});
afterAll(async () => {
  await browser.close();
  await inbox.stop();
});

/** Some of one sender, held, and the desk with them alone, the first one shown. */
async function workOn(count: number) {
  const from = `+1555000${1000 + n}`;
  const sids = await holdPictures(inbox, count, { from, body: 'look at this' });
  const path = `/desk/held?from=${encodeURIComponent(from)}`;
  const gallery = await openDesk(browser, inbox, ada, { path });
  const first = await eventually(async () => {
    const sid = await shownSid(gallery.page);
    expect(sids).toContain(sid);
    return String(sid);
  });
  return { ...gallery, sids, from, first };
}

const policyOf = async (address: string) => {
  const path = `/api/v1/senders?address=${encodeURIComponent(address)}`;
  return (await inbox.api('get', path).expect(200)).body.items[0]?.policy;
};

test('keys do nothing with a modifier, and once for one press', async () => {
  const { page, first, checkQuiet, close } = await workOn(5);
  for (const modifier of ['Control', 'Alt', 'Meta', 'Shift']) {
    await page.keyboard.press(`${modifier}+q`);
  }
  await page.keyboard.down('a');
  const second = await nextShown(page, first);
  // Held, it is repeated.
  await page.keyboard.down('a');
  await page.keyboard.up('a');
  await page.keyboard.press('q');
  const third = await nextShown(page, second);
  await page.getByRole('button', { name: 'Approve' }).focus();
  await page.keyboard.down('Enter');
  const fourth = await nextShown(page, third);
  await page.keyboard.down('Enter');
  await page.keyboard.up('Enter');
  await page.keyboard.press('s');
  await nextShown(page, fourth);
  const acts = await ada.acts();
  expect(acts.map(({ mediaSid, act }) => [mediaSid, act])).toEqual([
    [first, 'approve'],
    [second, 'quarantine'],
    [third, 'approve'],
  ]);
  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await help.getByText('Delete, block sender').waitFor();
  // Behind a dialog nothing is decided.
  await page.keyboard.press('a');
  await page.keyboard.press('Escape');
  await help.waitFor({ state: 'detached' });
  expect(await ada.acts()).toHaveLength(3);
  await checkQuiet();
  await close();
});

test('a reason is given with the decision, and only with that one', async () => {
  const code = { code: 'spam', label: 'Advertisement', severity: 'low', defaultAct: 'quarantine' };
  await inbox.api('post', '/api/v1/reason-codes').send(code).expect(201);
  onTestFinished(async () => {
    await inbox.api('delete', '/api/v1/reason-codes/spam').expect(204);
  });
  const { page, first, checkQuiet, close } = await workOn(2);
  await page.getByLabel('Reason code').waitFor();
  await page.keyboard.press('c');
  await page.keyboard.press('ArrowDown');
  await page.locator('.command-quarantine.is-suggested').waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.type('a quiz about prizes');
  await page.keyboard.press('Enter');
  await page.keyboard.press('q');
  const second = await nextShown(page, first);
  await page.keyboard.press('a');
  await nextShown(page, second);
  expect((await ada.acts()).map(({ reasonCode, reason }) => [reasonCode, reason])).toEqual([
    ['spam', 'a quiz about prizes'],
    [null, null],
  ]);
  await checkQuiet();
  await close();
});

test('skip, next and escalate', async () => {
  const { page, sids, first, checkQuiet, close } = await workOn(3);
  await page.keyboard.press('s');
  const second = await nextShown(page, first);
  await page.keyboard.press('n');
  const third = await nextShown(page, second);
  expect([first, second, third].toSorted()).toEqual(sids.toSorted());
  await page.keyboard.press('e');
  await page.getByLabel('Why should somebody else decide?').fill('is this a known case?');
  await page.keyboard.press('Enter');
  // After the last one, what was passed by comes again; what was skipped does not.
  expect(await nextShown(page, third)).toBe(second);
  const { body } = await inbox.api('get', '/api/v1/queues/escalated/items').expect(200);
  expect(body.items).toMatchObject([
    { media: { sid: third }, escalation: { reason: 'is this a known case?' } },
  ]);
  const held = await inbox.api('get', '/api/v1/queues/held/items').expect(200);
  const skipped = held.body.items.find(
    (item: { media: { sid: string } }) => item.media.sid === first,
  );
  expect(skipped.skips).toBe(1);
  await checkQuiet();
  await close();
  await inbox.api('post', `/api/v1/media/${third}/decision`).send({ decision: 'approve' });
});

test('a sender is blocked, alone or with a delete, and both can be undone', async () => {
  const { page, from, first, checkQuiet, close } = await workOn(2);
  const acts = async () =>
    (await ada.acts()).map(({ act, blockSender, state }) => [act, blockSender, state]);
  await page.keyboard.press('b');
  await page.getByText('Sender blocked.').waitFor();
  expect(await shownSid(page)).toBe(first);
  expect(await acts()).toEqual([['block-sender', false, 'waiting']]);
  await page.keyboard.press('u');
  await page.getByText('Undone.').waitFor();
  await page.keyboard.press('w');
  const second = await nextShown(page, first);
  await page.getByText('Deleted, and the sender blocked.').waitFor();
  await page.keyboard.press('u');
  expect(await nextShown(page, second)).toBe(first);
  expect(await acts()).toEqual([
    ['block-sender', false, 'cancelled'],
    ['delete', true, 'cancelled'],
  ]);
  expect(await policyOf(from)).toBeUndefined();
  await checkQuiet();
  await close();
});

test('a picture is blocked and can be undone; its attachment still waits for its decision', async () => {
  const { page, first, checkQuiet, close } = await workOn(2);
  const press = async () => {
    await page.keyboard.press('p');
    await page.getByRole('dialog', { name: 'Block picture' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('Blocked.', { exact: true }).waitFor();
  };
  await press();
  await page.keyboard.press('u');
  await page.getByText('Undone.').waitFor();
  await press();
  expect((await ada.acts()).map(({ act, policy, state }) => [act, policy, state])).toEqual([
    ['block', 'quarantine', 'cancelled'],
    ['block', 'quarantine', 'waiting'],
  ]);
  expect(await shownSid(page)).toBe(first);
  await checkQuiet();
  // The server sends it.
  await close();
  await eventually(async () => {
    const { body } = await inbox.api('get', '/api/v1/blocklist').expect(200);
    expect(body.items[0]).toMatchObject({ policy: 'quarantine', createdBy: `ada-${n}` });
  });
});

test('with a code that takes two people a block is proposed, and the second one is told what', async () => {
  const code = {
    code: 'two',
    label: 'Takes two',
    severity: 'high',
    defaultAct: null,
    reviewers: 2,
  };
  await inbox.api('post', '/api/v1/reason-codes').send(code).expect(201);
  const { page, first, checkQuiet, close } = await workOn(1);
  const codes = page.getByLabel('Reason code');
  await codes.selectOption('two');
  // Back to the keys that decide.
  await codes.press('Escape');
  await page.keyboard.press('b');
  await page.getByText('Proposed: the reason takes two people.').waitFor();
  await checkQuiet();
  await close();
  const bob = await createModerator(inbox, `bob-${n}`);
  const second = await openDesk(browser, inbox, bob, { path: '/desk/escalated' });
  expect(await nextShown(second.page, null)).toBe(first);
  await second.page.getByText(/ proposes to block the sender\.$/).waitFor();
  await second.checkQuiet();
  await second.close();
  await inbox.api('delete', '/api/v1/reason-codes/two').expect(204);
}, 60_000);
