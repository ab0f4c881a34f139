import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CallAs, callAs } from '../support/call-as.ts';
import { auditOf } from '../support/deletion-record.ts';
import { followEvents } from '../support/event-stream.ts';
import { importNotes } from '../support/import-notes.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
let viewer: CallAs;
let other: CallAs;
let moderator: CallAs;
beforeAll(async () => {
  inbox = await startTestInbox();
  viewer = await callAs(inbox, 'viewer');
  other = await callAs(inbox, 'viewer', 'other');
  moderator = await callAs(inbox, 'moderator');
});
afterAll(() => inbox.stop());

const report = (call: CallAs, sid: string, body: object = {}) =>
  call('post', `/api/v1/media/${sid}/reports`).send({ reason: 'It shows my door.', ...body });
const decide = (sid: string, decision: string) =>
  moderator('post', `/api/v1/media/${sid}/decision`).send({ decision }).expect(200);
const reportsOf = async (sid: string) =>
  (await moderator('get', `/api/v1/media/${sid}/reports`).expect(200)).body.items;
const open = async () =>
  (await moderator('get', '/api/v1/reports?state=open').expect(200)).body.items;

async function receiveNote(): Promise<string> {
  return String((await importNotes(inbox))[0]);
}

test('a viewer reports what they see, once; moderators read who and why', async () => {
  const sid = await receiveNote();
  const { body } = await report(viewer, sid, { reasonCode: 'private' }).expect(201);
  expect(body).toEqual({
    id: expect.any(String),
    mediaSid: sid,
    state: 'open',
    reportedBy: 'viewer',
    reasonCode: 'private',
    reason: 'It shows my door.',
    createdAt: expect.any(String),
    resolution: null,
    resolvedBy: null,
    resolvedAt: null,
  });
  const { body: again } = await report(viewer, sid, { reason: 'Once more.' }).expect(200);
  expect(again).toEqual(body);
  const { body: second } = await report(other, sid).expect(201);
  expect(await reportsOf(sid)).toEqual([second, body]);
  expect(await open()).toEqual([second, body]);
  const [, entry] = await auditOf(inbox, `target=${sid}`);
  expect(entry).toMatchObject({ action: 'media.report', actor: 'viewer', reasonCode: 'private' });
  expect(JSON.stringify(entry)).not.toContain('door');
  await decide(sid, 'quarantine');
});

test('many reports by one caller at once are one', async () => {
  const sid = await receiveNote();
  const answers = await Promise.all(Array.from({ length: 8 }, () => report(viewer, sid)));
  expect(answers.map(({ status }) => status).toSorted()).toEqual([
    ...Array.from({ length: 7 }, () => 200),
    201,
  ]);
  expect(await reportsOf(sid)).toHaveLength(1);
});

test.each([
  ['approve', 'although it is visible already'],
  ['hold', ''],
  ['quarantine', ''],
])('a decision to %s resolves them %s', async (decision) => {
  const sid = await receiveNote();
  await report(viewer, sid).expect(201);
  await report(other, sid).expect(201);
  await decide(sid, decision);
  const resolved = { state: 'resolved', resolution: decision, resolvedBy: 'moderator' };
  expect(await reportsOf(sid)).toMatchObject([resolved, resolved]);
  const { body } = await moderator('get', '/api/v1/reports?state=resolved&limit=2').expect(200);
  expect(body.items).toEqual(await reportsOf(sid));
  await decide(sid, 'approve');
  expect((await report(viewer, sid).expect(201)).body.state).toBe('open');
});

test('that it stays is one entry of the audit log and of the story, with who and why', async () => {
  const sid = await receiveNote();
  await report(viewer, sid).expect(201);
  await report(other, sid).expect(201);
  const stays = () =>
    moderator('post', `/api/v1/media/${sid}/decision`)
      .send({ decision: 'approve', reasonCode: 'fine', reason: 'a public place' })
      .expect(200);
  const reader = await followEvents(inbox, { query: '?types=media.approved,media.held' });
  expect((await stays()).body.changed).toBe(false);
  // With nothing left to answer it is a mere repetition.
  await stays();
  const why = { reasonCode: 'fine', reason: 'a public place' };
  const entries = await auditOf(inbox, `target=${sid}&action=media.approve`);
  expect(entries).toMatchObject([
    {
      actor: 'moderator',
      ...why,
      before: { moderation: 'visible' },
      after: { moderation: 'visible' },
    },
  ]);
  const { body } = await moderator('get', `/api/v1/media/${sid}/story`).expect(200);
  expect(body.items.slice(-3)).toMatchObject([
    { kind: 'media.report', by: 'viewer' },
    { kind: 'media.report', by: 'other' },
    { kind: 'media.approve', by: 'moderator', ...why },
  ]);
  // It has an event only when the state changes.
  await decide(sid, 'hold');
  const events = await eventually(async () => {
    const ofIt = reader.events.filter(({ data }) => data.mediaSid === sid);
    expect(ofIt).not.toHaveLength(0);
    return ofIt;
  });
  expect(events.map(({ type }) => type)).toEqual(['media.held']);
  expect(await auditOf(inbox, `target=${sid}&action=media.hold`)).toHaveLength(1);
});

test('so is the answer to an escalation, and a decision that changes it is told once', async () => {
  const sid = await receiveNote();
  await report(viewer, sid).expect(201);
  const queue = { queue: 'reported', mediaSid: sid };
  const { body: claim } = await moderator('post', '/api/v1/claims').send(queue).expect(201);
  await moderator('post', `/api/v1/claims/${claim.id}/escalate`)
    .send({ reason: 'is it?' })
    .expect(200);
  await decide(sid, 'approve');
  await report(viewer, sid).expect(201);
  await decide(sid, 'quarantine');
  const entries = await auditOf(inbox, `target=${sid}`);
  expect(entries.map(({ action }: { action: string }) => action).slice(0, 5)).toEqual([
    ...['media.quarantine', 'media.report', 'media.approve', 'media.escalate', 'media.report'],
  ]);
});

test('one of two is dismissed, and not twice', async () => {
  const sid = await receiveNote();
  const { body: first } = await report(viewer, sid).expect(201);
  await report(other, sid).expect(201);
  const dismiss = () => moderator('post', `/api/v1/reports/${first.id}/dismiss`);
  const { body } = await dismiss().send({ reason: 'it is a public place' }).expect(200);
  expect(body).toMatchObject({ state: 'resolved', resolution: 'dismiss' });
  await dismiss().expect(409);
  expect(await reportsOf(sid)).toMatchObject([{ state: 'open' }, { state: 'resolved' }]);
  const [entry] = await auditOf(inbox, `target=${sid}`);
  expect(entry).toMatchObject({
    action: 'report.dismiss',
    reason: 'it is a public place',
    after: { reportId: first.id },
  });
});

test('what a viewer may not see, and what is deleted, cannot be reported', async () => {
  const sid = await receiveNote();
  await report(viewer, sid).expect(201);
  await decide(sid, 'hold');
  await report(viewer, sid).expect(404);
  await report(moderator, sid).expect(201);
  await moderator('delete', `/api/v1/media/${sid}`).expect(204);
  for (const call of [viewer, moderator]) {
    const { body } = await report(call, sid).expect(404);
    expect(body.code).toMatch(call === viewer ? /^(not_found|media_deleted)$/ : /^media_deleted$/);
  }
  await moderator('get', `/api/v1/media/${sid}/reports`).expect(404);
  const { body } = await moderator('get', '/api/v1/reports').expect(200);
  expect(body.items.filter(({ mediaSid }: { mediaSid: string }) => mediaSid === sid)).toEqual([]);
});

test('an event names the report, and contains nothing that the reporter wrote', async () => {
  const sid = await receiveNote();
  const reader = await followEvents(inbox, { query: '?types=media.reported' });
  const { body } = await report(viewer, sid, { reason: 'call me: +15557650000' }).expect(201);
  // Those of the tests before may come first.
  const last = await eventually(async () => {
    const event = reader.events.at(-1);
    expect(event?.data.reportId).toBe(body.id);
    return event;
  });
  expect(last).toMatchObject({
    type: 'media.reported',
    data: { mediaSid: sid, reportId: body.id, reasonCode: null, reportedBy: 'viewer' },
  });
  expect(JSON.stringify(reader.events)).not.toContain('+1555');
  expect(inbox.logLines.join()).not.toContain('+15557650000');
});

test.each([{ reason: '' }, { reason: 'x'.repeat(1001) }, { reason: 'a\0b' }, { reason: 7 }])(
  'refused: %j',
  async (body) => {
    await report(viewer, await receiveNote(), body).expect(400);
  },
);

test('who confirms the quarantine of a rule has decided', async () => {
  const sid = await receiveNote();
  await moderator('post', `/api/v1/media/${sid}/block`).send({}).expect(200);
  const body = await inbox
    .api('post', '/api/v1/media')
    .attach('files', Buffer.from(await contentOf(sid)), 'copy.txt')
    .expect(201);
  const [copy] = await inbox.mediaOf(body.body.messageSid, 'stored');
  expect(copy).toMatchObject({
    moderation: 'quarantined',
    decision: { by: 'system:blocklist' },
  });
  const { body: outcome } = await decide(String(copy?.sid), 'quarantine');
  expect(outcome).toMatchObject({ changed: true, decidedBy: 'moderator' });
  expect((await decide(String(copy?.sid), 'quarantine')).body.changed).toBe(false);
});

async function contentOf(sid: string): Promise<string> {
  return (await moderator('get', `/api/v1/media/${sid}/content`).expect(200)).text;
}
