import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { checkLook, LOOKS, rowOf } from '../support/desk-lists.ts';
import { createModerator, openDesk } from '../support/desk-page.ts';
import { ADMIN_KEY, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const admin = { secret: ADMIN_KEY };
const path = '/desk/codes';

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

const codes = async () =>
  (await inbox.api('get', '/api/v1/reason-codes').expect(200)).body.items as { code: string }[];

test('an admin adds, changes and removes codes by keyboard', async () => {
  const { page, checkQuiet, close } = await openDesk(browser, inbox, admin, { path });
  await page.getByText('There are no reason codes.').waitFor();
  await page.getByRole('button', { name: 'Add a code' }).focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Add a code' });
  await dialog.getByLabel('Code', { exact: true }).fill('Not A Code');
  await dialog.getByLabel('Label').fill('Abuse of a child');
  await page.keyboard.press('Enter');
  // The browser says what is wrong with it.
  expect(await dialog.locator('input:invalid').count()).toBe(1);
  await dialog.getByLabel('Code', { exact: true }).fill('abuse');
  await dialog.getByLabel('Severity').selectOption('High');
  await dialog.getByLabel('Suggests').selectOption('Delete');
  await dialog.getByLabel('Delete or block takes').selectOption('Two people');
  await dialog.getByLabel('The third from the same sender').selectOption('Blocks the sender');
  await dialog.getByLabel('Label').focus();
  await page.keyboard.press('Enter');
  await rowOf(page, 'abuse').waitFor();
  expect(await codes()).toMatchObject([
    {
      ...{ code: 'abuse', label: 'Abuse of a child', severity: 'high', defaultAct: 'delete' },
      ...{ reviewers: 2, onThird: 'refuse' },
    },
  ]);
  const text = await rowOf(page, 'abuse').innerText();
  expect(text).toMatch(
    /Abuse of a child[\s\S]*High[\s\S]*Delete[\s\S]*Two people[\s\S]*Blocks the/,
  );

  // The same again is refused, and the dialog stays.
  await page.getByRole('button', { name: 'Add a code' }).click();
  await dialog.getByLabel('Code', { exact: true }).fill('abuse');
  await dialog.getByLabel('Label').fill('Once more');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByText('There is such a code.').waitFor();
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'Change abuse' }).click();
  const changing = page.getByRole('dialog', { name: 'Change abuse' });
  expect(await changing.getByLabel('Delete or block takes').inputValue()).toBe('2');
  await changing.getByLabel('Delete or block takes').selectOption('One person');
  await changing.getByRole('button', { name: 'Save' }).click();
  await rowOf(page, 'abuse').getByText('One person').waitFor();

  await page.getByRole('button', { name: 'Remove abuse' }).click();
  const removing = page.getByRole('dialog', { name: 'Remove abuse?' });
  await removing.getByText('It is the last one').waitFor();
  await removing.getByRole('button', { name: 'Remove' }).click();
  await page.getByText('There are no reason codes.').waitFor();
  expect(await codes()).toEqual([]);
  await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('content');
  // The browser logs the refusal itself, and nothing else is wrong.
  await expect(checkQuiet()).rejects.toThrow('expected [ Array(1) ]');
  await close();
});

test('moderators see what each code does, and change nothing', async () => {
  const code = { code: 'spam', label: 'Advertisement', severity: 'low' };
  await inbox.api('post', '/api/v1/reason-codes').send(code).expect(201);
  const ada = await createModerator(inbox, 'ada');
  const { page, checkQuiet, close } = await openDesk(browser, inbox, ada, { path });
  await rowOf(page, 'spam').getByText('Has no consequence').waitFor();
  expect(await page.locator('main button').count()).toBe(0);
  await checkQuiet();
  await close();
});

test.each(LOOKS)('the look of it: %s, %s', async (device, colorScheme) => {
  const options = { colorScheme, reducedMotion: 'reduce' as const };
  const opened = await openDesk(browser, inbox, admin, { device, options, path });
  const { page, checkQuiet, close } = opened;
  await rowOf(page, 'spam').waitFor();
  await checkLook(page, 'the list');
  await page.getByRole('button', { name: 'Change spam' }).click();
  await page.getByRole('dialog', { name: 'Change spam' }).waitFor();
  await checkLook(page, 'the form');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Remove spam' }).click();
  await page.getByRole('dialog', { name: 'Remove spam?' }).waitFor();
  await checkLook(page, 'the question');
  await checkQuiet();
  await close();
});
