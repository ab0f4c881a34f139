import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CallAs, callAs } from '../support/call-as.ts';
import { checkedRequest } from '../support/checked-requests.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const NORTH = '+15557000001';
const SOUTH = '+15557000002';

let inbox: TestInbox;
/** Works on everything. */
let ada: CallAs;
/** Work for one number each; `held` and `reported` are bob's queues. */
let bob: CallAs;
let cy: CallAs;
const secrets: Record<string, string> = {};
beforeAll(async () => {
  inbox = await startTestInbox({ MODERATION_MODE: 'hold-media' });
  ada = await callAs(inbox, 'moderator', 'ada');
  bob = await keyFor('bob', { numbers: [NORTH], queues: ['held', 'reported'] });
  cy = await keyFor('cy', { numbers: [SOUTH] });
});
afterAll(() => inbox.stop());

async function keyFor(name: string, work: object): Promise<CallAs> {
  const key = { name, role: 'moderator', ...work };
  const { body } = await inbox.api('post', '/api/v1/keys').send(key).expect(201);
  expect(body).toMatchObject(work);
  secrets[name] = body.secret;
  return (method, path) =>
    checkedRequest(inbox.url, method, path).set('Authorization', `Bearer ${body.secret}`);
}

let notes = 0;
/** @returns the sids of attachments of one message to a number, which are held */
async function receive(to: string, amount = 1): Promise<string[]> {
  const attachments = Array.from({ length: amount }, () => {
    notes += 1;
    return { bytes: Buffer.from(`note ${notes}`), contentType: 'text/plain' };
  });
  const { message } = await inbox.receive({ to, attachments });
  return (await inbox.mediaOf(message.sid, 'stored')).map(({ sid }) => sid);
}

const next = (call: CallAs, queue = 'held') => call('post', '/api/v1/claims/next').send({ queue });
const listed = async (call: CallAs, query = '') => {
  const { body } = await call('get', `/api/v1/queues/held/items?limit=200${query}`).expect(200);
  return body.items.map(({ media }: { media: { sid: string } }) => media.sid);
};
const queuesOf = async (call: CallAs) =>
  (await call('get', '/api/v1/queues').expect(200)).body.items;
const refused = async (request: ReturnType<CallAs>) =>
  (await request.expect(403)).body.detail as string;

test('each team is offered, lists and counts what went to its number, on all channels', async () => {
  const [south = ''] = await receive(SOUTH);
  const north = [...(await receive(NORTH)), ...(await receive(`whatsapp:${NORTH}`))];
  expect(await listed(bob)).toEqual(north);
  expect(await listed(cy)).toEqual([south]);
  expect(await listed(ada)).toEqual([south, ...north]);
  expect(await listed(bob, `&to=${encodeURIComponent(SOUTH)}`)).toEqual([]);
  await eventually(async () => {
    expect((await queuesOf(bob))[0]).toMatchObject({ name: 'held', count: 2 });
    expect((await queuesOf(cy))[0]).toMatchObject({ count: 1 });
    expect((await queuesOf(ada))[0]).toMatchObject({ count: 3 });
  });
  const { body: first } = await next(bob).expect(201);
  expect(first.mediaSid).toBe(north[0]);
  expect((await next(cy).expect(201)).body.mediaSid).toBe(south);
  expect((await queuesOf(bob))[0]).toMatchObject({ taken: 1, claimId: first.id });
  const claimsOf = async (call: CallAs) =>
    (await call('get', '/api/v1/claims').expect(200)).body.items.length;
  expect(await Promise.all([bob, cy, ada].map(claimsOf))).toEqual([1, 1, 2]);
  const take = (mediaSid: string) =>
    bob('post', '/api/v1/claims').send({ queue: 'held', mediaSid }).expect(409);
  await cy('delete', `/api/v1/claims/${(await queuesOf(cy))[0].claimId}`).expect(204);
  expect((await take(south)).body.detail).toContain('went to another number');
  await bob('post', `/api/v1/media/${north[0]}/decision`).send({ decision: 'approve' }).expect(200);
  expect((await next(bob).expect(201)).body.mediaSid).toBe(north[1]);
  await bob('post', `/api/v1/media/${north[1]}/decision`).send({ decision: 'approve' }).expect(200);
  await next(bob).expect(204);
});

test('the queues of a key, also in a browser that was signed in with it', async () => {
  expect((await queuesOf(bob)).map(({ name }: { name: string }) => name)).toEqual([
    'held',
    'reported',
  ]);
  expect(await queuesOf(cy)).toHaveLength(5);
  const other = 'This key works on other queues: held, reported.';
  expect(await refused(next(bob, 'escalated'))).toBe(other);
  expect(await refused(bob('get', '/api/v1/queues/failed/items'))).toBe(other);
  const [sid = ''] = await receive(NORTH);
  const one = { queue: 'quarantined', mediaSid: sid };
  expect(await refused(bob('post', '/api/v1/claims').send(one))).toBe(other);
  const signIn = await checkedRequest(inbox.url, 'post', '/api/v1/session')
    .set('Origin', inbox.url)
    .send({ key: secrets.bob });
  const cookie = String(signIn.headers['set-cookie']).split(';')[0] ?? '';
  const browser: CallAs = (method, path) =>
    checkedRequest(inbox.url, method, path).set('Cookie', cookie).set('Origin', inbox.url);
  expect(await queuesOf(browser)).toHaveLength(2);
  expect(await refused(next(browser, 'escalated'))).toBe(other);
  expect((await next(browser).expect(201)).body.mediaSid).toBe(sid);
});

test('what went to another number is decided by others', async () => {
  const [sid = '', second = ''] = await receive(SOUTH, 2);
  const { body: media } = await bob('get', `/api/v1/media/${sid}`).expect(200);
  const message = `/api/v1/messages/${media.messageSid}`;
  const hold = { decision: 'hold' };
  const detail = 'This key works for some numbers only. This went to another.';
  for (const request of [
    bob('post', `/api/v1/media/${sid}/decision`).send(hold),
    bob('post', '/api/v1/acts').send({ mediaSid: sid, act: 'approve' }),
    bob('delete', `/api/v1/media/${sid}`),
    bob('delete', message),
    bob('post', `${message}/decision`).send(hold),
    bob('post', '/api/v1/bulk').send({ action: 'approve', sids: [second] }),
  ]) {
    expect(await refused(request)).toBe(detail);
  }
  for (const scope of ['same-bytes', 'sender']) {
    const wide = cy('delete', `/api/v1/media/${sid}?scope=${scope}&dryRun=true`);
    expect(await refused(wide)).toContain(`the scope ${scope} reaches`);
  }
  const bulk = (filter: object) =>
    cy('post', '/api/v1/bulk').send({ action: 'approve', dryRun: true, filter });
  expect(await refused(bulk({}))).toContain('A filter needs `to` with one of them.');
  await refused(bulk({ to: NORTH }));
  await bulk({ to: SOUTH }).expect(200);
  await cy('post', '/api/v1/bulk')
    .send({ action: 'hold', sids: [sid, second] })
    .expect(202);
  await cy('post', `/api/v1/media/${sid}/decision`).send({ decision: 'approve' }).expect(200);
  await cy('delete', `/api/v1/media/${sid}?scope=message&message=true`).expect(204);
  await bob('delete', `/api/v1/media/${sid}`).expect(404);
  await bob('delete', message).expect(404);
});

test('the log says which queues a key works on, and no number', async () => {
  const { body } = await inbox.api('get', '/api/v1/audit?action=key.create').expect(200);
  expect(body.items.map(({ after }: { after: object }) => after)).toContainEqual({
    role: 'moderator',
    queues: ['held', 'reported'],
  });
  expect(JSON.stringify(body)).not.toContain(NORTH);
  const { body: keys } = await inbox.api('get', '/api/v1/keys').expect(200);
  expect(keys.items).toContainEqual(
    expect.objectContaining({ name: 'bob', numbers: [NORTH], queues: ['held', 'reported'] }),
  );
});
