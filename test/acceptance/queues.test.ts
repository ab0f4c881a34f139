import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CallAs, callAs } from '../support/call-as.ts';
import { importNotes } from '../support/import-notes.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
let ada: CallAs;
let bob: CallAs;
let viewer: CallAs;
beforeAll(async () => {
  inbox = await startTestInbox();
  ada = await callAs(inbox, 'moderator', 'ada');
  bob = await callAs(inbox, 'moderator', 'bob');
  viewer = await callAs(inbox, 'viewer');
});
afterAll(() => inbox.stop());

interface Item {
  since: string;
  media: { sid: string };
}

const decide = (sid: string, decision: string, why: object = {}) =>
  ada('post', `/api/v1/media/${sid}/decision`)
    .send({ decision, ...why })
    .expect(200);
const items = async (queue: string, query = ''): Promise<Item[]> =>
  (await ada('get', `/api/v1/queues/${queue}/items?${query}`).expect(200)).body.items;
const sidsIn = async (queue: string, query = '') =>
  (await items(queue, query)).map(({ media }) => media.sid);
const report = (sid: string) =>
  viewer('post', `/api/v1/media/${sid}/reports`).send({ reason: 'no' }).expect(201);
const queue = async (name: string) =>
  (await ada('get', '/api/v1/queues').expect(200)).body.items.find(
    (one: { name: string }) => one.name === name,
  );

test('held ones, oldest first, until somebody decides', async () => {
  expect(await queue('held')).toEqual({
    name: 'held',
    count: 0,
    proposed: 0,
    own: 0,
    oldestAt: null,
    taken: 0,
    claimId: null,
  });
  const sids = [...(await importNotes(inbox, 2)), ...(await importNotes(inbox, 2))];
  for (const sid of sids) await decide(sid, 'hold');
  const listed = await items('held');
  expect(listed.map(({ media }) => media.sid).toSorted()).toEqual(sids.toSorted());
  expect(listed.map(({ since }) => since)).toEqual(listed.map(({ since }) => since).toSorted());
  await eventually(async () =>
    expect(await queue('held')).toMatchObject({ count: 4, oldestAt: listed[0]?.since }),
  );
  expect(await sidsIn('held', 'limit=3')).toEqual(listed.slice(0, 3).map(({ media }) => media.sid));
  const { body: first } = await ada('get', '/api/v1/queues/held/items?limit=1').expect(200);
  const rest = await sidsIn('held', `cursor=${first.nextCursor}`);
  expect(rest).toEqual(listed.slice(1).map(({ media }) => media.sid));
  await ada('get', `/api/v1/queues/failed/items?cursor=${first.nextCursor}`).expect(400);
  for (const sid of sids) await decide(sid, 'approve');
  expect(await sidsIn('held')).toEqual([]);
});

test('reported ones, by the oldest report, whatever was received first', async () => {
  const [older = '', newer = ''] = await importNotes(inbox, 2);
  await report(newer);
  await report(older);
  await bob('post', `/api/v1/media/${newer}/reports`).send({ reason: 'me too' }).expect(201);
  expect(await items('reported')).toMatchObject([
    { media: { sid: newer }, openReports: 2 },
    { media: { sid: older }, openReports: 1 },
  ]);
  await decide(newer, 'approve');
  await decide(older, 'approve');
  expect(await sidsIn('reported')).toEqual([]);
});

test('what a rule has quarantined, not what a person has, and not once a person confirms it', async () => {
  const [blocked = '', own = ''] = await importNotes(inbox, 2);
  await ada('post', `/api/v1/media/${blocked}/block`).send({ reasonCode: 'list' }).expect(200);
  const { text } = await ada('get', `/api/v1/media/${blocked}/content`).expect(200);
  const { body } = await inbox
    .api('post', '/api/v1/media')
    .attach('files', Buffer.from(text), 'copy.txt')
    .expect(201);
  const [copy] = await inbox.mediaOf(body.messageSid, 'stored');
  const sid = String(copy?.sid);
  await decide(own, 'quarantine');
  const listed = await sidsIn('quarantined');
  expect(listed).toContain(sid);
  expect(listed).not.toContain(own);
  await decide(sid, 'quarantine');
  expect(await sidsIn('quarantined')).not.toContain(sid);
});

test('failed ones, until they are quarantined or deleted', async () => {
  const { message } = await inbox.receive({
    attachments: [
      {
        bytes: Buffer.from('gone'),
        contentType: 'text/plain',
        faults: [{ kind: 'status', status: 410, times: 9 }],
      },
    ],
  });
  const [failed] = await inbox.mediaOf(message.sid, 'failed');
  expect(await sidsIn('failed')).toEqual([failed?.sid]);
  await decide(String(failed?.sid), 'approve');
  expect(await sidsIn('failed')).toEqual([failed?.sid]);
  await decide(String(failed?.sid), 'quarantine');
  expect(await sidsIn('failed')).toEqual([]);
});

test('filters', async () => {
  const [one = '', two = ''] = [
    ...(await importNotes(inbox, 1, '+15550000001')),
    ...(await importNotes(inbox, 1, '+15550000002')),
  ];
  await decide(one, 'hold', { reasonCode: 'odd' });
  await decide(two, 'hold', { reasonCode: 'other' });
  const from = encodeURIComponent('+15550000001');
  expect(await sidsIn('held', `from=${from}`)).toEqual([one]);
  expect(await sidsIn('held', 'reasonCode=other')).toEqual([two]);
  expect(await sidsIn('held', 'contentType=text/')).toEqual([one, two]);
  expect(await sidsIn('held', 'contentType=image/')).toEqual([]);
  expect(await sidsIn('held', 'label=nudity')).toEqual([]);
  expect(await sidsIn('held', 'receivedBefore=2026-01-01')).toEqual([]);
  expect(await sidsIn('held', `receivedAfter=2026-01-01&from=${from}&to=none`)).toEqual([]);
  await ada('get', '/api/v1/queues/held/items?colour=red').expect(400);
  await ada('get', '/api/v1/queues/nothing/items').expect(400);
});

test('the size of each queue, and how long its oldest has waited, are metrics', async () => {
  for (const sid of await sidsIn('held')) await decide(sid, 'approve');
  const [oldest = ''] = await importNotes(inbox);
  await decide(oldest, 'hold');
  const more = await importNotes(inbox, 2);
  for (const sid of more) await decide(sid, 'hold');
  const [first] = await items('held');
  expect(first?.media.sid).toBe(oldest);
  const waitedSeconds = () => (Date.now() - Date.parse(String(first?.since))) / 1000;
  // Counts are shared for a moment.
  await eventually(async () => {
    const atLeast = waitedSeconds();
    const { count, age } = await metricsOf('held');
    expect(count).toBe(3);
    expect(age).toBeGreaterThanOrEqual(atLeast);
    expect(age).toBeLessThanOrEqual(waitedSeconds());
  });
  for (const sid of [oldest, ...more]) await decide(sid, 'approve');
  await eventually(async () => expect(await metricsOf('held')).toEqual({ count: 0, age: 0 }));
  for (const name of ['quarantined', 'reported', 'failed', 'escalated']) {
    const { count, oldestAt } = await queue(name);
    const { count: measured, age } = await metricsOf(name);
    expect([name, measured, age > 0]).toEqual([name, count, oldestAt !== null]);
  }
});

async function metricsOf(name: string): Promise<{ count: number; age: number }> {
  const metrics = await fetch(`${inbox.url}/metrics`).then((answer) => answer.text());
  const [count = Number.NaN, age = Number.NaN] = ['items', 'oldest_seconds'].map((figure) => {
    const line = new RegExp(`^mms_inbox_queue_${figure}\\{queue="${name}"\\} (\\S+)$`, 'm');
    return Number(line.exec(metrics)?.[1]);
  });
  return { count, age };
}
