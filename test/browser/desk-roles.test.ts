import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { holdPictures, nextShown, openDesk } from '../support/desk-page.ts';
import { ADMIN_KEY, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const NORTH = '+15557000001';
const SOUTH = '+15557000002';
const SENDER = '+15550005555';
const QUEUES = ['held', 'quarantined', 'reported', 'failed', 'escalated'] as const;
const LISTS = ['deletions', 'blocklist', 'senders', 'bulk', 'audit', 'codes', 'figures'] as const;
/** About the server. */
const OPERATE = [
  ...['operate', 'refused', 'fetches', 'endpoints', 'reconciliations', 'keys', 'sessions'],
] as const;
const FOR_ADMINS = 'This page is for admins.';
const FOR_MODERATORS = 'This page is for moderators.';

let inbox: TestInbox;
let browser: Browser;
/** What went to each number. */
let north: string;
let south: string;
/** By name. */
const secrets: Record<string, string> = { admin: ADMIN_KEY };
beforeAll(async () => {
  inbox = await startTestInbox();
  browser = await startBrowser();
  for (const key of [
    { name: 'viewer', role: 'viewer' },
    { name: 'moderator', role: 'moderator' },
    { name: 'limited', role: 'moderator', numbers: [NORTH], queues: ['held', 'reported'] },
  ]) {
    const { body } = await inbox.api('post', '/api/v1/keys').send(key).expect(201);
    secrets[key.name] = body.secret;
  }
  [south = ''] = await holdPictures(inbox, 1, { from: SENDER, to: SOUTH });
  [north = ''] = await holdPictures(inbox, 1, { from: SENDER, to: NORTH });
  const code = { code: 'spam', label: 'Advertisement', severity: 'low' };
  await inbox.api('post', '/api/v1/reason-codes').send(code).expect(201);
  await inbox.api('post', `/api/v1/media/${north}/block`).send({}).expect(200);
  await inbox.api('put', '/api/v1/senders').send({ address: SENDER, muted: true }).expect(200);
});
afterAll(async () => {
  await browser.close();
  await inbox.stop();
});

const open = (name: string) =>
  openDesk(browser, inbox, { secret: secrets[name] ?? '' }, { path: '/desk' });

/** Goes to each list, and returns the buttons and links of admins that are there. */
async function walkLists(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const list of LISTS) {
    await page.goto(`${inbox.url}/desk/${list}`);
    await page.locator('.list-page h1').waitFor();
    await page.getByText('Loading…').waitFor({ state: 'detached' });
    for (const name of ['Add a code', 'Change spam', 'Remove spam', /^Take out/, 'Export']) {
      const acts = page
        .locator('main')
        .getByRole('button', { name })
        .or(page.locator('main').getByRole('link', { name }));
      if ((await acts.count()) > 0) found.push(`${list}: ${await acts.first().innerText()}`);
    }
  }
  // Of one sender.
  await page.goto(`${inbox.url}/desk/senders`);
  await page.getByRole('button', { name: SENDER }).click();
  await page.getByRole('button', { name: 'Save' }).waitFor();
  for (const name of ['Export', 'Erase']) {
    if ((await page.getByRole('button', { name }).count()) > 0) found.push(`sender: ${name}`);
  }
  return found;
}

/** What is for admins alone is said to be, and nothing of it is asked. */
async function seesNoOperating(page: Page): Promise<void> {
  for (const part of OPERATE) {
    await page.goto(`${inbox.url}/desk/${part}`);
    await page.getByText(FOR_ADMINS).waitFor();
    expect(await page.locator('.list-page').count()).toBe(0);
  }
}

test('a viewer sees none of it, and nothing is asked that would be refused', async () => {
  const { page, checkQuiet, close } = await open('viewer');
  const places = ['', ...QUEUES, ...LISTS].map((part) => `/desk/${part}`.replace(/\/$/, ''));
  for (const path of [...places, `/desk/story/${north}`]) {
    await page.goto(inbox.url + path);
    await page.getByText(FOR_MODERATORS).waitFor();
    expect(await page.locator('.queue-row, .work, .desk-nav, .list-page, .story').count()).toBe(0);
  }
  await seesNoOperating(page);
  await checkQuiet();
  await close();
}, 120_000);

test('a moderator works on all queues, reads all lists, and manages none of what is for admins', async () => {
  const { page, checkQuiet, close } = await open('moderator');
  await page.locator('.queue-row', { hasText: 'Held' }).getByText('2', { exact: true }).waitFor();
  expect(await page.locator('.queue-row').count()).toBe(QUEUES.length);
  for (const queue of QUEUES) {
    await page.goto(`${inbox.url}/desk/${queue}`);
    if (queue === 'held') expect(await nextShown(page, null)).toBe(south);
    else await page.getByText('Nothing is left here').waitFor();
  }
  expect(await walkLists(page)).toEqual([]);
  await seesNoOperating(page);
  await page.goto(`${inbox.url}/desk/story/${south}`);
  await page.locator('.story-moment').first().waitFor();
  await checkQuiet();
  await close();
}, 120_000);

test('a moderator for one number and some queues sees those alone, and reads all lists', async () => {
  const { page, checkQuiet, close } = await open('limited');
  const row = page.locator('.queue-row');
  await row.filter({ hasText: 'Held' }).getByText('1', { exact: true }).waitFor();
  expect(await row.locator('strong').allTextContents()).toEqual(['Held', 'Reported']);
  await page.goto(`${inbox.url}/desk/held`);
  expect(await nextShown(page, null)).toBe(north);
  // The other one is next for nobody who works for this number.
  await page.keyboard.press('n');
  await page.getByText('Nothing else waits here.').waitFor();
  expect(await walkLists(page)).toEqual([]);
  await seesNoOperating(page);
  await checkQuiet();
  // What is not theirs says so; the browser logs that it was refused.
  await page.goto(`${inbox.url}/desk/escalated`);
  await page.getByText('This key works on other queues: held, reported.').waitFor();
  await page.goto(`${inbox.url}/desk/story/${south}`);
  const form = page.getByRole('region', { name: 'Decide otherwise' });
  await form.getByRole('button', { name: 'Approve' }).click();
  await page.locator('.notice-error').waitFor();
  const { body } = await inbox.api('get', `/api/v1/media/${south}`).expect(200);
  expect(body.moderation).toBe('held');
  await close();
}, 120_000);

test('an admin manages all of it', async () => {
  const { page, checkQuiet, close } = await open('admin');
  await page.locator('.queue-row', { hasText: 'Held' }).getByText('2', { exact: true }).waitFor();
  expect(await walkLists(page)).toEqual([
    'blocklist: Take out',
    'audit: Export',
    'codes: Add a code',
    'codes: Change',
    'codes: Remove',
    'sender: Export',
    'sender: Erase',
  ]);
  for (const part of OPERATE) {
    await page.goto(`${inbox.url}/desk/${part}`);
    await page.locator('.list-page h1').waitFor();
  }
  await checkQuiet();
  await close();
}, 120_000);
