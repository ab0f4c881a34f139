import { afterAll, beforeAll, expect, test } from 'vitest';
import { followEvents } from '../support/event-stream.ts';
import { inboxEnv } from '../support/inbox-env.ts';
import { startInboxProcess } from '../support/inbox-process.ts';
import { note } from '../support/reconciliation.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.stop());

const send = async () => (await inbox.receive({ attachments: [] })).message.sid;
const sidsOf = ({ events }: { events: { data: Record<string, unknown> }[] }) =>
  events.map(({ data }) => data.messageSid);

test('a reader sees what happens from now on, with nothing of the people in it', async () => {
  const reader = await followEvents(inbox);
  expect(reader.status).toBe(200);
  expect(reader.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(reader.headers.get('cache-control')).toBe('no-store');
  await eventually(async () => expect(reader.lastId).toBeDefined());
  const { message } = await inbox.receive({
    from: '+14155550177',
    body: 'private',
    attachments: [note()],
  });
  await eventually(async () => expect(reader.events).toHaveLength(2));
  expect(reader.events).toMatchObject([
    { type: 'message.received', data: { messageSid: message.sid, source: 'webhook' } },
    { type: 'media.stored', data: { mediaSid: message.media[0]?.sid, state: 'stored' } },
  ]);
  expect(JSON.stringify(reader.events)).not.toMatch(/4155550177|private/);
  const late = await followEvents(inbox);
  const sid = await send();
  await eventually(async () => expect(sidsOf(late)).toEqual([sid]));
});

test('a reader goes on after a restart where it was, and misses or doubles nothing', async () => {
  const before = await followEvents(inbox);
  await eventually(async () => expect(before.lastId).toBeDefined());
  const seen: unknown[] = [];
  const sent = [await send(), await send()];
  await eventually(async () => expect(before.events).toHaveLength(2));
  seen.push(...sidsOf(before));
  await inbox.restart();
  expect(await before.ended, 'a stop does not wait for it').toBe('ended');
  sent.push(await send(), await send());
  const after = await followEvents(inbox, { lastEventId: before.lastId });
  await eventually(async () => expect(after.events).toHaveLength(2));
  sent.push(await send());
  await eventually(async () => expect(after.events).toHaveLength(3));
  seen.push(...sidsOf(after));
  expect(seen).toEqual(sent);
}, 90_000);

test('a reader that was cut off before its first event misses none either', async () => {
  const { lastId, close } = await eventually(async () => {
    const reader = await followEvents(inbox);
    await eventually(async () => expect(reader.lastId).toBeDefined());
    return reader;
  });
  close();
  const sid = await send();
  const reader = await followEvents(inbox, { query: `?lastEventId=${lastId}` });
  await eventually(async () => expect(sidsOf(reader)).toEqual([sid]));
});

test('a reader of some types gets no other, and its position moves all the same', async () => {
  const reader = await followEvents(inbox, { query: '?types=media.stored,media.failed' });
  await eventually(async () => expect(reader.lastId).toBeDefined());
  const { message } = await inbox.receive({ attachments: [note()] });
  await eventually(async () => expect(reader.events).toHaveLength(1));
  expect(reader.events).toMatchObject([
    { type: 'media.stored', data: { messageSid: message.sid } },
  ]);
  const { lastId } = reader;
  await send();
  await eventually(async () => expect(reader.lastId).not.toBe(lastId));
  expect(reader.events).toHaveLength(1);
});

test('a position that is not known begins with the oldest event, and says so', async () => {
  const whole = await followEvents(inbox, { lastEventId: 'evt_0' });
  await eventually(async () => expect(whole.events.length).toBeGreaterThan(5));
  const reader = await followEvents(inbox, { lastEventId: `evt_${'0'.repeat(32)}` });
  await eventually(async () => expect(reader.events.length).toBeGreaterThan(whole.events.length));
  const [reset, ...events] = reader.events;
  expect(reset).toMatchObject({ id: 'evt_0', type: 'reset', data: {} });
  expect(events).toEqual(whole.events);
  for (const lastEventId of ['%00', '7', '']) {
    const { status, events } = await followEvents(inbox, { query: `?lastEventId=${lastEventId}` });
    expect(status).toBe(200);
    await eventually(async () => expect(events[0]?.type).toBe('reset'));
  }
});

test('what is asked for wrongly is refused by name', async () => {
  for (const [query, field] of [
    ['?types=media.stored,nonsense', 'types.1'],
    ['?types=', 'types.0'],
    ['?since=now', 'since'],
  ]) {
    const { body } = await inbox.api('get', `/api/v1/events${query}`).expect(400);
    expect(body.errors).toMatchObject([{ field }]);
  }
  await inbox.api('post', '/api/v1/events').expect(405);
  const head = await inbox.api('head', '/api/v1/events').expect(200);
  expect(head.headers['content-type']).toBe('text/event-stream; charset=utf-8');
});

test('a key that is revoked, and a reader too many, get no stream', async () => {
  const { body } = await inbox
    .api('post', '/api/v1/keys')
    .send({ name: 'follower', role: 'moderator' })
    .expect(201);
  const reader = await followEvents(inbox, { key: body.secret });
  expect(reader.status).toBe(200);
  await inbox.api('delete', '/api/v1/keys/follower').expect(204);
  expect(await reader.ended).toBe('ended');
  expect((await followEvents(inbox, { key: body.secret })).status).toBe(401);

  const readers = await Promise.all(Array.from({ length: 32 }, () => followEvents(inbox)));
  expect(readers.map(({ status }) => status)).toContain(200);
  const tooMany = await followEvents(inbox);
  expect(tooMany.status).toBe(503);
  expect(tooMany.headers.get('retry-after')).toBe('10');
  for (const one of readers) one.close();
  await eventually(async () => expect((await followEvents(inbox)).status).toBe(200));
}, 60_000);

test('what another process writes is followed, too', async (context) => {
  if (inbox.databaseUrl === undefined) return context.skip('needs TEST_DATABASE_URL');
  const other = await startInboxProcess({ ...inboxEnv(inbox), ROLES: 'receiver' });
  try {
    const reader = await followEvents(other);
    await eventually(async () => expect(reader.lastId).toBeDefined());
    const sid = await send();
    await eventually(async () => expect(sidsOf(reader)).toEqual([sid]));
  } finally {
    await other.end('SIGTERM');
  }
});
