import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AttachmentFault } from '../../src/simulator/faults.ts';
import { startBrowser } from '../support/browser.ts';
import { checkLook, LOOKS, rowOf } from '../support/desk-lists.ts';
import { openDesk } from '../support/desk-page.ts';
import { smallPicture } from '../support/small-picture.ts';
import { ADMIN_KEY, eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const admin = { secret: ADMIN_KEY };
const GONE: AttachmentFault = { kind: 'status', status: 410, times: 1 };

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

let seeds = 0;
/** Receives a picture that goes wrong in these ways. @returns its sid */
async function receiveFaulty(...faults: AttachmentFault[]): Promise<string> {
  seeds += 1;
  const attachment = { bytes: await smallPicture(seeds), contentType: 'image/png', faults };
  const { message } = await inbox.receive({ attachments: [attachment] });
  return message.media[0]?.sid ?? '';
}

const stateOf = async (sid: string) =>
  (await inbox.api('get', `/api/v1/media/${sid}`).expect(200)).body.state;

test('by keyboard: why a fetch was given up; one is tried again, then all', async () => {
  const sids = [await receiveFaulty(GONE), await receiveFaulty(GONE), await receiveFaulty(GONE)];
  const [first = '', second = '', third = ''] = sids;
  const { page, checkQuiet, close } = await openDesk(browser, inbox, admin, { path: '/desk' });
  await page.getByRole('link', { name: 'Operate' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('navigation', { name: 'Operate' }).getByText('Fetches').click();
  for (const sid of sids) await rowOf(page, sid).waitFor();
  expect(await rowOf(page, first).innerText()).toMatch(
    /image\/png[\s\S]*410[\s\S]*gone[\s\S]*1 try/,
  );
  await page.getByRole('button', { name: `Try again: ${first}` }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('It is fetched again.').waitFor();
  // The list follows by itself.
  await rowOf(page, first).waitFor({ state: 'detached' });
  await eventually(async () => expect(await stateOf(first)).toBe('stored'));
  expect(await stateOf(second)).toBe('failed');

  await page.getByRole('button', { name: 'Try all again' }).focus();
  await page.keyboard.press('Enter');
  const question = page.getByRole('dialog', { name: 'Try all again?' });
  await question.getByRole('button', { name: 'Try all again' }).click();
  await page.getByText('2 attachments are fetched again.').waitFor();
  await page.getByText('No fetch was given up.').waitFor();
  for (const sid of [second, third]) {
    await eventually(async () => expect(await stateOf(sid)).toBe('stored'));
  }

  // What is tried again by itself is listed apart.
  const waiting = await receiveFaulty({ kind: 'status', status: 500, times: 100 });
  await page.getByRole('link', { name: 'Waiting' }).click();
  await rowOf(page, waiting).getByText('500').waitFor();
  await rowOf(page, waiting).getByText('next:').waitFor();
  expect(await rowOf(page, waiting).getByRole('button').count()).toBe(0);
  await page.reload();
  await rowOf(page, waiting).getByRole('link').click();
  await page.getByText('What happened').first().waitFor();
  expect(new URL(page.url()).pathname).toBe(`/desk/story/${waiting}`);
  await checkQuiet();
  await close();
});

test.each(LOOKS)('the look of it: %s, %s', async (device, colorScheme) => {
  const failed = await receiveFaulty(GONE);
  const options = { colorScheme, reducedMotion: 'reduce' as const };
  const opened = await openDesk(browser, inbox, admin, { device, options, path: '/desk/fetches' });
  const { page, checkQuiet, close } = opened;
  await rowOf(page, failed).waitFor();
  await checkLook(page, 'fetches');
  await page.getByRole('button', { name: 'Try all again' }).click();
  await page.getByRole('dialog').waitFor();
  await checkLook(page, 'fetches question');
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'Waiting' }).click();
  await page.getByText('next:').first().waitFor();
  await checkLook(page, 'fetches waiting');
  await checkQuiet();
  await close();
});
