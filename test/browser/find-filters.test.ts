import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { fixturePath } from '../support/fixtures.ts';
import { type Device, openGallery } from '../support/gallery-page.ts';
import { smallPicture } from '../support/small-picture.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const [ADA, BOB, OURS, OTHER] = ['+15551234567', '+15559876543', '+15557654321', '+15557654322'];
const MAX_BYTES = 1024 * 1024;
const DEVICES: Device[] = ['desktop', 'phone'];

let inbox: TestInbox;
let browser: Browser;
/** Sids of attachments by what they are. */
const sids: Record<string, string> = {};
let pictureHash = '';

beforeAll(async () => {
  inbox = await startTestInbox({
    EXTRACT_LOCATION: 'true',
    MEDIA_MAX_BYTES: String(MAX_BYTES),
  });
  browser = await startBrowser();
  const photo = await readFile(fixturePath('photo.jpg'));
  const picture = await smallPicture(1);
  const { message } = await inbox.receive({
    from: ADA,
    to: OURS,
    body: 'The roof leaks again',
    attachments: [
      { bytes: photo, contentType: 'image/jpeg' },
      { bytes: await readFile(fixturePath('contact-30.vcf')), contentType: 'text/vcard' },
      { bytes: await readFile(fixturePath('audio.amr')), contentType: 'audio/amr' },
      { bytes: await readFile(fixturePath('document.pdf')), contentType: 'application/pdf' },
    ],
  });
  const stored = await inbox.mediaOf(message.sid, 'stored');
  ['photo', 'contact', 'sound', 'document'].forEach((name, index) => {
    sids[name] = stored[index]?.sid ?? '';
  });
  sids.old = await importOne(picture, { from: BOB, to: OTHER, receivedAt: '2025-03-04T12:00:00Z' });
  const { body } = await inbox.api('get', `/api/v1/media/${sids.old}`).expect(200);
  pictureHash = body.sha256;
  sids.held = await importOne(await smallPicture(2), { from: BOB, to: OURS });
  await inbox
    .api('post', `/api/v1/media/${sids.held}/decision`)
    .send({ decision: 'hold', expected: 'visible' })
    .expect(200);
  const lost = await inbox.receive({
    from: BOB,
    to: OURS,
    attachments: [{ bytes: Buffer.alloc(MAX_BYTES + 1), contentType: 'image/png' }],
  });
  const [failed] = await inbox.mediaOf(lost.message.sid, 'failed');
  sids.failed = failed?.sid ?? '';
});
afterAll(async () => {
  await browser.close();
  await inbox.stop();
});

async function importOne(bytes: Buffer, fields: Record<string, string>): Promise<string> {
  const { body } = await inbox
    .api('post', '/api/v1/media')
    .field(fields)
    .attach('files', bytes, { filename: 'a.png', contentType: 'image/png' })
    .expect(201);
  const [media] = await inbox.mediaOf(body.messageSid, 'stored');
  return media?.sid ?? '';
}

/** Waits until the grid shows exactly these. */
async function shows(page: Page, ...names: string[]): Promise<void> {
  const wanted = names.map((name) => sids[name]).sort();
  await eventually(async () => {
    const html = await page.locator('#content').innerHTML();
    const found = Object.values(sids).filter((sid) => html.includes(sid));
    expect(found.sort()).toEqual(wanted);
  }, 15_000);
}

const ALL = ['photo', 'contact', 'sound', 'document', 'old', 'held', 'failed'];

async function openPanel(page: Page) {
  await page.getByRole('button', { name: /^Filter/ }).click();
  return page.getByRole('dialog', { name: 'Filter' });
}

type Panel = Awaited<ReturnType<typeof openPanel>>;
const choose = (group: string, option: string) => (panel: Panel) =>
  panel
    .getByRole('group', { name: group })
    .getByRole('radio', { name: option, exact: true })
    .check();
const fill = (label: string, text: string) => (panel: Panel) => panel.getByLabel(label).fill(text);

const FILTERS: [name: string, fillIn: (panel: Panel) => Promise<void>, shown: string[]][] = [
  ['sender', fill('Sender', '(555) 123-4567'), ['photo', 'contact', 'sound', 'document']],
  ['recipient', fill('Recipient', OTHER), ['old']],
  ['words', fill('Words of the text', 'ROOF again'), ['photo', 'contact', 'sound', 'document']],
  ['until', fill('Received until', '2025-03-05'), ['old']],
  ['since', fill('Received since', '2025-03-05'), ALL.filter((name) => name !== 'old')],
  ['pictures', choose('Kind', 'Pictures'), ['photo', 'old', 'held']],
  ['sounds', choose('Kind', 'Audio'), ['sound']],
  ['documents', choose('Kind', 'Documents, other files'), ['document']],
  ['contacts', choose('Kind', 'Contacts'), ['contact']],
  ['state', choose('State', 'Failed'), ['failed']],
  ['moderation', choose('Moderation', 'Held'), ['held']],
  ['place', choose('Place in the file', 'With a place'), ['photo']],
];

test.each(FILTERS)('the filter narrows the grid: %s', async (_name, fillIn, shown) => {
  const { page, checkQuiet, close } = await openGallery(browser, inbox);
  await shows(page, ...ALL);
  const panel = await openPanel(page);
  await fillIn(panel);
  await panel.getByRole('button', { name: 'Show' }).click();
  await panel.waitFor({ state: 'detached' });
  await shows(page, ...shown);
  const count = `${shown.length} attachment${shown.length === 1 ? '' : 's'}`;
  await page.locator('.result-count', { hasText: count }).waitFor();
  await page.getByRole('status').filter({ hasText: count }).waitFor({ state: 'attached' });
  await checkQuiet();
  await close();
});

test.each(DEVICES)('filters survive reload and Back, and are taken away: %s', async (device) => {
  const { page, checkQuiet, close } = await openGallery(browser, inbox, { device });
  const panel = await openPanel(page);
  await panel.getByLabel('Sender').fill(ADA);
  await choose('Kind', 'Pictures')(panel);
  await panel.getByRole('button', { name: 'Show' }).click();
  await shows(page, 'photo');
  expect(new URL(page.url()).search).toBe('?from=%2B15551234567&kind=picture');
  await page.reload();
  await shows(page, 'photo');
  await page.getByRole('button', { name: 'Filter: 2 active' }).waitFor();
  await page.getByRole('button', { name: 'Remove: Pictures' }).click();
  await shows(page, 'photo', 'contact', 'sound', 'document');
  await page.goBack();
  await shows(page, 'photo');
  await page.goBack();
  await shows(page, ...ALL);
  await page.getByRole('region', { name: 'Active filters' }).waitFor({ state: 'detached' });
  await page.goForward();
  await shows(page, 'photo');
  await page.getByRole('button', { name: 'Clear all' }).click();
  await shows(page, ...ALL);
  await checkQuiet();
  await close();
});

test.each(DEVICES)('what is wrong is said at its field: %s', async (device) => {
  const { page, checkQuiet, close } = await openGallery(browser, inbox, { device });
  const panel = await openPanel(page);
  const show = () => panel.getByRole('button', { name: 'Show' }).click();
  await panel.getByLabel('Sender').fill('not a sender!');
  await panel.getByLabel('Received since').fill('2026-03-02');
  await panel.getByLabel('Received until').fill('2026-03-01');
  await choose('State', 'Being fetched')(panel);
  await choose('Kind', 'Videos')(panel);
  await show();
  const sender = panel.getByLabel('Sender');
  expect(await sender.getAttribute('aria-invalid')).toBe('true');
  await eventually(async () => {
    expect(await sender.evaluate((it) => it === document.activeElement)).toBe(true);
  });
  const description = await sender.getAttribute('aria-describedby');
  await page.locator(`[id="${description}"]`, { hasText: 'This is no sender' }).waitFor();
  await panel.getByText('This day is before the first one.').waitFor();
  await panel.getByRole('group', { name: 'Kind' }).getByText('choose another state').waitFor();
  expect(new URL(page.url()).search).toBe('');
  await checkQuiet();
  await close();
});

test('a hash and a number are understood in the search field, by keyboard alone', async () => {
  const { page, checkQuiet, close } = await openGallery(browser, inbox);
  await shows(page, ...ALL);
  const field = page.getByRole('combobox', { name: 'Search the texts' });
  await page.keyboard.press('/');
  await page.keyboard.type('555 987 6543');
  const options = page.getByRole('option');
  expect(await options.allTextContents()).toEqual([
    `From ${BOB}`,
    `To ${BOB}`,
    'Texts with 555 987 6543',
  ]);
  await page.keyboard.press('Enter');
  await shows(page, 'old', 'held', 'failed');
  expect(await field.inputValue()).toBe('');
  await page.keyboard.press('/');
  await page.keyboard.type(pictureHash);
  await page.keyboard.press('Enter');
  await shows(page, 'old');
  await page.getByRole('button', { name: 'Clear all' }).press('Enter');
  await shows(page, ...ALL);
  await page.keyboard.press('/');
  await page.keyboard.type('555 765 4322');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await shows(page, 'old');
  await page.getByRole('button', { name: `Remove: To ${OTHER}` }).press('Enter');
  await page.keyboard.press('/');
  await page.keyboard.type('leak');
  await page.keyboard.press('Enter');
  await shows(page, 'photo', 'contact', 'sound', 'document');
  await page.keyboard.press('/');
  await page.keyboard.press('Escape');
  await shows(page, ...ALL);
  await page.keyboard.press('f');
  const panel = page.getByRole('dialog', { name: 'Filter' });
  await panel.getByLabel('Sender').waitFor();
  await page.keyboard.type(ADA);
  await page.keyboard.press('Enter');
  await shows(page, 'photo', 'contact', 'sound', 'document');
  await page.keyboard.press('f');
  await panel.waitFor();
  await page.keyboard.press('Escape');
  await panel.waitFor({ state: 'detached' });
  await checkQuiet();
  await close();
});

test('too many words are refused in the search field', async () => {
  const { page, close } = await openGallery(browser, inbox);
  const field = page.getByRole('combobox', { name: 'Search the texts' });
  await field.fill('a b c d e f g h i j k');
  await field.press('Enter');
  expect(await field.evaluate((input: HTMLInputElement) => input.validationMessage)).toBe(
    'At most ten words, of 200 characters in all.',
  );
  expect(new URL(page.url()).search).toBe('');
  await close();
});

test('a click beside the panel closes it, and nothing is applied', async () => {
  const { page, close } = await openGallery(browser, inbox);
  const panel = await openPanel(page);
  await panel.getByLabel('Sender').fill(ADA);
  await page.mouse.click(1200, 700);
  await panel.waitFor({ state: 'detached' });
  expect(new URL(page.url()).search).toBe('');
  await close();
});

test('hostile words are shown as text, and cover nothing', async () => {
  const text = `<img src=x onerror=alert(1)> \u202eevil ${'e\u0301'.repeat(60)}`;
  const path = `/?text=${encodeURIComponent(text.slice(0, 200))}`;
  const { page, checkQuiet, close } = await openGallery(browser, inbox, { path, device: 'phone' });
  await page.locator('.result-count', { hasText: '0 attachments' }).waitFor();
  const chip = page.getByRole('button', { name: /^Remove: Text: <img/ });
  const box = await chip.boundingBox();
  expect(box?.width).toBeLessThanOrEqual(320);
  await checkQuiet();
  await close();
});

test('viewers are not asked about moderation', async () => {
  const { body } = await inbox.api('post', '/api/v1/keys').send({ name: 'v', role: 'viewer' });
  const { page, close } = await openGallery(browser, inbox, { key: body.secret });
  const panel = await openPanel(page);
  await panel.getByRole('group', { name: 'State' }).waitFor();
  expect(await panel.getByRole('group', { name: 'Moderation' }).count()).toBe(0);
  await close();
});

test('what is not understood does not stay in the address', async () => {
  const { page, checkQuiet, close } = await openGallery(browser, inbox, {
    path: '/?kind=foo&state=stored',
  });
  await page.waitForURL(`${inbox.url}/?state=stored`);
  await checkQuiet();
  await close();
});
