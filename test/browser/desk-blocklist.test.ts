import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { checkLook, LOOKS, rowOf } from '../support/desk-lists.ts';
import { createModerator, openDesk } from '../support/desk-page.ts';
import { alteredPicture, tellingPicture } from '../support/distinct-picture.ts';
import { importPicture } from '../support/seed-gallery.ts';
import { ADMIN_KEY, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const admin = { secret: ADMIN_KEY };
/** More than a page. */
const UPLOADED = 60;
const hashes = Array.from({ length: UPLOADED }, (_, n) => n.toString(16).padStart(64, '0'));

let inbox: TestInbox;
let browser: Browser;
/** The entries of one picture. */
let bytes: { id: string; hash: string };
let look: { id: string };
beforeAll(async () => {
  inbox = await startTestInbox();
  browser = await startBrowser();
  await inbox
    .api('post', '/api/v1/blocklist')
    .attach('file', Buffer.from(hashes.map((hash) => `sha256:${hash}`).join('\n')), 'list.txt')
    .field({ policy: 'delete', reasonCode: 'spam' })
    .expect(200);
  const sid = await importPicture(inbox, 1);
  const why = { policy: 'quarantine', reason: 'the same advertisement again' };
  const { body } = await inbox.api('post', `/api/v1/media/${sid}/block`).send(why).expect(200);
  bytes = body.entries.find(({ kind }: { kind: string }) => kind === 'sha256');
  look = body.entries.find(({ kind }: { kind: string }) => kind === 'pdq');
});
afterAll(async () => {
  await browser.close();
  await inbox.stop();
});

test('by keyboard: all entries, those of a kind, one by its hash, and what has its bytes', async () => {
  const opened = await openDesk(browser, inbox, admin, { path: '/desk/blocklist' });
  const { page, checkQuiet, close } = opened;
  await rowOf(page, bytes.id).waitFor();
  const text = await rowOf(page, bytes.id).innerText();
  expect(text).toMatch(/Same bytes[\s\S]*Quarantines[\s\S]*the same adv[\s\S]*from an attachment/);
  const rows = page.locator('.list-table tbody tr');
  expect(await rows.count()).toBe(50);
  await page.getByRole('button', { name: 'Show more' }).focus();
  await page.keyboard.press('Enter');
  await rows.nth(UPLOADED).waitFor();
  expect(await page.getByRole('button', { name: 'Show more' }).count()).toBe(0);
  expect(await page.getByText('from an upload').count()).toBe(UPLOADED);

  await page.getByRole('navigation', { name: 'Kind' }).getByText('Looks the same').focus();
  await page.keyboard.press('Enter');
  await page.getByText('from an upload').first().waitFor({ state: 'detached' });

  const field = page.getByLabel('Hash', { exact: true });
  await field.fill('12');
  await page.keyboard.press('Enter');
  await page.getByText('A hash has 64 digits').waitFor();
  await field.fill('f'.repeat(64));
  await page.keyboard.press('Enter');
  await page.getByText('This hash is not in the list.').waitFor();
  await field.fill(bytes.hash.toUpperCase());
  await page.keyboard.press('Enter');
  await rowOf(page, bytes.id).waitFor();
  expect(await rows.count()).toBe(1);
  await page.getByRole('link', { name: `Attachments with the bytes of no. ${bytes.id}` }).click();
  await page.locator('.tile').waitFor();
  expect(new URL(page.url()).search).toBe(`?sha256=${bytes.hash}`);
  await page.goBack();
  await rowOf(page, bytes.id).waitFor();
  await checkQuiet();
  await close();
});

test('an admin takes one out, after a question that says what it changes', async () => {
  const opened = await openDesk(browser, inbox, admin, { path: '/desk/blocklist' });
  const { page, checkQuiet, close } = opened;
  const takeOut = page.getByRole('button', { name: `Take out no. ${bytes.id}`, exact: true });
  const dialog = page.getByRole('dialog', { name: `Take out no. ${bytes.id}?` });
  await takeOut.click();
  await dialog.getByText('1 attachment here has these bytes').waitFor();
  await dialog.getByText(`No. ${look.id} still stops what looks the same`).waitFor();
  await dialog.getByLabel(`Also take out no. ${look.id}`).check();
  await dialog.getByText('these bytes and pictures that look like this come through').waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await inbox.api('get', `/api/v1/blocklist?hash=${bytes.hash}`).expect(({ body }) => {
    expect(body.items).toHaveLength(1);
  });
  await takeOut.click();
  await dialog.getByLabel('Reason in words').fill('a mistake');
  await dialog.getByRole('button', { name: 'Take out' }).click();
  await page.getByText('Taken out.').waitFor();
  await rowOf(page, bytes.id).waitFor({ state: 'detached' });
  const { body } = await inbox.api('get', `/api/v1/blocklist?hash=${bytes.hash}`).expect(200);
  expect(body.items).toEqual([]);
  const audit = await inbox.api('get', '/api/v1/audit?action=blocklist.remove').expect(200);
  expect(audit.body.items[0]).toMatchObject({ target: bytes.id, reason: 'a mistake' });
  // The keyboard goes on in the list.
  await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('content');
  await checkQuiet();
  await close();
});

test('what an entry has caught by its look: how many, which, and what comes back when it is taken out', async () => {
  const picture = await tellingPicture(41);
  const receive = async (attachment: Buffer) => {
    const attachments = [{ bytes: attachment, contentType: 'image/jpeg' }];
    const { message } = await inbox.receive({ attachments });
    const [media] = await inbox.mediaOf(message.sid, 'stored');
    return media?.sid ?? '';
  };
  const { body } = await inbox
    .api('post', `/api/v1/media/${await receive(picture)}/block`)
    .send({ reasonCode: 'spam' })
    .expect(200);
  const idOf = (wanted: string) =>
    body.entries.find(({ kind }: { kind: string }) => kind === wanted).id;
  const [id, other] = [idOf('pdq'), idOf('sha256')];
  const first = await receive(await alteredPicture(picture));
  const second = await receive(await alteredPicture(picture, 'png'));
  const decision = { decision: 'approve', reason: 'a mistake' };
  await inbox.api('post', `/api/v1/media/${first}/decision`).send(decision).expect(200);
  const path = '/desk/blocklist?kind=pdq';
  const opened = await openDesk(browser, inbox, admin, { path });
  const { page, checkQuiet, close } = opened;
  await rowOf(page, id)
    .getByRole('button', { name: `Caught by no. ${id}: 2 attachments` })
    .click();
  const list = page.getByRole('dialog', { name: `Caught by no. ${id}` });
  const caught = (sid: string) => list.locator(`tr[data-id="${sid}"]`);
  await caught(first).getByText('by ADMIN_API_KEY').waitFor();
  expect(await caught(second).innerText()).toMatch(/Its look, distance \d+[\s\S]*system:blocklist/);
  await checkLook(page, 'what was caught');
  await page.keyboard.press('Escape');
  await list.waitFor({ state: 'detached' });

  await page.getByRole('button', { name: `Take out no. ${id}`, exact: true }).click();
  const dialog = page.getByRole('dialog', { name: `Take out no. ${id}?` });
  await dialog.getByText('It has caught 2 attachments').waitFor();
  await dialog.getByText(`No. ${other} still stops the same bytes.`).waitFor();
  await dialog.getByLabel(`Also take out no. ${other}`).check();
  await dialog.getByRole('button', { name: 'Take out' }).click();
  await page.getByRole('button', { name: 'Show what it had caught' }).click();
  await inbox.api('get', `/api/v1/blocklist?limit=2`).expect(({ body: left }) => {
    const ids = left.items.map((entry: { id: string }) => entry.id);
    expect(ids).not.toContain(id);
    expect(ids).not.toContain(other);
  });
  await list.locator('tbody tr').nth(1).waitFor();
  await list.getByRole('link').first().click();
  await expect.poll(() => new URL(page.url()).pathname).toBe(`/desk/story/${second}`);
  await checkQuiet();
  await close();
}, 60_000);

test('moderators see it, and take nothing out', async () => {
  const ada = await createModerator(inbox, 'ada');
  const opened = await openDesk(browser, inbox, ada, { path: '/desk/blocklist' });
  await opened.page.getByText('from an upload').first().waitFor();
  expect(await opened.page.getByRole('button', { name: /Take out/ }).count()).toBe(0);
  await opened.checkQuiet();
  await opened.close();
});

test.each(LOOKS)('the look of it: %s, %s', async (device, colorScheme) => {
  const options = { colorScheme, reducedMotion: 'reduce' as const };
  const path = '/desk/blocklist?kind=pdq';
  const opened = await openDesk(browser, inbox, admin, { device, options, path });
  const { page, checkQuiet, close } = opened;
  await rowOf(page, look.id).waitFor();
  await checkLook(page, 'the list');
  await page.getByRole('button', { name: /Take out/ }).click();
  await page.getByRole('dialog').getByText('pictures that look like this').waitFor();
  await checkLook(page, 'the question');
  await checkQuiet();
  await close();
});
