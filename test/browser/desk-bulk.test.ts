import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { bulk } from '../support/bulk.ts';
import { countOf, followedAct } from '../support/bulk-page.ts';
import { checkLook, LOOKS, rowOf } from '../support/desk-lists.ts';
import { createModerator, holdPictures, type Moderator, openDesk } from '../support/desk-page.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const [FLOOD, OTHER] = ['+15550004001', '+15550004002'];
let inbox: TestInbox;
let browser: Browser;
let ada: Moderator;
let bob: Moderator;
let flood: string[];
beforeAll(async () => {
  inbox = await startTestInbox();
  browser = await startBrowser();
  ada = await createModerator(inbox, 'ada');
  bob = await createModerator(inbox, 'bob');
  flood = await holdPictures(inbox, 12, { from: FLOOD });
  await holdPictures(inbox, 3, { from: OTHER });
});
afterAll(async () => {
  await browser.close();
  await inbox.stop();
});

const path = `/desk/held?from=${encodeURIComponent(FLOOD)}`;

test('from a queue with its filter: what another moderator has at hand is left to them', async () => {
  const claim = { queue: 'held', filter: { from: FLOOD }, after: flood[5] };
  const { body: claimed } = await bob.call('post', '/api/v1/claims/next').send(claim).expect(201);
  const { page, checkQuiet, close } = await openDesk(browser, inbox, ada, { path });
  await page.locator('.desk-stage').waitFor();
  // What is written for the attachment at hand is not for all of them.
  await page.getByLabel('Reason in words').fill('only this one');
  await page.getByLabel('Reason in words').press('Escape');
  await page.keyboard.press('*');
  const dialog = page.getByRole('dialog', { name: 'Decide about many' });
  await dialog
    .getByText(`All attachments in the queue “Held” that the filter finds: From ${FLOOD}`)
    .waitFor();
  const begin = dialog.locator('button[type="submit"]');
  expect(await begin.isDisabled()).toBe(true);
  await dialog.getByLabel('Quarantine').check();
  await dialog.getByText('11 attachments will be quarantined.').waitFor();
  await dialog.getByText('1 is left alone: somebody else works on it.').waitFor();
  expect(await dialog.getByLabel('Reason in words').inputValue()).toBe('');
  await dialog.getByLabel('Reason in words').fill('a flood');
  await dialog.getByRole('button', { name: 'Quarantine: 11' }).click();
  await followedAct(page)
    .getByText('11 attachments quarantined. 1 is left alone: somebody else works on it.')
    .waitFor();
  // Hers was among them.
  await page.getByText('Decided meanwhile by ada').waitFor();
  expect(await countOf(ada, 'held')).toBe(4);
  const shown = await bob.call('get', `/api/v1/claims/${claimed.id}`).expect(200);
  expect(shown.body.state).toBe('active');

  // Somebody has decided about two of them since.
  for (const sid of flood.slice(0, 2)) {
    const approve = { decision: 'approve' };
    await bob.call('post', `/api/v1/media/${sid}/decision`).send(approve).expect(200);
  }
  await page.getByRole('button', { name: 'Undo: Quarantine' }).click();
  await followedAct(page)
    .getByText(
      '9 attachments put back. 2 are left alone: somebody else or a rule has decided since.',
    )
    .waitFor();
  expect(await countOf(ada, 'held')).toBe(13);
  await bob.call('delete', `/api/v1/claims/${claimed.id}`).expect(204);
  await checkQuiet();
  await close();
});

test('progress and cancel, also after a reload and in the list', async () => {
  // Nobody works on it yet.
  await inbox.restart({ ROLES: 'receiver' });
  const { page, close } = await openDesk(browser, inbox, ada, { path });
  await page.locator('.desk-stage').waitFor();
  const held = await countOf(ada, 'held');
  await page.getByText('More', { exact: true }).click();
  await page.getByRole('button', { name: 'All that match' }).click();
  const dialog = page.getByRole('dialog', { name: 'Decide about many' });
  await dialog.getByLabel('Delete', { exact: true }).check();
  await dialog.getByText('10 attachments will be deleted.').waitFor();
  await dialog.getByLabel('Delete them, here and at Twilio').check();
  await dialog.getByRole('button', { name: 'Delete: 10' }).click();
  await followedAct(page).getByText('0 of 10').waitFor();
  expect(await followedAct(page).getByRole('progressbar').getAttribute('value')).toBe('0');
  await page.reload();
  await followedAct(page).getByText('0 of 10').waitFor();
  await followedAct(page).getByRole('link', { name: 'Bulk acts' }).click();
  const table = page.getByRole('table', { name: 'Bulk acts' });
  await table.getByText('0 of 10').waitFor();
  expect(new URL(page.url()).pathname).toBe('/desk/bulk');
  // Only she and admins can end it.
  const others = await openDesk(browser, inbox, bob, { path: '/desk/bulk' });
  await others.page.getByRole('table', { name: 'Bulk acts' }).getByText('0 of 10').waitFor();
  expect(await others.page.getByRole('button', { name: 'Cancel: Delete' }).count()).toBe(0);
  await others.close();
  await table.getByRole('button', { name: 'Cancel: Delete' }).click();
  await table.getByText('10 were not reached.').waitFor();
  await followedAct(page).getByText('10 were not reached.').waitFor();
  await followedAct(page).getByRole('button', { name: 'Close' }).click();
  await followedAct(page).waitFor({ state: 'detached' });
  await inbox.restart();
  expect(await countOf(ada, 'held')).toBe(held);
  await close();
});

test('the list: who did what, each attachment with its outcome, and undo of what another has done', async () => {
  const sids = flood.slice(4, 7);
  const unknown = `ME${'f'.repeat(32)}`;
  const request = { action: 'approve', sids: [...sids, unknown], reason: 'a mistake' };
  const act = await bulk(bob.call, request);
  const gone = await bulk(bob.call, { action: 'delete', sids: flood.slice(7, 8) });
  const { page, checkQuiet, close } = await openDesk(browser, inbox, ada, { path: '/desk' });
  await page.getByRole('navigation', { name: 'Desk' }).getByText('Bulk acts').click();
  const row = rowOf(page, act.id);
  await row.getByText('1 does not exist.').waitFor();
  expect(await row.innerText()).toMatch(
    /Approve[\s\S]*4 attachments[\s\S]*bob[\s\S]*a mistake[\s\S]*Done[\s\S]*3 attachments approved/,
  );
  expect(await page.title()).toContain('Bulk acts');
  // A delete stays one.
  await rowOf(page, gone.id).getByText('1 attachment deleted.').waitFor();
  expect(await rowOf(page, gone.id).getByRole('button', { name: 'Undo' }).count()).toBe(0);

  await row.getByRole('button', { name: 'Details: Approve' }).focus();
  await page.keyboard.press('Enter');
  const details = page.getByRole('dialog', { name: /^Approve, / });
  await details.getByText('Does not exist').and(details.locator('td')).waitFor();
  await details.getByRole('combobox', { name: 'Outcome' }).selectOption({ label: 'Done' });
  await details.getByText(unknown).waitFor({ state: 'detached' });
  const links = details.getByRole('link');
  await expect.poll(() => links.allInnerTexts()).toEqual(sids.toSorted());
  await page.keyboard.press('Escape');
  await details.waitFor({ state: 'detached' });

  await row.getByRole('button', { name: 'Undo: Approve' }).click();
  const question = page.getByRole('dialog', { name: 'Undo this?' });
  await question.getByText('3 attachments go back').waitFor();
  await question.getByRole('button', { name: 'Undo' }).dblclick();
  await row.getByText('3 put back by an undo.').waitFor();
  expect(await row.getByRole('button', { name: 'Undo' }).count()).toBe(0);
  const { body } = await ada.call('get', `/api/v1/media/${sids[0]}`).expect(200);
  expect(body.moderation).toBe('held');
  const { body: acts } = await ada.call('get', '/api/v1/bulk').expect(200);
  const undos = acts.items.filter(({ undoOf }: { undoOf: string | null }) => undoOf === act.id);
  expect(undos).toMatchObject([{ requestedBy: 'ada', counts: { changed: 3 } }]);
  await checkQuiet();
  await close();
});

test('by touch on a phone: all of a queue held by mistake is put back from the list', async () => {
  const opened = await openDesk(browser, inbox, ada, { device: 'phone', path });
  const { page, close } = opened;
  await page.locator('.desk-stage').waitFor();
  await page.getByText('More', { exact: true }).tap();
  await page.getByRole('button', { name: 'All that match' }).tap();
  const dialog = page.getByRole('dialog', { name: 'Decide about many' });
  await dialog.getByText('Approve').tap();
  await dialog.getByText(/attachments will be approved/).waitFor();
  await dialog.locator('button[type="submit"]').tap();
  await followedAct(page)
    .getByText(/attachments approved/)
    .waitFor();
  await followedAct(page).getByRole('link', { name: 'Bulk acts' }).tap();
  await followedAct(page).getByRole('button', { name: 'Close' }).tap();
  const { body } = await ada.call('get', '/api/v1/bulk?limit=1').expect(200);
  const row = rowOf(page, body.items[0].id);
  for (const button of await row.getByRole('button').all()) {
    expect((await button.boundingBox())?.height).toBeGreaterThanOrEqual(44);
  }
  await row.getByRole('button', { name: 'Undo' }).tap();
  await page.getByRole('dialog').getByRole('button', { name: 'Undo' }).tap();
  // A row of the undo comes before it, so this is not quiet.
  await row.getByText('put back by an undo').waitFor();
  await close();
});

test('a viewer sees none of it', async () => {
  const key = { name: 'watcher', role: 'viewer' };
  const { body } = await inbox.api('post', '/api/v1/keys').send(key).expect(201);
  const opened = await openDesk(browser, inbox, body, { path: '/desk/bulk' });
  const { page, checkQuiet, close } = opened;
  await page.getByText('This page is for moderators.').waitFor();
  expect(await page.getByRole('table').count()).toBe(0);
  await checkQuiet();
  await close();
});

test.each(LOOKS)('the look of it: %s, %s', async (device, colorScheme) => {
  const options = { colorScheme, reducedMotion: 'reduce' as const };
  const opened = await openDesk(browser, inbox, ada, { device, options, path: '/desk/bulk' });
  const { page, checkQuiet, close } = opened;
  await page.getByRole('table', { name: 'Bulk acts' }).waitFor();
  await checkLook(page, 'the list');
  await page.getByRole('button', { name: 'Details: Approve' }).first().click();
  await page.getByRole('dialog').getByRole('table').waitFor();
  await checkLook(page, 'the details');
  await page.goto(`${inbox.url}${path}`);
  await page.locator('.desk-stage').waitFor();
  await page.getByText('More', { exact: true }).click();
  await page.getByRole('button', { name: 'All that match' }).click();
  await page.getByRole('dialog').getByLabel('Hold').check();
  await page.getByRole('dialog').getByText('There is nothing to do.').waitFor();
  await checkLook(page, 'the question about a queue');
  await page.keyboard.press('Escape');
  await checkQuiet();
  await close();
});
