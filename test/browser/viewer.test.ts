import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MediaItem } from '../../src/gallery/item-schemas.ts';
import { startBrowser } from '../support/browser.ts';
import { type Device, openGallery } from '../support/gallery-page.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';
import { importFixture, openSlide, swipe } from '../support/viewer-page.ts';

let inbox: TestInbox;
let browser: Browser;
/** Newest first, as the grid has them. */
let items: MediaItem[];
beforeAll(async () => {
  inbox = await startTestInbox();
  browser = await startBrowser();
  items = [];
  for (const [day, file] of ['photo.png', 'photo.jpg', 'animated.gif', 'photo.webp'].entries()) {
    const receivedAt = `2026-05-0${day + 1}T10:00:00Z`;
    items.unshift(await importFixture(inbox, file, { receivedAt, body: `number ${day}` }));
  }
});
afterAll(async () => {
  await browser.close();
  await inbox.stop();
});

const DEVICES: Device[] = ['desktop', 'phone'];
const viewer = (page: Page) => page.locator('dialog.viewer');
const sidAt = (index: number) => items[index]?.sid ?? '';
const isOpen = (page: Page, sid: string) => page.waitForURL((url) => url.pathname === `/m/${sid}`);

async function openTile(page: Page, sid: string): Promise<void> {
  await page.locator(`#content a[href^="/m/${sid}"]`).click();
  await viewer(page).waitFor();
}

test.each(DEVICES)(
  'Back and the button close it, and the tile has the focus: %s',
  async (device) => {
    const { page, checkQuiet, close } = await openGallery(browser, inbox, { device });
    await openTile(page, sidAt(1));
    await isOpen(page, sidAt(1));
    await page.goBack();
    await viewer(page).waitFor({ state: 'detached' });
    expect(page.url()).toBe(`${inbox.url}/`);
    await openTile(page, sidAt(1));
    await page.getByRole('button', { name: 'Next' }).press('Enter');
    await isOpen(page, sidAt(2));
    await page.getByRole('button', { name: 'Back to the list' }).click();
    await viewer(page).waitFor({ state: 'detached' });
    await eventually(async () => {
      const focused = page.locator(':focus');
      expect(await focused.getAttribute('href')).toContain(sidAt(2));
    });
    // Opened once more: one Back is enough, whatever was looked at meanwhile.
    expect(page.url()).toBe(`${inbox.url}/`);
    await checkQuiet();
    await close();
  },
);

test('closed twice at once, it goes back once', async () => {
  const { page, close } = await openGallery(browser, inbox);
  await page.goto(`${inbox.url}/?kind=picture`);
  await openTile(page, sidAt(1));
  await page.evaluate(() => {
    const button = document.querySelector<HTMLElement>('[aria-label="Back to the list"]');
    button?.click();
    button?.click();
  });
  await viewer(page).waitFor({ state: 'detached' });
  await page.goForward();
  await isOpen(page, sidAt(1));
  await page.getByRole('button', { name: 'Back to the list' }).click();
  await viewer(page).waitFor({ state: 'detached' });
  await close();
});

test('a link opens it cold, and closing leads to the list with its filter', async () => {
  const path = `/m/${sidAt(1)}?from=%2B15551234567`;
  const { page, checkQuiet, close } = await openGallery(browser, inbox, { path });
  await viewer(page).waitFor();
  await eventually(async () =>
    expect(await page.title()).toBe('GIF from +15551234567, May 3 – mms-inbox'),
  );
  await page.keyboard.press('ArrowLeft');
  await isOpen(page, sidAt(0));
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await isOpen(page, sidAt(2));
  await page.keyboard.press('Escape');
  await viewer(page).waitFor({ state: 'detached' });
  expect(page.url()).toBe(`${inbox.url}/?from=%2B15551234567`);
  await eventually(async () => {
    const href = await page.locator(':focus').getAttribute('href');
    expect(href).toContain(sidAt(2));
  });
  expect(await page.title()).toBe('From +15551234567 – mms-inbox');
  await checkQuiet();
  await close();
});

test('what comes before the first and after the last is not offered', async () => {
  const { page, close } = await openGallery(browser, inbox, { path: `/m/${sidAt(0)}` });
  const [previous, next] = ['Previous', 'Next'].map((name) =>
    page.getByRole('button', { name, exact: true }),
  );
  await next?.waitFor();
  expect(await previous?.count()).toBe(0);
  for (let index = 1; index < items.length; index += 1) {
    await next?.click();
    await isOpen(page, sidAt(index));
  }
  await next?.waitFor({ state: 'detached' });
  await previous?.waitFor();
  await close();
});

test('a finger swipes on a phone, through all and back', async () => {
  const path = `/m/${sidAt(1)}`;
  const { page, checkQuiet, close } = await openGallery(browser, inbox, { path, device: 'phone' });
  await openSlide(page).locator('img').first().waitFor();
  for (const [byX, index] of [
    [-300, 2],
    [-300, 3],
    [300, 2],
    [300, 1],
    [300, 0],
  ] as const) {
    await swipe(page, byX);
    await isOpen(page, sidAt(index));
  }
  await checkQuiet();
  await close();
});

test('keys zoom; held keys act once, and those with modifiers are left to the browser', async () => {
  const { page, close } = await openGallery(browser, inbox, { path: `/m/${sidAt(1)}` });
  await openSlide(page).locator('img').first().waitFor();
  const width = async () => (await openSlide(page).locator('img').last().boundingBox())?.width ?? 0;
  const before = await width();
  await page.keyboard.press('+');
  await eventually(async () => expect(await width()).toBeGreaterThan(before * 1.3));
  await page.keyboard.press('0');
  await eventually(async () => expect(Math.abs((await width()) - before)).toBeLessThan(2));
  await page.keyboard.press('Control+ArrowRight');
  await page.keyboard.down('i');
  await page.keyboard.down('i');
  await page.keyboard.down('i');
  await page.keyboard.up('i');
  await page.getByRole('complementary', { name: 'Details' }).waitFor();
  expect(new URL(page.url()).pathname).toBe(`/m/${sidAt(1)}`);
  await page.keyboard.press('Shift+?');
  const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await help.getByText('Next attachment').waitFor();
  const listed = await help.locator('kbd').allTextContents();
  expect(listed).toEqual(expect.arrayContaining(['←', '→', 'Esc', '0', 'Delete', 'H']));
  // Of a picture that is visible.
  for (const key of ['Space', 'A', 'R']) expect(listed).not.toContain(key);
  // They are for the dialog in front.
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Escape');
  await help.waitFor({ state: 'detached' });
  expect(new URL(page.url()).pathname).toBe(`/m/${sidAt(1)}`);
  await viewer(page).waitFor();
  await close();
});

test.each(DEVICES)(
  'the panel says where it comes from, and is as it was left: %s',
  async (device) => {
    const options = { device, path: `/m/${sidAt(2)}` };
    const { page, checkQuiet, close } = await openGallery(browser, inbox, options);
    await page.getByRole('button', { name: 'Details' }).click();
    const panel = page.getByRole('complementary', { name: 'Details' });
    await panel.getByText('number 1').waitFor();
    await panel.getByText('+15551234567').waitFor();
    await panel.getByText('image/jpeg').waitFor();
    await page.reload();
    // On a phone it is for one attachment alone.
    const openPhone = async () => {
      await openSlide(page).locator('img').first().waitFor();
      if (device === 'phone') await page.getByRole('button', { name: 'Details' }).click();
    };
    await openPhone();
    await panel.getByText('number 1').waitFor();
    await panel.getByRole('link', { name: 'Only this sender' }).click();
    await viewer(page).waitFor({ state: 'detached' });
    expect(page.url()).toBe(`${inbox.url}/?from=%2B15551234567`);
    await page.goBack();
    await openPhone();
    await panel.getByRole('button', { name: 'Hide the details' }).click();
    await panel.waitFor({ state: 'detached' });
    await checkQuiet();
    await close();
  },
);

test('on a phone the panel leaves what can be done in reach, and closes with the next', async () => {
  const options = { device: 'phone', path: `/m/${sidAt(1)}` } as const;
  const { page, checkQuiet, close } = await openGallery(browser, inbox, options);
  await page.getByRole('button', { name: 'Details' }).click();
  const panel = page.getByRole('complementary', { name: 'Details' });
  await panel.getByText('number 2').waitFor();
  // Not covered: this would fail otherwise.
  await page.getByRole('button', { name: 'Copy a link' }).click({ trial: true });
  await page.getByRole('button', { name: 'Delete' }).click({ trial: true });
  await page.keyboard.press('ArrowRight');
  await isOpen(page, sidAt(2));
  await panel.waitFor({ state: 'detached' });
  await checkQuiet();
  await close();
});

test('Tab stays with what is open', async () => {
  const from = '+15550003333';
  const files = ['contact-30.vcf', 'photo.jpg', 'document.pdf'];
  const three: MediaItem[] = [];
  for (const [day, file] of files.entries()) {
    const receivedAt = `2026-06-0${day + 1}T10:00:00Z`;
    three.push(await importFixture(inbox, file, { from, receivedAt }));
  }
  const sid = three[1]?.sid ?? '';
  const path = `/m/${sid}?from=%2B15550003333`;
  const { page, checkQuiet, close } = await openGallery(browser, inbox, { path });
  // Both neighbours are there.
  await page.locator('.pswp .slide-entry').first().waitFor({ state: 'attached' });
  await page.locator('.pswp .slide-page').first().waitFor({ state: 'attached' });
  for (let press = 0; press < 25; press += 1) {
    await page.keyboard.press('Tab');
    const state = await page.evaluate(() => ({
      isInNeighbour: document.activeElement?.closest('.pswp__item[aria-hidden="true"]') !== null,
      scrolled: document.querySelector('.pswp__scroll-wrap')?.scrollLeft,
    }));
    expect(state).toEqual({ isInNeighbour: false, scrolled: 0 });
  }
  expect(new URL(page.url()).pathname).toBe(`/m/${sid}`);
  // What becomes the open one can be reached.
  await page.keyboard.press('ArrowRight');
  await openSlide(page).getByRole('link', { name: 'Save .vcf' }).focus();
  await openSlide(page).locator('a:focus').waitFor();
  await page.keyboard.press('ArrowLeft');
  await isOpen(page, sid);
  await checkQuiet();
  await close();
});

test('the other attachments of a message are a click away', async () => {
  const { body } = await inbox
    .api('post', '/api/v1/media')
    .field({ from: '+15550000001', to: '+15557654321' })
    .attach('files', Buffer.from('the first'), 'first.txt')
    .attach('files', Buffer.from('the second'), 'second.txt')
    .expect(201);
  const [first, second] = body.items as { sid: string }[];
  const { page, close } = await openGallery(browser, inbox, { path: `/m/${first?.sid}` });
  await openSlide(page).getByText('the first').waitFor();
  await page.keyboard.press('i');
  await page.locator('.viewer-siblings a').click();
  await openSlide(page).getByText('the second').waitFor();
  await isOpen(page, second?.sid ?? '');
  await page.keyboard.press('i');
  await close();
});

test('a viewer sees what is visible, and nothing of what moderators do', async () => {
  const { body } = await inbox.api('post', '/api/v1/keys').send({ name: 'wall', role: 'viewer' });
  const path = `/m/${sidAt(1)}`;
  const { page, close } = await openGallery(browser, inbox, { path, key: body.secret });
  await page.getByRole('button', { name: 'Copy a link for the team' }).waitFor();
  for (const name of ['Delete', 'Hold back', 'Approve']) {
    expect(await page.getByRole('button', { name, exact: true }).count()).toBe(0);
  }
  await page.keyboard.press('Delete');
  await inbox.api('post', `/api/v1/media/${sidAt(1)}/decision`).send({ decision: 'hold' });
  await openSlide(page).getByText('This attachment is not shown any more.').waitFor();
  await page.reload();
  await openSlide(page).getByText('There is no such attachment, or it is held back.').waitFor();
  await inbox.api('post', `/api/v1/media/${sidAt(1)}/decision`).send({ decision: 'approve' });
  await close();
});

test('one that was deleted says so, cold and while it is open', async () => {
  const { sid } = await importFixture(inbox, 'photo.jpg', { receivedAt: '2026-05-09T10:00:00Z' });
  const { page, close } = await openGallery(browser, inbox, { path: `/m/${sid}` });
  await openSlide(page).locator('img').first().waitFor();
  await inbox.api('delete', `/api/v1/media/${sid}`).expect(204);
  await page.getByText('This attachment was deleted.').first().waitFor();
  expect(new URL(page.url()).pathname).toBe(`/m/${sid}`);
  await page.reload();
  await page.getByText('This attachment was deleted.').first().waitFor();
  await page.keyboard.press('Escape');
  await viewer(page).waitFor({ state: 'detached' });
  await close();
});

test.each(DEVICES)('hostile texts are texts: %s', async (device) => {
  const texts = [
    '<img src=x onerror="alert(1)"><script>alert(1)</script>',
    'evil\u202Egnp.exe\u2066 and more',
    `e${'\u0301'.repeat(10_000)}`,
    'W'.repeat(1500),
  ];
  const bytes = Buffer.from(texts.join('\n'));
  const attachments = [{ bytes, contentType: 'text/plain' }];
  const { message } = await inbox.receive({ body: texts.join('\n'), attachments });
  const [item] = await inbox.mediaOf(message.sid, 'stored');
  const path = `/m/${item?.sid}?sha256=${item?.sha256}`;
  const { page, checkQuiet, close } = await openGallery(browser, inbox, { device, path });
  await openSlide(page).getByText('<script>alert(1)').waitFor();
  await page.getByRole('button', { name: 'Details' }).click();
  await page.locator('.viewer-text').waitFor();
  expect(await page.locator('.viewer script, .viewer [onerror]').count()).toBe(0);
  const isWide = () => document.documentElement.scrollWidth > document.documentElement.clientWidth;
  expect(await page.evaluate(isWide)).toBe(false);
  await checkQuiet();
  await close();
});
