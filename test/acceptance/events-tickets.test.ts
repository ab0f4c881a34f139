import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiKeys } from '../../src/auth/api-keys.ts';
import type { SignIn } from '../../src/auth/authentication.ts';
import { createSessions } from '../../src/auth/sessions.ts';
import { createTickets, EVENT_TICKETS } from '../../src/auth/tickets.ts';
import { type CallAs, callAs } from '../support/call-as.ts';
import { followEvents } from '../support/event-stream.ts';
import { note } from '../support/reconciliation.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';
import { openTestQueue } from '../support/test-queue.ts';

let inbox: TestInbox;
let asViewer: CallAs;
beforeAll(async () => {
  inbox = await startTestInbox({ API_ORIGINS: 'https://tool.example.com' });
  asViewer = await callAs(inbox, 'viewer');
});
afterAll(() => inbox.stop());

async function ticketUrl(call: CallAs = asViewer): Promise<string> {
  const { body, headers } = await call('post', '/api/v1/events/tickets').expect(201);
  expect(headers['cache-control']).toBe('private, no-store');
  const seconds = (Date.parse(body.expiresAt) - Date.now()) / 1000;
  expect(Math.abs(seconds - 60)).toBeLessThan(20);
  expect(Object.keys(body)).toEqual(['url', 'expiresAt']);
  return body.url;
}

/** The answer to a request by an URL with a ticket. */
async function answerTo(url: string, method = 'GET') {
  const response = await fetch(url, { method });
  const code = method === 'HEAD' ? null : (await response.json()).code;
  return [response.status, code];
}

test('a ticket opens a stream without a key, with the rights of the key that asked', async () => {
  const url = await ticketUrl();
  const page = await fetch(url, { headers: { origin: 'https://tool.example.com' } });
  expect(page.status).toBe(200);
  expect(page.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(page.headers.get('access-control-allow-origin')).toBe('https://tool.example.com');
  await page.body?.cancel();

  const viewer = await followEvents(inbox, { ticketUrl: await ticketUrl() });
  const moderator = await followEvents(inbox, { ticketUrl: await ticketUrl(inbox.api) });
  await eventually(async () => {
    for (const reader of [viewer, moderator]) expect(reader.lastId).toBeDefined();
  });
  const { message } = await inbox.receive({ attachments: [note()] });
  await eventually(async () => {
    expect(viewer.events.map(({ type }) => type)).toEqual(['message.visible', 'media.stored']);
    expect(moderator.events.map(({ type }) => type)).toEqual(['message.received', 'media.stored']);
  });

  // As a page does that was cut off: a new ticket, and where it was.
  viewer.close();
  await inbox.receive({ attachments: [note()] });
  const again = await followEvents(inbox, {
    ticketUrl: `${await ticketUrl()}&lastEventId=${viewer.lastId}&types=media.stored`,
  });
  await eventually(async () => expect(again.events).toHaveLength(1));
  expect(again.events[0]?.data.messageSid).not.toBe(message.sid);
}, 90_000);

test('it opens one, whoever is first, and nothing else', async () => {
  const url = await ticketUrl();
  const readers = await Promise.all(
    Array.from({ length: 8 }, () => followEvents(inbox, { ticketUrl: url })),
  );
  expect(readers.map(({ status }) => status).toSorted()).toEqual([
    ...[200, 403, 403, 403, 403, 403, 403, 403],
  ]);
  expect(await answerTo(url)).toEqual([403, 'ticket_invalid']);

  const other = new URL(await ticketUrl());
  for (const path of ['/api/v1/media', '/api/v1/events/tickets', '/api/v1/keys']) {
    const { status } = await fetch(`${inbox.url}${path}${other.search}`);
    expect([path, [400, 401, 405].includes(status)]).toEqual([path, true]);
  }
  expect(await answerTo(String(other), 'HEAD')).toEqual([401, null]);
  const reader = await followEvents(inbox, { ticketUrl: String(other) });
  expect(reader.status, 'a look at its headers does not use it up').toBe(200);
});

test.each(['', 'x', `${'A'.repeat(43)}`, '%00', 'a&ticket=b'])('%j is no ticket', async (text) => {
  const url = `${inbox.url}/api/v1/events?ticket=${text}`;
  expect(await answerTo(url)).toEqual([403, 'ticket_invalid']);
});

test('it ends with its key, and so does the stream that it opened', async () => {
  const short = await callAs(inbox, 'viewer', 'short-lived');
  const unused = await ticketUrl(short);
  const reader = await followEvents(inbox, { ticketUrl: await ticketUrl(short) });
  expect(reader.status).toBe(200);
  await inbox.api('delete', '/api/v1/keys/short-lived').expect(204);
  expect(await answerTo(unused)).toEqual([403, 'ticket_invalid']);
  expect(await reader.ended).toBe('ended');
}, 60_000);

test('a ticket of an ADMIN_API_KEY that was replaced opens nothing', async () => {
  const { pathname, search } = new URL(await ticketUrl(inbox.api));
  const viewers = new URL(await ticketUrl());
  await inbox.restart({ ADMIN_API_KEY: 'another-admin-key-for-tests' });
  expect(await answerTo(inbox.url + pathname + search)).toEqual([403, 'ticket_invalid']);
  const reader = await followEvents(inbox, {
    ticketUrl: inbox.url + viewers.pathname + viewers.search,
  });
  expect(reader.status, 'one of another key survives a restart').toBe(200);
  await inbox.restart();
});

test('the log has no ticket, and a viewer needs a key to get one', async () => {
  const url = await ticketUrl();
  const ticket = String(new URL(url).searchParams.get('ticket'));
  (await followEvents(inbox, { ticketUrl: url })).close();
  await answerTo(url);
  const log = inbox.logLines.join('');
  expect(log).toContain('/api/v1/events?ticket"');
  expect(log).not.toContain(ticket);
  const { status } = await fetch(`${inbox.url}/api/v1/events/tickets`, { method: 'POST' });
  expect(status).toBe(401);
  await asViewer('get', '/api/v1/events/tickets').expect(405);
});

test('a minute later a ticket opens nothing, and its row goes with the next one', async () => {
  const { database, close } = await openTestQueue();
  try {
    const apiKeys = createApiKeys(database, 'admin-key-for-tests');
    const caller = await apiKeys.find(null);
    if (caller === null) throw new Error('there is an admin key');
    const admin: SignIn = { by: 'key', caller, sessionId: null, isStillValid: async () => true };
    const sessions = createSessions(database, apiKeys);
    const tickets = createTickets(database, { apiKeys, sessions }, EVENT_TICKETS);
    const { ticket } = await tickets.create(admin);
    const rows = await database.prisma.eventTicket.findMany();
    expect(JSON.stringify(rows)).not.toContain(ticket);
    await database.prisma.eventTicket.updateMany({ data: { expiresAt: new Date() } });
    await expect(tickets.redeem(ticket)).rejects.toMatchObject({ code: 'ticket_invalid' });
    await tickets.create(admin);
    await database.prisma.eventTicket.updateMany({ data: { expiresAt: new Date() } });
    await tickets.create(admin);
    expect(await database.prisma.eventTicket.count()).toBe(1);
  } finally {
    await close();
  }
});
