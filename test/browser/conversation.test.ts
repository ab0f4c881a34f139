import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { fixturePath } from '../support/fixtures.ts';
import { type Device, openGallery } from '../support/gallery-page.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const OURS = '+15557654321';
const OTHER = '+15557654322';
const DEVICES: Device[] = ['desktop', 'phone'];
const MAX_BYTES = 1024 * 1024;
const MANY = 170;

let inbox: TestInbox;
let browser: Browser;
let photo: Buffer;
/** A sender with many messages. */
const MANY_FROM = '+15550000001';

beforeAll(async () => {
  inbox = await startTestInbox({ MEDIA_MAX_BYTES: String(MAX_BYTES) });
  browser = await startBrowser();
  photo = await readFile(fixturePath('photo.jpg'));
  await receiveMany(MANY_FROM, MANY);
});
afterAll(async () => {
  await browser.close();
  await inbox.stop();
});

/** Receives a text; `more` as Twilio's parameters. */
async function say(from: string, body: string, to = OURS, more: Record<string, string> = {}) {
  await inbox.receive({ from, to, body, attachments: [], extra: more });
}

async function receiveMany(from: string, count: number): Promise<void> {
  for (let n = 1; n <= count; n += 1) await say(from, `Text ${n}.`);
}

const open = (from: string, device: Device = 'desktop') =>
  openGallery(browser, inbox, { device, path: `/conversation?from=${encodeURIComponent(from)}` });

const scroller = (page: Page) => page.getByRole('region', { name: /^Messages from/ });
const texts = (page: Page) => page.locator('.message-text').allTextContents();
const distanceToEnd = (page: Page) =>
  scroller(page).evaluate((it) => it.scrollHeight - it.scrollTop - it.clientHeight);

/** The first text that is wholly seen, and where it is, in pixels. */
function seen(page: Page): Promise<{ text: string; top: number }> {
  return scroller(page).evaluate((it) => {
    const edge = it.getBoundingClientRect().top;
    for (const element of it.querySelectorAll('.message-text')) {
      const top = element.getBoundingClientRect().top - edge;
      if (top >= 0) return { text: element.textContent ?? '', top };
    }
    return { text: '', top: 0 };
  });
}

/** Waits until two looks in a row are the same. */
async function settled<T>(look: () => Promise<T>): Promise<T> {
  let before = await look();
  return eventually(async () => {
    const now = await look();
    const isSame = JSON.stringify(now) === JSON.stringify(before);
    before = now;
    if (!isSame) throw new Error(`it moves: ${JSON.stringify(now)}`);
    return now;
  }, 10_000);
}

test.each(DEVICES)('the latest messages are at the end, older ones above: %s', async (device) => {
  const { page, checkQuiet, close } = await open(MANY_FROM, device);
  await page.getByText(`Text ${MANY}.`, { exact: true }).waitFor();
  expect((await texts(page)).slice(-2)).toEqual([`Text ${MANY - 1}.`, `Text ${MANY}.`]);
  expect(await distanceToEnd(page)).toBeLessThan(2);
  await page.getByRole('heading', { name: 'Today' }).waitFor();
  // Scrolling up loads older ones, and what is seen stays where it is.
  await eventually(async () => {
    await scroller(page).evaluate((it) => it.scrollBy(0, -900));
    const before = await seen(page);
    const count = (await texts(page)).length;
    if (count < MANY) {
      await eventually(
        async () => expect((await texts(page)).length).toBeGreaterThan(count),
        2000,
      ).catch(() => undefined);
      const after = await seen(page);
      expect(after.text).toBe(before.text);
      expect(Math.abs(after.top - before.top)).toBeLessThanOrEqual(1);
    }
    expect(await texts(page)).toHaveLength(MANY);
  });
  expect(await texts(page)).toEqual(Array.from({ length: MANY }, (_, n) => `Text ${n + 1}.`));
  await scroller(page).evaluate((it) => it.scrollTo(0, 0));
  await page.getByText('This is the first message.').waitFor();
  await page.getByRole('button', { name: 'Go to the latest message' }).click();
  await eventually(async () => expect(await distanceToEnd(page)).toBeLessThan(2));
  await checkQuiet();
  await close();
});

test.each(DEVICES)('the place survives reload, Back and an open attachment: %s', async (device) => {
  const from = device === 'phone' ? '+15550000002' : '+15550000003';
  await receiveMany(from, 30);
  const { message } = await inbox.receive({
    from,
    to: OURS,
    body: 'with a picture',
    attachments: [{ bytes: photo, contentType: 'image/jpeg' }],
  });
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  await receiveMany(from, 80);
  const { page, checkQuiet, close } = await open(from, device);
  await page.getByText('Text 80.', { exact: true }).waitFor();
  const picture = page.locator('.attachment');
  await eventually(async () => {
    await scroller(page).evaluate((it) => it.scrollBy(0, -400));
    await picture.waitFor({ timeout: 300 });
  });
  await picture.scrollIntoViewIfNeeded();
  const before = await settled(() => seen(page));
  // Until it is remembered.
  await page.waitForFunction(() => {
    const { sid, top } = history.state?.conversation ?? {};
    const element = document.querySelector(`[data-sid="${sid}"]`);
    const list = element?.closest('.conversation-scroll');
    if (!element || !list) return false;
    const shown = element.getBoundingClientRect().top - list.getBoundingClientRect().top;
    return Math.abs(shown - top) < 1;
  });
  const near = async () => {
    await page.getByText(before.text, { exact: true }).first().waitFor();
    await eventually(async () => {
      const now = await seen(page);
      expect(now.text).toBe(before.text);
      expect(Math.abs(now.top - before.top)).toBeLessThanOrEqual(2);
    }, 10_000);
  };
  await page.reload();
  await near();
  await picture.click();
  expect(new URL(page.url()).pathname).toBe(`/m/${media?.sid}`);
  await page.goBack();
  await near();
  await page.getByRole('link', { name: 'Attachments', exact: true }).click();
  await page.getByRole('region', { name: 'Active filters' }).waitFor();
  await page.goBack();
  await near();
  await checkQuiet();
  await close();
});

test.each(DEVICES)(
  'what arrives is shown at the end, or announced elsewhere: %s',
  async (device) => {
    const from = device === 'phone' ? '+15550000004' : '+15550000005';
    await receiveMany(from, 40);
    const { page, checkQuiet, close } = await open(from, device);
    await page.getByText('Text 40.', { exact: true }).waitFor();
    await page.getByRole('status').filter({ hasText: 'Live' }).waitFor({ state: 'attached' });
    await say(from, 'Live one');
    await page.getByText('Live one').waitFor();
    await eventually(async () => expect(await distanceToEnd(page)).toBeLessThan(2));
    await page
      .getByRole('status')
      .filter({ hasText: '1 new message' })
      .waitFor({ state: 'attached' });
    // Of another sender: nothing.
    await say('+15550009999', 'Of another');
    await scroller(page).evaluate((it) => it.scrollBy(0, -600));
    const before = await settled(() => seen(page));
    const { message } = await inbox.receive({
      from,
      to: OURS,
      body: 'Live two',
      attachments: [{ bytes: photo, contentType: 'image/jpeg' }],
    });
    await inbox.mediaOf(message.sid, 'stored');
    await page.getByRole('button', { name: '1 new message' }).waitFor();
    expect(await seen(page)).toEqual(before);
    await page.getByRole('button', { name: '1 new message' }).click();
    await eventually(async () => expect(await distanceToEnd(page)).toBeLessThan(2));
    await page.locator('.attachment img').waitFor();
    expect(await page.getByText('Of another').count()).toBe(0);
    // Deleted meanwhile: said, and nothing else of it is left.
    await inbox.api('delete', `/api/v1/messages/${message.sid}`).expect(204);
    await page.getByText('This message is not here any more.').waitFor();
    expect(await page.getByText('Live two').count()).toBe(0);
    await checkQuiet();
    await close();
  },
);

test.each(DEVICES)('hostile texts stay within their bubbles: %s', async (device) => {
  const from = device === 'phone' ? '+15550000006' : '+15550000007';
  const marks = `a${'\u0301'.repeat(10_000)}`;
  const hostile = [
    '<img src=x onerror="document.title=1"><script>document.title=1</script>',
    '\u202eright to left\u202e, and on',
    'x'.repeat(1500),
    'line\n'.repeat(200),
    'שלום, a mixture of עברית and English',
  ];
  for (const body of [...hostile, marks]) await say(from, body);
  const { body } = await inbox
    .api('post', '/api/v1/media')
    .field({ from, to: OURS })
    .attach('files', photo, { filename: '<b>\u202egpj.exe', contentType: 'image/jpeg' })
    .expect(201);
  await inbox.mediaOf(body.messageSid, 'stored');
  const { page, checkQuiet, close } = await open(from, device);
  await page.getByText('right to left').waitFor();
  await page.locator('.attachment').waitFor();
  expect(await page.title()).not.toBe('1');
  const layout = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth > document.documentElement.clientWidth,
    boxes: [...document.querySelectorAll('.bubble')].map((it) => it.getBoundingClientRect().height),
    directions: [...document.querySelectorAll('.message-text')].map(
      (it) => getComputedStyle(it).direction,
    ),
  }));
  expect(layout.wide).toBe(false);
  expect(Math.max(...layout.boxes)).toBeLessThan(700);
  expect(layout.directions[4]).toBe('rtl');
  const long = page.locator('.message', { hasText: 'line' });
  const height = (await long.boundingBox())?.height ?? 0;
  await long.getByRole('button', { name: 'Show more' }).press('Enter');
  await long.getByRole('button', { name: 'Show less' }).waitFor();
  expect((await long.boundingBox())?.height).toBeGreaterThan(height);
  await checkQuiet();
  await close();
});

test('failed attachments, places, replies and recipients are shown', async () => {
  const from = 'whatsapp:+15550000008';
  const { message } = await inbox.receive({
    from,
    to: OURS,
    body: 'too large',
    attachments: [{ bytes: Buffer.alloc(MAX_BYTES + 1), contentType: 'image/png' }],
  });
  await inbox.mediaOf(message.sid, 'failed');
  await say(from, '', OTHER, {
    Latitude: '52.5',
    Longitude: '13.4',
    Label: 'The office',
    OriginalRepliedMessageSid: message.sid,
    Forwarded: 'true',
  });
  const { page, checkQuiet, close } = await open(from);
  await page.getByText('The office').waitFor();
  await page.getByText('52.5, 13.4').waitFor();
  await page.getByText('Answers an earlier message').waitFor();
  await page.getByText('Forwarded', { exact: true }).waitFor();
  await page.getByText('Failed').waitFor();
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('It is tried again.').waitFor();
  // Only those to one number.
  await page.getByRole('link', { name: OTHER }).click();
  await page.getByText('too large').waitFor({ state: 'detached' });
  await page.getByText('The office').waitFor();
  await page.getByRole('link', { name: 'All recipients' }).click();
  await page.getByText('too large').waitFor();
  await checkQuiet();
  await close();
});

test('an unknown sender, and none, say so', async () => {
  const { page, checkQuiet, close } = await open('+15550000099');
  await page.getByText('There are no messages from this sender.').waitFor();
  await page.goto(`${inbox.url}/conversation`);
  await page.getByText('No sender is chosen.').waitFor();
  await page.getByRole('link', { name: 'Back to the gallery' }).click();
  expect(new URL(page.url()).pathname).toBe('/');
  await checkQuiet();
  await close();
});
