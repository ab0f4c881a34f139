import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OPERATE_NAMES } from '../../web/src/desk/lists/list-address.ts';
import { startBrowser } from '../support/browser.ts';
import { checkLook, LOOKS } from '../support/desk-lists.ts';
import { createModerator, openDesk } from '../support/desk-page.ts';
import { signInContext } from '../support/gallery-page.ts';
import { ADMIN_KEY, eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const admin = { secret: ADMIN_KEY };

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

/** Of a request with this key. */
async function statusWith(secret: string): Promise<number> {
  const headers = { authorization: `Bearer ${secret}` };
  return (await fetch(`${inbox.url}/api/v1/whoami`, { headers })).status;
}

test('by keyboard: a key is made, copied, works, and does not any more once it is revoked', async () => {
  const options = { permissions: ['clipboard-read', 'clipboard-write'] };
  const opened = await openDesk(browser, inbox, admin, { options, path: '/desk/keys' });
  const { page, close } = opened;
  await page.getByText('There are no keys besides ADMIN_API_KEY.').waitFor();
  await page.getByRole('button', { name: 'Create a key' }).focus();
  await page.keyboard.press('Enter');
  const form = page.getByRole('dialog', { name: 'Create a key' });
  await form.getByLabel('Name').waitFor();
  await page.keyboard.type('ada lovelace');
  await page.keyboard.press('Enter');
  await form.getByText('1 to 64 letters').waitFor();
  await form.getByLabel('Name').fill('ada');
  await form.getByLabel('Moderator').check();
  await form.getByLabel('Only messages to these numbers').fill('(555) 765-4321, 12');
  await page.keyboard.press('Enter');
  await form.getByText('in E.164 form').waitFor();
  await form.getByLabel('Only messages to these numbers').fill('(555) 765-4321, 55512');
  await form.getByRole('checkbox', { name: 'Held' }).check();
  await page.keyboard.press('Enter');

  const shown = page.getByRole('dialog', { name: 'Key of ada' });
  const secret = await shown.getByLabel('Key', { exact: true }).inputValue();
  // What is not copied would be lost.
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await shown.getByRole('button', { name: 'Copy: Key' }).click();
  await shown.getByText('Copied').waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(secret);
  expect(await statusWith(secret)).toBe(200);
  await shown.getByRole('button', { name: 'I have stored it' }).click();
  await shown.waitFor({ state: 'detached' });
  expect(await page.content()).not.toContain(secret);
  const row = page.getByRole('row').filter({ hasText: 'ada' });
  expect(await row.innerText()).toMatch(/Moderator[\s\S]*\+15557654321, 55512[\s\S]*Held/);
  const { body } = await inbox.api('get', '/api/v1/keys').expect(200);
  expect(body.items).toMatchObject([
    { name: 'ada', role: 'moderator', numbers: ['+15557654321', '55512'], queues: ['held'] },
  ]);

  await page.getByRole('button', { name: 'Revoke the key of ada' }).focus();
  await page.keyboard.press('Enter');
  const question = page.getByRole('dialog', { name: 'Revoke the key of ada?' });
  await question.waitFor();
  await page.keyboard.press('Escape');
  await question.waitFor({ state: 'detached' });
  expect(await statusWith(secret)).toBe(200);
  await page.getByRole('button', { name: 'Revoke the key of ada' }).click();
  await question.getByRole('button', { name: 'Revoke' }).click();
  await row.getByText(/^Revoked/).waitFor();
  expect(await statusWith(secret)).toBe(401);
  // The name stays taken.
  await page.getByRole('button', { name: 'Create a key' }).click();
  await form.getByLabel('Name').fill('ada');
  await page.keyboard.press('Enter');
  await form.getByRole('alert').filter({ hasText: /\S/ }).waitFor();
  await form.getByRole('button', { name: 'Close' }).click();
  await close();
});

test('sessions: who is signed in, an end to one of them, and a link that signs in once', async () => {
  const key = { name: 'wall', role: 'viewer' };
  const wall = (await inbox.api('post', '/api/v1/keys').send(key).expect(201)).body.secret;
  const guest = await browser.newContext();
  await signInContext(guest, inbox, wall);
  const { page, close } = await openDesk(browser, inbox, admin, { path: '/desk/keys' });
  await page.getByRole('navigation', { name: 'Operate' }).getByText('Sessions').click();
  const rows = page.locator('.list-table tbody tr');
  const own = rows.filter({ hasText: 'This one' });
  await own.waitFor();
  await own.getByText('Chrome on ').waitFor();
  expect(await own.getByRole('button').count(), 'that is what signing out is for').toBe(0);
  await rows.filter({ hasText: 'wall' }).getByRole('button').focus();
  await page.keyboard.press('Enter');
  const question = page.getByRole('dialog', { name: 'End the session of wall?' });
  await question.waitFor();
  await page.keyboard.press('Escape');
  await question.waitFor({ state: 'detached' });
  await rows.filter({ hasText: 'wall' }).getByRole('button').click();
  await question.getByRole('button', { name: 'End', exact: true }).click();
  await page.getByText('The session of wall has ended.').waitFor();
  await rows.filter({ hasText: 'wall' }).waitFor({ state: 'detached' });
  const answer = await guest.request.get(`${inbox.url}/api/v1/whoami`);
  expect(await answer.json()).toMatchObject({ code: 'session_ended' });

  await page.getByRole('button', { name: 'Sign-in link' }).click();
  const dialog = page.getByRole('dialog', { name: 'Sign-in link' });
  for (const [secret, problem] of [
    ['wrong', 'This is not a valid key.'],
    [wall, 'This is not the key of an admin.'],
  ] as const) {
    await dialog.getByLabel('API key').fill(secret);
    await page.keyboard.press('Enter');
    await dialog.getByText(problem).waitFor();
  }
  await dialog.getByLabel('API key').fill(ADMIN_KEY);
  await page.keyboard.press('Enter');
  const url = await dialog.getByLabel('Link', { exact: true }).inputValue();
  const other = await guest.newPage();
  await other.goto(url);
  await other.getByText('Messages to your number appear here.').waitFor();
  const again = await (await browser.newContext()).newPage();
  await again.goto(url);
  await again.getByText('This link was used').waitFor();
  await again.context().close();
  await guest.close();
  await dialog.getByRole('button', { name: 'I have stored it' }).click();
  // The list follows.
  await eventually(async () => expect(await rows.count()).toBe(2));
  await close();
});

test('who is no admin is told that the pages are for admins, and sees no way to them', async () => {
  const bob = await createModerator(inbox, 'bob');
  const { page, checkQuiet, close } = await openDesk(browser, inbox, bob, { path: '/desk' });
  await page.getByRole('navigation', { name: 'Desk' }).getByText('Figures').waitFor();
  expect(await page.getByRole('link', { name: 'Operate' }).count()).toBe(0);
  for (const path of OPERATE_NAMES) {
    await page.goto(`${inbox.url}/desk/${path}`);
    await page.getByText('This page is for admins.').waitFor();
  }
  await checkQuiet();
  await close();
});

test.each(LOOKS)('the look of it: %s, %s', async (device, colorScheme) => {
  const options = { colorScheme, reducedMotion: 'reduce' as const };
  const opened = await openDesk(browser, inbox, admin, { device, options, path: '/desk/keys' });
  const { page, checkQuiet, close } = opened;
  await page.getByRole('row').filter({ hasText: 'bob' }).waitFor();
  await checkLook(page, 'keys');
  await page.getByRole('button', { name: 'Create a key' }).click();
  const form = page.getByRole('dialog', { name: 'Create a key' });
  await form.getByLabel('Moderator').check();
  await form.getByLabel('Name').fill(`${device}.${colorScheme}`);
  await checkLook(page, 'the form');
  await form.getByRole('button', { name: 'Create a key' }).click();
  const shown = page.getByRole('dialog', { name: 'Key of' });
  await shown.waitFor();
  await checkLook(page, 'the secret');
  await shown.getByRole('button', { name: 'I have stored it' }).click();
  await page.getByRole('button', { name: 'Revoke the key of bob' }).click();
  await page.getByRole('dialog').waitFor();
  await checkLook(page, 'the question');
  await page.keyboard.press('Escape');
  await page.getByRole('navigation', { name: 'Operate' }).getByText('Sessions').click();
  await page.getByText('This one').waitFor();
  await checkLook(page, 'sessions');
  await page.getByRole('button', { name: 'Sign-in link' }).click();
  await page.getByRole('dialog', { name: 'Sign-in link' }).waitFor();
  await checkLook(page, 'the link');
  await checkQuiet();
  await close();
});
