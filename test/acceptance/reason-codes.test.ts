import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CallAs, callAs } from '../support/call-as.ts';
import { auditOf } from '../support/deletion-record.ts';
import { importNotes } from '../support/import-notes.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
let moderator: CallAs;
beforeAll(async () => {
  inbox = await startTestInbox();
  moderator = await callAs(inbox, 'moderator');
});
afterAll(() => inbox.stop());

const add = (code: string, more: object = {}) =>
  inbox
    .api('post', '/api/v1/reason-codes')
    .send({ code, label: 'A label', severity: 'low', ...more });
const list = async () => (await moderator('get', '/api/v1/reason-codes').expect(200)).body.items;
const decide = (sid: string, reasonCode: string | null) =>
  moderator('post', `/api/v1/media/${sid}/decision`).send({ decision: 'hold', reasonCode });

test('while there is no list every code is accepted, afterwards those in it', async () => {
  const [sid = ''] = await importNotes(inbox);
  await decide(sid, 'free').expect(200);
  const { body } = await add('spam', { defaultAct: 'quarantine' }).expect(201);
  expect(body).toEqual({
    ...{ code: 'spam', label: 'A label', severity: 'low', defaultAct: 'quarantine' },
    ...{ reviewers: 1, onThird: 'none' },
    updatedBy: 'ADMIN_API_KEY',
    createdAt: expect.any(String),
    updatedAt: expect.any(String),
  });
  await add('spam').expect(409);
  await add('abuse', { severity: 'high' }).expect(201);
  expect((await list()).map(({ code }: { code: string }) => code)).toEqual(['abuse', 'spam']);
  await decide(sid, 'spam').expect(200);
  await decide(sid, null).expect(200);
  const { body: problem } = await decide(sid, 'free').expect(400);
  expect(problem.errors ?? problem.fields).toEqual([
    { field: 'reasonCode', message: 'free is not in the list: GET /api/v1/reason-codes' },
  ]);
  const { body: item } = await moderator('get', `/api/v1/media/${sid}`).expect(200);
  const message = `/api/v1/messages/${item.messageSid}`;
  const withCode = { decision: 'hold', reasonCode: 'free' };
  await moderator('post', `${message}/decision`).send(withCode).expect(400);
  await moderator('delete', `${message}?reasonCode=free`).expect(400);
  await moderator('delete', `/api/v1/media/${sid}?reasonCode=free`).expect(400);
  const act = { action: 'approve', sids: [sid], reasonCode: 'free' };
  await moderator('post', '/api/v1/bulk').send(act).expect(400);
});

test('changed and removed, by admins; decisions keep a code that was removed', async () => {
  const [sid = ''] = await importNotes(inbox);
  await add('odd', { defaultAct: 'hold' }).expect(201);
  await decide(sid, 'odd').expect(200);
  const change = (body: object) => inbox.api('patch', '/api/v1/reason-codes/odd').send(body);
  const { body } = await change({ label: 'Strange', defaultAct: null }).expect(200);
  expect(body).toMatchObject({ label: 'Strange', severity: 'low', defaultAct: null });
  await change({ severity: 'worst' }).expect(400);
  await inbox.api('delete', '/api/v1/reason-codes/odd').expect(204);
  await inbox.api('delete', '/api/v1/reason-codes/odd').expect(404);
  await change({ label: 'x' }).expect(404);
  const { body: item } = await moderator('get', `/api/v1/media/${sid}`).expect(200);
  expect(item.decision.reasonCode).toBe('odd');
  await decide(sid, 'odd').expect(400);
  expect(await auditOf(inbox, 'target=odd')).toMatchObject([
    { action: 'code.delete' },
    { action: 'code.update', before: { label: 'A label' }, after: { label: 'Strange' } },
    { action: 'code.create', after: { defaultAct: 'hold' } },
  ]);
});

test('refused: a code of other characters, a label of two lines, an act that is none', async () => {
  await add('Spam').expect(400);
  await add('two', { label: 'a\nb' }).expect(400);
  await add('three', { defaultAct: 'scan' }).expect(400);
});
