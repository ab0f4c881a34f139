import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkAccessible } from '../support/axe.ts';
import { startBrowser } from '../support/browser.ts';
import { type Device, openGallery } from '../support/gallery-page.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';
import { importFixture, openSlide } from '../support/viewer-page.ts';

let inbox: TestInbox;
let browser: Browser;
let viewerKey: string;
let moderatorKey: string;
beforeAll(async () => {
  inbox = await startTestInbox({ PATH: process.env.PATH ?? '' });
  viewerKey = await makeKey('wall', 'viewer');
  moderatorKey = await makeKey('ada', 'moderator');
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
  await inbox.stop();
});

async function makeKey(name: string, role: string): Promise<string> {
  const { body } = await inbox.api('post', '/api/v1/keys').send({ name, role }).expect(201);
  return body.secret;
}

async function openOne(key: string, device: Device = 'desktop', options = {}) {
  const { sid } = await importFixture(inbox, 'photo.jpg');
  const gallery = await openGallery(browser, inbox, { device, path: `/m/${sid}`, key, options });
  await openSlide(gallery.page).locator('img').first().waitFor();
  return { sid, ...gallery };
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const dialogOf = (page: Page) => page.getByRole('dialog', { name: 'Report this attachment' });
const field = (page: Page) => dialogOf(page).getByLabel('What is wrong with it?');
const send = (page: Page) => dialogOf(page).getByRole('button', { name: 'Report', exact: true });

/** What waits in the queue `reported` for an attachment, and the words of its reports. */
async function reportedOf(sid: string) {
  const { body: queue } = await inbox.api('get', '/api/v1/queues/reported/items').expect(200);
  const { body: reports } = await inbox.api('get', `/api/v1/media/${sid}/reports`).expect(200);
  const found = queue.items.find(({ media }: { media: { sid: string } }) => media.sid === sid);
  return { openReports: found?.openReports, reports: reports.items };
}

const DEVICES: Device[] = ['desktop', 'phone'];

test.each(DEVICES)('a viewer reports, and is told of the first report: %s', async (device) => {
  const { page, sid, checkQuiet, close } = await openOne(viewerKey, device);
  await button(page, 'Report…').click();
  await dialogOf(page).getByText('Moderators see this').waitFor();
  expect(await field(page).evaluate((element) => element === document.activeElement)).toBe(true);
  // Codes are for moderators.
  expect(await dialogOf(page).getByRole('combobox').count()).toBe(0);
  await field(page).fill('   ');
  expect(await send(page).isEnabled()).toBe(false);
  await checkAccessible(page, 'the dialog of a report');
  const { scrollWidth, clientWidth } = await dialogOf(page).evaluate((element) => element);
  expect(scrollWidth).toBe(clientWidth);
  await field(page).fill('This shows my front door.');
  await send(page).click();
  await page.getByText('Reported. Moderators see it.').waitFor();
  await dialogOf(page).waitFor({ state: 'detached' });
  expect(await reportedOf(sid)).toMatchObject({
    openReports: 1,
    reports: [{ reportedBy: 'wall', reason: 'This shows my front door.', reasonCode: null }],
  });

  await button(page, 'Report…').click();
  await field(page).fill('Once more.');
  await send(page).click();
  await dialogOf(page).getByText('You have reported it before').waitFor();
  await dialogOf(page).getByText('This shows my front door.').waitFor();
  await checkAccessible(page, 'a second report');
  // The button that has the focus, beside the one with the cross.
  await page.keyboard.press('Enter');
  await dialogOf(page).waitFor({ state: 'detached' });
  expect((await reportedOf(sid)).reports).toHaveLength(1);
  await checkQuiet();
  await close();
});

test('by keys alone, with a code for those who may read them; details say how many there are', async () => {
  const label = { code: 'private', label: 'Private', severity: 'high' };
  await inbox.api('post', '/api/v1/reason-codes').send(label).expect(201);
  const { page, sid, checkQuiet, close } = await openOne(moderatorKey);
  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await help.getByText('Report to the moderators').waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('!');
  await page.keyboard.type('My door!');
  await dialogOf(page).getByLabel('Reason code').selectOption('private');
  await checkAccessible(page, 'the dialog of a report with codes');
  await send(page).focus();
  await page.keyboard.press('Enter');
  await page.getByText('Reported. Moderators see it.').waitFor();
  expect((await reportedOf(sid)).reports).toMatchObject([
    { reportedBy: 'ada', reason: 'My door!', reasonCode: 'private' },
  ]);

  await page.keyboard.press('i');
  const details = page.getByRole('complementary', { name: 'Details' });
  await details.getByText('1 open report').waitFor();
  await inbox
    .api('post', `/api/v1/media/${sid}/reports`)
    .send({ reason: 'And my house.' })
    .expect(201);
  await details.getByText('2 open reports').waitFor();
  await checkAccessible(page, 'the details of what is reported');
  await details.getByRole('link', { name: 'Queue of what is reported' }).click();
  await page.waitForURL((url) => url.pathname === '/desk/reported');
  await checkQuiet();
  await close();
});

test('what cannot be sent is kept, and sent again', async () => {
  const { page, context, sid, close } = await openOne(viewerKey);
  await button(page, 'Report…').click();
  await field(page).fill('This shows my front door.');
  await context.setOffline(true);
  await send(page).click();
  await dialogOf(page)
    .getByRole('alert')
    .getByText(/server/)
    .waitFor();
  expect(await field(page).inputValue()).toBe('This shows my front door.');
  await context.setOffline(false);
  await send(page).click();
  await page.getByText('Reported. Moderators see it.').waitFor();
  expect((await reportedOf(sid)).reports).toHaveLength(1);
  await close();
});

test('one that is held back meanwhile: the dialog goes, and the page says why', async () => {
  const { page, sid, close } = await openOne(viewerKey);
  await button(page, 'Report…').click();
  await field(page).fill('This shows my front door.');
  const decision = { decision: 'hold' };
  await inbox.api('post', `/api/v1/media/${sid}/decision`).send(decision).expect(200);
  await openSlide(page).getByText('This attachment is not shown any more.').waitFor();
  await dialogOf(page).waitFor({ state: 'detached' });
  expect(await button(page, 'Report…').count()).toBe(0);
  await close();
});
