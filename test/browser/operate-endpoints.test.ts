import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { checkLook, LOOKS } from '../support/desk-lists.ts';
import { openDesk } from '../support/desk-page.ts';
import { addEndpoint, inboxWithReceiver } from '../support/events.ts';
import { note } from '../support/reconciliation.ts';
import { ADMIN_KEY, eventually } from '../support/test-inbox.ts';

const admin = { secret: ADMIN_KEY };
const both = inboxWithReceiver({ EVENT_RETRY_SECONDS: '1' });

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

const dialog = (page: Page, name: string) => page.getByRole('dialog', { name });
const rows = (page: Page) => page.getByRole('table', { name: 'Deliveries' }).locator('tbody tr');

/** Presses a button of the endpoint that is shown, and confirms it. */
async function confirm(page: Page, button: string, title: string): Promise<void> {
  await page.getByRole('main').getByRole('button', { name: button }).focus();
  await page.keyboard.press('Enter');
  await dialog(page, title).getByRole('button', { name: button }).click();
}

test('by keyboard: an endpoint from its first event to its end', async () => {
  const { inbox, receiver } = both;
  const { page, close } = await openDesk(browser, inbox, admin, { path: '/desk/endpoints' });
  await page.getByText('There are no endpoints.').waitFor();
  await page.getByRole('button', { name: 'Add an endpoint' }).focus();
  await page.keyboard.press('Enter');
  const form = dialog(page, 'Add an endpoint');
  await form.getByLabel('Address').waitFor();
  await page.keyboard.type('http://127.0.0.1:9/');
  await page.keyboard.press('Enter');
  await form.getByText('only for a host:port of EVENT_HOSTS').waitFor();
  await form.getByLabel('Address').fill(receiver.url);
  await form.getByLabel('Description').fill('the <b>tool</b>');
  await form.getByLabel('Only these').check();
  await page.keyboard.press('Enter');
  await form.getByText('a list of event types').waitFor();
  await form.getByLabel('message.received').check();
  await page.keyboard.press('Enter');
  const made = dialog(page, 'Endpoint added');
  receiver.secret = await made.getByLabel('Secret', { exact: true }).inputValue();
  await made.getByRole('button', { name: 'I have stored it' }).click();

  // Its own page: a delivery that arrives, with a signature by the secret that was shown.
  await page.getByText('There are no deliveries here.').waitFor();
  expect(new URL(page.url()).search).toMatch(/^\?endpoint=ep_[0-9a-f]{24}$/);
  await page.getByText('the <b>tool</b>').waitFor();
  const { message } = await inbox.receive({ attachments: [note()] });
  await rows(page).filter({ hasText: 'Delivered' }).waitFor();
  expect(receiver.accepted.map(({ type, data }) => [type, data.messageSid])).toEqual([
    ['message.received', message.sid],
  ]);
  await rows(page)
    .getByRole('button', { name: /^Send again/ })
    .focus();
  await page.keyboard.press('Enter');
  await page.getByText('It is sent again.').waitFor();
  await eventually(async () => expect(receiver.accepted).toHaveLength(2));

  // A test event, whatever the types that it wants.
  await page.getByRole('button', { name: 'Send a test event' }).focus();
  await page.keyboard.press('Enter');
  await rows(page).filter({ hasText: 'endpoint.test' }).getByText('Delivered').waitFor();
  expect(receiver.accepted.at(-1)).toMatchObject({ type: 'endpoint.test' });
  expect(receiver.accepted).toHaveLength(3);

  // What fails says why; the endpoint is paused by itself, and resumed once what was wrong is mended.
  receiver.answer = () => ({ status: 503, body: '<i>closed</i>' });
  await inbox.receive({ attachments: [] });
  await page.locator('.endpoint-facts').getByText('The endpoint answered 503').waitFor();
  await page.getByRole('link', { name: 'Waiting' }).click();
  const failed = rows(page).filter({ hasText: 'Status 503' });
  await failed.waitFor();
  expect(await rows(page).count()).toBe(1);
  await failed.getByRole('button', { name: /^Attempts/ }).focus();
  await page.keyboard.press('Enter');
  await dialog(page, 'Attempts').getByText('<i>closed</i>').first().waitFor();
  await page.keyboard.press('Escape');
  receiver.answer = () => ({ status: 204 });
  await page.getByRole('button', { name: 'Resume' }).click();
  await eventually(async () => expect(receiver.accepted).toHaveLength(4));
  await page.getByText('There are no deliveries here.').waitFor();
  await page.goBack();

  // Paused, nothing is sent; resumed, what waited is.
  await page.getByRole('button', { name: 'Pause' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('Paused. Events wait').waitFor();
  await inbox.receive({ attachments: [] });
  await rows(page).filter({ hasText: 'Waiting' }).waitFor();
  expect(await page.getByRole('button', { name: /^Send again/ }).count()).toBe(0);
  expect(receiver.accepted).toHaveLength(4);
  await page.getByRole('button', { name: 'Resume' }).click();
  await eventually(async () => expect(receiver.accepted).toHaveLength(5));

  // Both secrets are valid for a day, then the new one.
  const old = receiver.secret;
  await confirm(page, 'New secret', 'Make a new secret?');
  const rotated = dialog(page, 'New secret');
  receiver.secret = await rotated.getByLabel('Secret', { exact: true }).inputValue();
  expect(receiver.secret).not.toBe(old);
  await rotated.getByText('The old one works until').waitFor();
  await rotated.getByRole('button', { name: 'I have stored it' }).click();
  await page.getByText('signed with the previous one').waitFor();
  await inbox.receive({ attachments: [] });
  await eventually(async () => expect(receiver.accepted).toHaveLength(6));
  expect(receiver.refused).toBe(0);

  await page.getByRole('button', { name: 'Change' }).click();
  const change = dialog(page, 'Change the endpoint');
  expect(await change.getByLabel('message.received').isChecked()).toBe(true);
  await change.getByLabel('All, also those of later releases').check();
  await change.getByRole('button', { name: 'Save' }).click();
  await page.locator('.endpoint-facts').getByText('All, also').waitFor();

  await confirm(page, 'Delete', 'Delete the endpoint?');
  await page.getByText('There are no endpoints.').waitFor();
  expect((await inbox.api('get', '/api/v1/endpoints').expect(200)).body.items).toEqual([]);
  await close();
}, 180_000);

test('the events of a range are counted, then sent again', async () => {
  const { inbox, receiver } = both;
  const { id } = await addEndpoint(inbox, receiver);
  await inbox.receive({ attachments: [note()] });
  await eventually(async () => expect(receiver.accepted).toHaveLength(2));
  const path = `/desk/endpoints?endpoint=${id}`;
  const { page, checkQuiet, close } = await openDesk(browser, inbox, admin, { path });
  await rows(page).filter({ hasText: 'media.stored' }).getByText('Delivered').waitFor();
  await page.getByRole('button', { name: 'Send a range again' }).focus();
  await page.keyboard.press('Enter');
  const form = dialog(page, 'Send a range again');
  await form.getByLabel('Since').fill('2020-01-02T10:00');
  await page.keyboard.press('Enter');
  await form.getByText('2 events will be sent again.').waitFor();
  // Another question is counted anew.
  await form.getByRole('radio', { name: 'Failed', exact: true }).check();
  await form.getByRole('button', { name: 'Count' }).click();
  await form.getByText('There are no such events.').waitFor();
  expect(await form.getByRole('button', { name: 'Send again' }).isEnabled()).toBe(false);
  await form.getByRole('radio', { name: 'Failed and delivered' }).check();
  await form.getByLabel('Only these').check();
  await form.getByLabel('media.stored').check();
  await form.getByRole('button', { name: 'Count' }).click();
  await form.getByText('1 event will be sent again.').waitFor();
  expect(receiver.accepted).toHaveLength(2);
  await form.getByRole('button', { name: 'Send again' }).click();
  await form.waitFor({ state: 'detached' });
  await eventually(async () => expect(receiver.accepted).toHaveLength(3));
  expect(receiver.accepted.at(-1)?.type).toBe('media.stored');
  await checkQuiet();
  await close();
});

test('an endpoint that was deleted meanwhile is said to be gone', async () => {
  const { inbox } = both;
  const path = `/desk/endpoints?endpoint=ep_${'0'.repeat(24)}`;
  const { page, close } = await openDesk(browser, inbox, admin, { path });
  await page.getByText('There is no such endpoint any more.').waitFor();
  await page.getByRole('link', { name: 'All endpoints' }).click();
  await page.getByRole('heading', { name: 'Endpoints' }).waitFor();
  await close();
});

test.each(LOOKS)('the look of it: %s, %s', async (device, colorScheme) => {
  const { inbox, receiver } = both;
  const types = ['message.received', 'media.stored'];
  const { id } = await addEndpoint(inbox, receiver, { types });
  receiver.answer = ({ type }) =>
    type === 'media.stored' ? { status: 503, body: 'closed' } : { status: 204 };
  await inbox.receive({ attachments: [note()] });
  const options = { colorScheme, reducedMotion: 'reduce' as const };
  const opened = await openDesk(browser, inbox, admin, {
    device,
    options,
    path: '/desk/endpoints',
  });
  const { page, checkQuiet, close } = opened;
  await page.getByText('The endpoint answered 503').waitFor();
  await checkLook(page, 'endpoints');
  await page.getByRole('button', { name: 'Add an endpoint' }).click();
  await dialog(page, 'Add an endpoint').getByLabel('Only these').check();
  await checkLook(page, 'endpoint form');
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: receiver.url }).click();
  const failed = rows(page).filter({ hasText: 'Status 503' });
  await failed.waitFor();
  await checkLook(page, 'deliveries');
  await failed.getByRole('button', { name: /^Attempts/ }).click();
  await dialog(page, 'Attempts').waitFor();
  await checkLook(page, 'attempts');
  await page.keyboard.press('Escape');
  receiver.answer = () => ({ status: 204 });
  await inbox.api('patch', `/api/v1/endpoints/${id}`).send({ state: 'active' }).expect(200);
  await eventually(async () => expect(receiver.accepted).toHaveLength(2));
  await page.reload();
  await page.getByRole('button', { name: 'Send a range again' }).click();
  await dialog(page, 'Send a range again').getByLabel('Since').waitFor();
  await checkLook(page, 'range');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Delete' }).click();
  await dialog(page, 'Delete the endpoint?').waitFor();
  await checkLook(page, 'endpoint question');
  await dialog(page, 'Delete the endpoint?').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('There are no endpoints.').waitFor();
  await checkQuiet();
  await close();
});
