import { afterAll, beforeAll, expect, test } from 'vitest';
import { endOfBulk, NOTHING } from '../support/bulk.ts';
import { type CallAs, callAs } from '../support/call-as.ts';
import { smallPicture } from '../support/small-picture.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
let call: CallAs;
beforeAll(async () => {
  inbox = await startTestInbox();
  call = await callAs(inbox, 'moderator');
});
afterAll(() => inbox.stop());

let seed = 0;
async function receive(from: string, count: number): Promise<string[]> {
  const attachments = await Promise.all(
    Array.from({ length: count }, async () => {
      seed += 1;
      return { bytes: await smallPicture(seed), contentType: 'image/png' };
    }),
  );
  const { message } = await inbox.receive({ from, attachments });
  return (await inbox.mediaOf(message.sid, 'stored')).map(({ sid }) => sid).toSorted();
}

const begin = (body: object) => call('post', '/api/v1/bulk').send(body);

const ended = (id: string) => endOfBulk(call, id);

async function listed(query: object): Promise<string[]> {
  const { body } = await call('get', '/api/v1/media').query(query).expect(200);
  return body.items.map(({ sid }: { sid: string }) => sid).toSorted();
}

const none = NOTHING;

test('a filter: counted first without a change, then done, with an audit entry for each', async () => {
  const from = '+15550001001';
  const sids = await receive(from, 5);
  const [already] = sids;
  await call('post', `/api/v1/media/${already}/decision`).send({ decision: 'hold' }).expect(200);
  const request = { action: 'hold', filter: { from }, reasonCode: 'spam', reason: 'a flood' };

  const dry = await begin({ ...request, dryRun: true }).expect(200);
  expect(dry.body).toEqual({
    dryRun: true,
    total: 5,
    counts: { ...none, todo: 4, unchanged: 1 },
  });
  expect(await listed({ from, moderation: 'held' })).toEqual([already]);

  const { body, headers } = await begin(request).expect(202);
  expect(headers.location).toBe(`/api/v1/bulk/${body.id}`);
  expect(await ended(body.id)).toMatchObject({
    action: 'hold',
    requestedBy: 'moderator',
    state: 'done',
    total: 5,
    counts: { ...none, changed: 4, unchanged: 1 },
  });
  expect(await listed({ from, moderation: 'held' })).toEqual(sids);
  const audit = await call('get', `/api/v1/audit?target=${sids[1]}`).expect(200);
  expect(audit.body.items).toMatchObject([
    { actor: 'moderator', action: 'media.hold', reasonCode: 'spam', reason: 'a flood' },
  ]);
});

test('a selection: unknown sids are told one by one, the others are done', async () => {
  const sids = await receive('+15550001002', 3);
  await call('delete', `/api/v1/media/${sids[2]}`).expect(204);
  const unknown = `ME${'0'.repeat(32)}`;
  const { body } = await begin({ action: 'quarantine', sids: [...sids, unknown] }).expect(202);
  expect((await ended(body.id)).counts).toEqual({ ...none, changed: 2, unknown: 1, deleted: 1 });
  const path = `/api/v1/bulk/${body.id}/items`;
  const items = async (query: object) => (await call('get', path).query(query).expect(200)).body;
  const itemsOf = (outcome: string, ...of: string[]) => of.map((sid) => ({ sid, outcome }));
  const end = { nextCursor: null };
  expect(await items({ outcome: 'unknown' })).toEqual({
    items: itemsOf('unknown', unknown),
    ...end,
  });
  expect(await items({ outcome: 'todo' })).toEqual({ items: [], ...end });
  const first = await call('get', path).query({ outcome: 'changed', limit: 1 }).expect(200);
  expect(first.body).toEqual({
    items: itemsOf('changed', ...sids.slice(0, 1)),
    nextCursor: sids[0],
  });
  expect(first.headers.link).toContain(`cursor=${sids[0]}`);
  expect(await items({ outcome: 'changed', cursor: sids[0] })).toEqual({
    items: itemsOf('changed', ...sids.slice(1, 2)),
    ...end,
  });
  const all = [
    ...itemsOf('unknown', unknown),
    ...itemsOf('changed', ...sids.slice(0, 2)),
    ...itemsOf('deleted', ...sids.slice(2)),
  ];
  expect(await items({})).toEqual({
    items: all.toSorted((a, b) => (a.sid < b.sid ? -1 : 1)),
    ...end,
  });
  await call('get', path).query({ cursor: 'ME1' }).expect(400);
});

test('delete: nothing of the selection is left', async () => {
  const from = '+15550001003';
  const sids = await receive(from, 3);
  const { body } = await begin({ action: 'delete', filter: { from } }).expect(202);
  expect((await ended(body.id)).counts).toEqual({ ...none, changed: 3 });
  for (const sid of sids) await call('get', `/api/v1/media/${sid}/content`).expect(404);
});

test('one that is cancelled does nothing more, whoever works afterwards', async () => {
  const from = '+15550001004';
  await receive(from, 3);
  await inbox.restart({ ROLES: 'receiver' });
  const { body } = await begin({ action: 'hold', filter: { from } }).expect(202);
  expect(body).toMatchObject({ state: 'waiting', endedAt: null, counts: { ...none, todo: 3 } });
  const cancelled = await call('post', `/api/v1/bulk/${body.id}/cancel`).expect(200);
  expect(cancelled.body).toMatchObject({ state: 'cancelled', counts: { ...none, todo: 3 } });
  await call('post', `/api/v1/bulk/${body.id}/cancel`).expect(409);

  await inbox.restart();
  // Acts are done in their order: when the second is done the first had its turn.
  const later = await begin({ action: 'hold', sids: await receive('+15550001005', 1) });
  await ended(later.body.id);
  expect(await ended(body.id)).toEqual(cancelled.body);
  const audit = await call('get', '/api/v1/audit').query({ target: body.id }).expect(200);
  expect(audit.body.items).toMatchObject([
    { action: 'bulk.cancel', actor: cancelled.body.requestedBy },
    { action: 'bulk.begin', after: { action: cancelled.body.action, total: 3 } },
  ]);
  expect(await listed({ from, moderation: 'held' })).toEqual([]);
});

test('whoever began one can cancel it, and admins can', async () => {
  const sids = await receive('+15550001007', 1);
  const other = await callAs(inbox, 'moderator', 'other');
  await inbox.restart({ ROLES: 'receiver' });
  const { body } = await begin({ action: 'hold', sids }).expect(202);
  const path = `/api/v1/bulk/${body.id}/cancel`;
  const refused = await other('post', path).expect(403);
  expect(refused.body).toMatchObject({
    code: 'forbidden',
    detail: 'Only moderator and admins can take this act back.',
  });
  const { body: waits } = await call('get', `/api/v1/bulk/${body.id}`).expect(200);
  expect(waits).toEqual(body);
  expect((await inbox.api('post', path).expect(200)).body.state).toBe('cancelled');
  await inbox.restart();
});

test('a process that ends in the middle: the next one goes on', async () => {
  const from = '+15550001006';
  const sids = await receive(from, 10);
  const { body } = await begin({ action: 'hold', filter: { from } }).expect(202);
  await inbox.restart();
  expect((await ended(body.id)).counts).toEqual({ ...none, changed: 10 });
  expect(await listed({ from, moderation: 'held' })).toEqual(sids);
});

test.each([
  [{}, ['action', 'sids']],
  [{ action: 'hold' }, ['sids']],
  [{ action: 'hold', sids: [], filter: {} }, ['sids']],
  [{ action: 'hold', sids: ['ME1'] }, ['sids.0']],
  [{ action: 'burn', filter: {} }, ['action']],
  [{ action: 'hold', filter: { form: '+1' } }, ['filter.form']],
  [{ action: 'hold', filter: { state: 'gone' } }, ['filter.state']],
  [{ action: 'hold', filter: { label: 'nudity' } }, ['filter.label']],
  [{ action: 'hold', queue: 'held', filter: { state: 'stored' } }, ['filter.state']],
  [{ action: 'hold', queue: 'lost' }, ['queue']],
  [{ action: 'hold', queue: 'held', sids: [`ME${'0'.repeat(32)}`] }, ['sids']],
  [{ action: 'undo', filter: {} }, ['action']],
  [{ action: 'hold', filter: {}, dryRun: 'yes' }, ['dryRun']],
])('%j is refused', async (body, fields) => {
  const answer = await begin(body).expect(400);
  expect(answer.body.errors.map(({ field }: { field: string }) => field)).toEqual(
    expect.arrayContaining(fields.slice(0, 1)),
  );
});

test('of viewers nothing is taken, and of unknown acts nothing told', async () => {
  const asViewer = await callAs(inbox, 'viewer');
  await asViewer('post', '/api/v1/bulk').send({ action: 'hold', filter: {} }).expect(403);
  const unknown = '/api/v1/bulk/00000000-0000-4000-8000-000000000000';
  await asViewer('get', unknown).expect(403);
  await call('get', unknown).expect(404);
  await call('get', `${unknown}/items?outcome=todo`).expect(404);
  await call('post', `${unknown}/cancel`).expect(404);
  await call('get', '/api/v1/bulk/1').expect(400);
});

test('the acts are listed, newest first, page by page', async () => {
  const begun: string[] = [];
  for (let n = 0; n < 3; n += 1) {
    const sids = [`ME${'0'.repeat(31)}${n}`];
    const request = { action: 'hold', sids, reasonCode: 'spam' };
    begun.unshift((await begin(request).expect(202)).body.id);
  }
  await ended(String(begun[0]));
  const whole = await call('get', '/api/v1/bulk').expect(200);
  expect(whole.body.items.slice(0, 3).map(({ id }: { id: string }) => id)).toEqual(begun);
  expect(whole.body.items[0]).toEqual({
    id: begun[0],
    action: 'hold',
    requestedBy: 'moderator',
    state: 'done',
    reasonCode: 'spam',
    reason: null,
    createdAt: expect.stringMatching(/Z$/),
    endedAt: expect.stringMatching(/Z$/),
    total: 1,
    queue: null,
    undoOf: null,
    counts: { ...none, unknown: 1 },
  });

  const paged: string[] = [];
  for (let cursor = ''; ; ) {
    const after = cursor === '' ? '' : `&cursor=${cursor}`;
    const { body } = await call('get', `/api/v1/bulk?limit=2${after}`).expect(200);
    paged.push(...body.items.map(({ id }: { id: string }) => id));
    if (body.nextCursor === null) break;
    cursor = body.nextCursor;
  }
  expect(paged).toEqual(whole.body.items.map(({ id }: { id: string }) => id));
  for (const [query, field] of [
    ['cursor=nonsense', 'cursor'],
    [`cursor=${'9'.repeat(14)}_${begun[0]}`, 'cursor'],
    ['limit=0', 'limit'],
    ['state=done', 'state'],
  ]) {
    const { body } = await call('get', `/api/v1/bulk?${query}`).expect(400);
    expect(body.errors).toMatchObject([{ field }]);
  }
  const asWatcher = await callAs(inbox, 'viewer', 'watcher');
  await asWatcher('get', '/api/v1/bulk').expect(403);
});
