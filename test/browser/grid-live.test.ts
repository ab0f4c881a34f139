import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { AttachmentFault } from '../../src/simulator/faults.ts';
import { startBrowser } from '../support/browser.ts';
import {
  type Device,
  type GalleryPage,
  openGallery,
  signInContext,
} from '../support/gallery-page.ts';
import { seenTiles, waitForRest, waitForThumbnails } from '../support/grid-page.ts';
import { importPicture, SEEDED_SENDER, seedGallery } from '../support/seed-gallery.ts';
import { smallPicture } from '../support/small-picture.ts';
import { ADMIN_KEY, eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
let browser: Browser;
beforeAll(async () => {
  inbox = await startTestInbox();
  browser = await startBrowser();
  const from = new Date(Date.now() - 5 * 86_400_000);
  const today = new Date(new Date().setHours(0, 0, 0, 0));
  await seedGallery(inbox, [
    { from, count: 120, stepMs: 1000 },
    { from: today, count: 60, stepMs: 1 },
  ]);
});
afterAll(async () => {
  await browser.close();
  await inbox.stop();
});

const DEVICES: Device[] = ['desktop', 'phone'];
/** Each message is of another second, so that the order is certain. */
let seed = 100;
beforeEach(() => {
  seed += 1;
});

async function openLive(device: Device = 'desktop', path = '/'): Promise<GalleryPage> {
  const gallery = await openGallery(browser, inbox, { device, path });
  await gallery.page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  await waitForThumbnails(gallery.page);
  return gallery;
}

/** Its image can be drawn above what is seen already: the jump to it takes a frame more. */
async function waitForFirst(page: GalleryPage['page'], sid: string): Promise<void> {
  await page.locator(`[data-sid="${sid}"] img`).waitFor();
  await eventually(async () => expect((await seenTiles(page))[0]?.sid).toBe(sid));
}

test.each(DEVICES)('what arrives slides in at the top, without a reload: %s', async (device) => {
  const { page, checkQuiet, close } = await openLive(device);
  const sid = await importPicture(inbox, seed);
  await waitForFirst(page, sid);
  await page.getByRole('heading', { name: /^Today/ }).waitFor();
  await page.getByRole('status').filter({ hasText: 'new attachment' }).waitFor();
  await checkQuiet();
  await close();
});

test.each(DEVICES)('elsewhere nothing moves, and a button says how many: %s', async (device) => {
  const { page, checkQuiet, close } = await openLive(device);
  await page.evaluate(() => document.getElementById('content')?.scrollTo(0, 1500));
  await waitForThumbnails(page);
  await waitForRest(page);
  const before = await seenTiles(page);
  const first = await importPicture(inbox, seed);
  await page.getByRole('button', { name: '1 new' }).waitFor();
  seed += 1;
  await importPicture(inbox, seed);
  const pill = page.getByRole('button', { name: '2 new' });
  await pill.waitFor();
  expect(await seenTiles(page)).toEqual(before);
  await pill.click();
  await eventually(async () => {
    expect((await seenTiles(page)).map(({ sid }) => sid)).toContain(first);
  });
  await pill.waitFor({ state: 'detached' });
  await checkQuiet();
  await close();
});

test('nothing moves either in the day that it arrives in', async () => {
  const { page, checkQuiet, close } = await openLive();
  await page.evaluate(() => document.getElementById('content')?.scrollTo(0, 700));
  await waitForThumbnails(page);
  await waitForRest(page);
  const before = await seenTiles(page);
  await page
    .getByRole('heading', { name: /^Today/ })
    .first()
    .waitFor();
  const sid = await importPicture(inbox, seed);
  await page.getByRole('button', { name: '1 new' }).waitFor();
  await waitForRest(page);
  expect(await seenTiles(page)).toEqual(before);
  await page.getByRole('button', { name: '1 new' }).click();
  await waitForFirst(page, sid);
  await checkQuiet();
  await close();
});

test('nothing moves either when the top was never loaded', async () => {
  const { page, checkQuiet, close } = await openLive();
  await page.evaluate(() => document.getElementById('content')?.scrollTo(0, 3500));
  await waitForThumbnails(page);
  await waitForRest(page);
  await page.reload();
  await waitForThumbnails(page);
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  await waitForRest(page);
  const before = await seenTiles(page);
  const sid = await importPicture(inbox, seed);
  const pill = page.getByRole('button', { name: '1 new' });
  await pill.waitFor();
  await waitForRest(page);
  expect(await seenTiles(page)).toEqual(before);
  await pill.click();
  await page.locator(`[data-sid="${sid}"] img`).waitFor();
  await checkQuiet();
  await close();
});

test('only what matches the filter arrives', async () => {
  const query = `from=${encodeURIComponent(SEEDED_SENDER)}`;
  const { page, close } = await openLive('desktop', `/?${query}`);
  const other = await importPicture(inbox, seed, { from: '+15559999999' });
  seed += 1;
  const same = await importPicture(inbox, seed);
  await page.locator(`[data-sid="${same}"]`).waitFor();
  expect(await page.locator(`[data-sid="${other}"]`).count()).toBe(0);
  await close();
});

test('one that is deleted while it is shown leaves a quiet tile', async () => {
  const sid = await importPicture(inbox, seed);
  const { page, checkQuiet, close } = await openLive();
  const before = await seenTiles(page);
  await inbox.api('delete', `/api/v1/media/${sid}`).expect(204);
  await page.locator(`[data-sid="${sid}"]`).getByText('Deleted').waitFor();
  expect(await seenTiles(page)).toEqual(before);
  await page.reload();
  await waitForThumbnails(page);
  expect(await page.locator(`[data-sid="${sid}"]`).count()).toBe(0);
  await checkQuiet();
  await close();
});

test('what is held is marked for a moderator', async () => {
  const sid = await importPicture(inbox, seed);
  const { page, close } = await openLive();
  const decision = { decision: 'hold', expected: 'visible', reasonCode: 'check' };
  await inbox.api('post', `/api/v1/media/${sid}/decision`).send(decision).expect(200);
  await page.locator(`[data-sid="${sid}"]`).getByText('Held').waitFor();
  await close();
});

test('what failed says why, and is tried again', async () => {
  const bytes = await smallPicture(seed);
  const faults: AttachmentFault[] = [
    { kind: 'redirect', location: 'file:///etc/passwd', times: 1 },
  ];
  const { message } = await inbox.receive({
    attachments: [{ bytes, contentType: 'image/png', faults }],
  });
  const [failed] = await inbox.mediaOf(message.sid, 'failed');
  const { page, checkQuiet, close } = await openLive();
  const tile = page.locator(`[data-sid="${failed?.sid}"]`);
  await tile.getByText('Not fetched').waitFor();
  await tile.getByText(/^The redirect was not followed/).waitFor();
  await page.locator(`[data-retry="${failed?.sid}"]`).click();
  await tile.locator('img').waitFor();
  await checkQuiet();
  await close();
});

test('what is not here yet says what it waits for', async () => {
  const bytes = await smallPicture(seed);
  const faults: AttachmentFault[] = [{ kind: 'status', status: 503 }];
  const { page, close } = await openLive();
  const { message } = await inbox.receive({
    attachments: [{ bytes, contentType: 'image/png', faults }],
  });
  const [pending] = await inbox.mediaOf(message.sid, 'pending');
  await page.locator(`[data-sid="${pending?.sid}"]`).getByText('Being fetched').waitFor();
  await eventually(async () => {
    const [tried] = await inbox.mediaOf(message.sid, 'pending');
    expect(tried?.nextAttemptAt).not.toBeNull();
  });
  await page.reload();
  await page
    .locator(`[data-sid="${pending?.sid}"]`)
    .getByText(/^Next try at/)
    .waitFor();
  await close();
});

test('what came in while the connection was lost is there when it is back', async () => {
  const { page, context, close } = await openLive();
  await context.setOffline(true);
  const sid = await importPicture(inbox, seed);
  await context.setOffline(false);
  await page.locator(`[data-sid="${sid}"]`).waitFor();
  await close();
});

test('a tile shows what the server gives after each decision, without a reload', async () => {
  const { page, close } = await openLive();
  const sid = await importPicture(inbox, seed);
  const width = () =>
    page
      .locator(`[data-sid="${sid}"] img`)
      .evaluate((image: HTMLImageElement) => (image.complete ? image.naturalWidth : 0));
  const sharpWidth = await eventually(async () => {
    const now = await width();
    expect(now).toBeGreaterThan(100);
    return now;
  });
  const decide = (decision: string) =>
    inbox.api('post', `/api/v1/media/${sid}/decision`).send({ decision }).expect(200);
  await decide('hold');
  await eventually(async () => {
    expect(await width()).toBeGreaterThan(0);
    expect(await width()).toBeLessThan(50);
  });
  await decide('approve');
  await eventually(async () => expect(await width()).toBe(sharpWidth));
  await close();
});

test('thumbnails that failed without a network come back with it', async () => {
  const { page, context, close } = await openLive();
  await page.route('**/thumbnail?*', (route) => route.abort());
  await page.reload();
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  await page.locator('.tile-card').first().waitFor();
  await page.unroute('**/thumbnail?*');
  await context.setOffline(true);
  await page.getByRole('status').filter({ hasText: 'Connection lost' }).waitFor();
  await context.setOffline(false);
  await page.locator('.tile-picture').first().waitFor();
  await close();
});

test('days are shown though the database does not know the name of the time zone', async () => {
  const options = { timezoneId: 'Asia/Calcutta' };
  const { page, context, close } = await openGallery(browser, inbox, { key: null, options });
  await context.route('**/api/v1/media/buckets?*', (route) => {
    if (!route.request().url().includes('Asia%2F')) return route.continue();
    const errors = [{ field: 'timeZone', message: 'is not known to the database' }];
    const json = { code: 'invalid_request', detail: 'Not valid: timeZone.', errors };
    return route.fulfill({ status: 400, json });
  });
  await signInContext(context, inbox, ADMIN_KEY);
  await page.reload();
  await waitForThumbnails(page);
  // What came today in this process's zone came yesterday in India's evening.
  await page
    .getByRole('heading', { name: /^(Today|Yesterday)/ })
    .first()
    .waitFor();
  await close();
});
