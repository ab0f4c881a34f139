import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ActItem } from '../../src/moderation/acts/act-schemas.ts';
import { endedAct, importNotes } from '../support/acts.ts';
import { type CallAs, callAs } from '../support/call-as.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const ACTS = '/api/v1/acts';

let inbox: TestInbox;
let asAda: CallAs;
let asBob: CallAs;
beforeAll(async () => {
  inbox = await startTestInbox();
  asAda = await callAs(inbox, 'moderator', 'ada');
  asBob = await callAs(inbox, 'moderator', 'bob');
});
afterAll(() => inbox.stop());

const begin = (call: CallAs, body: object) => call('post', ACTS).send(body);

async function begun(call: CallAs, body: object): Promise<ActItem> {
  return (await begin(call, body).expect(201)).body;
}

const ended = (id: string) => endedAct(asAda, id);

async function receive(): Promise<string> {
  const [sid] = await importNotes(inbox);
  return String(sid);
}

const stateOf = async (sid: string) =>
  (await asAda('get', `/api/v1/media/${sid}`).expect(200)).body.moderation;

const auditOf = async (sid: string) =>
  (await asAda('get', `/api/v1/audit?target=${sid}`).expect(200)).body.items;

const decide = (call: CallAs, sid: string, decision: string) =>
  call('post', `/api/v1/media/${sid}/decision`).send({ decision }).expect(200);

/** Long enough that nothing goes out within a test. */
const LATER = { delaySeconds: 60 };
const NOW = { delaySeconds: 0 };

test('a decision waits, then goes out by the name of its maker', async () => {
  const sid = await receive();
  const why = { reasonCode: 'spam', reason: 'an advertisement' };
  const before = Date.now();
  const { body, headers } = await begin(asAda, {
    mediaSid: sid,
    act: 'quarantine',
    delaySeconds: 1,
    ...why,
  }).expect(201);
  expect(headers.location).toBe(`${ACTS}/${body.id}`);
  expect(body).toEqual({
    id: expect.any(String),
    mediaSid: sid,
    act: 'quarantine',
    scope: null,
    message: false,
    blockSender: false,
    policy: null,
    applyToExisting: null,
    expected: null,
    requestedBy: 'ada',
    ...why,
    state: 'waiting',
    createdAt: expect.any(String),
    runsAt: expect.any(String),
    endedAt: null,
    changed: null,
    proposed: null,
    deletionId: null,
    problem: null,
  });
  expect(Date.parse(body.runsAt) - before).toBeGreaterThanOrEqual(1000);

  const act = await ended(body.id);
  expect(act).toEqual({
    ...body,
    state: 'done',
    changed: true,
    proposed: false,
    endedAt: expect.any(String),
  });
  expect(Date.parse(String(act.endedAt)) - before).toBeGreaterThanOrEqual(1000);
  expect(await stateOf(sid)).toBe('quarantined');
  const audit = await auditOf(sid);
  expect(audit).toMatchObject([{ actor: 'ada', action: 'media.quarantine', ...why }]);
  // And not before.
  expect(Date.parse(audit[0].at)).toBeGreaterThanOrEqual(Date.parse(body.runsAt));
  const { body: refused } = await asAda('delete', `${ACTS}/${body.id}`).expect(409);
  expect(refused).toMatchObject({
    code: 'conflict',
    detail: expect.stringContaining('It went out at'),
  });
});

test('8 seconds without another delay', async () => {
  const act = await begun(asAda, { mediaSid: await receive(), act: 'hold' });
  const delay = Date.parse(String(act.runsAt)) - Date.parse(String(act.createdAt));
  expect(Math.abs(delay - 8000)).toBeLessThan(500);
  await asAda('delete', `${ACTS}/${act.id}`).expect(204);
});

test('a delete, with what its scope selects', async () => {
  const sids = await importNotes(inbox, 3, () => 'the same in all');
  const [sid] = sids;
  const delete_ = { mediaSid: sid, act: 'delete', scope: 'same-bytes', reasonCode: 'privacy' };
  const { id, ...waiting } = await begun(asAda, { ...delete_, delaySeconds: 1 });
  expect(waiting).toMatchObject({ scope: 'same-bytes', state: 'waiting' });
  expect(await stateOf(String(sid))).toBe('visible');
  const act = await ended(id);
  expect(act).toMatchObject({ state: 'done', changed: true, problem: null });
  for (const each of sids) {
    await asAda('get', `/api/v1/media/${each}/content`).expect(404);
    const [entry] = await auditOf(each);
    expect(entry).toMatchObject({ actor: 'ada', action: 'media.delete', reasonCode: 'privacy' });
  }
  const { body } = await asAda('get', `/api/v1/deletions/${act.deletionId}`).expect(200);
  expect(body).toMatchObject({ targets: 3, scope: 'same-bytes', requestedBy: 'ada' });
});

test('what is taken back does not go out', async () => {
  const sids = [await receive(), await receive()];
  const acts = await Promise.all([
    begun(asAda, { mediaSid: sids[0], act: 'delete', delaySeconds: 3 }),
    begun(asAda, { mediaSid: sids[1], act: 'quarantine', delaySeconds: 3 }),
  ]);
  for (const { id } of acts) {
    await asAda('delete', `${ACTS}/${id}`).expect(204);
    await asAda('delete', `${ACTS}/${id}`).expect(204);
  }
  // One that is due later has gone out.
  const later = await begun(asAda, { mediaSid: await receive(), act: 'hold', delaySeconds: 4 });
  await ended(later.id);
  for (const { id, mediaSid, act } of acts) {
    expect(await ended(id)).toMatchObject({ state: 'cancelled', changed: null, problem: null });
    expect(await stateOf(mediaSid)).toBe('visible');
    expect(await auditOf(mediaSid)).toMatchObject([
      {
        actor: 'ada',
        action: 'act.cancel',
        before: { act, blockSender: false, actId: id, requestedBy: 'ada' },
      },
    ]);
  }
});

test('one act at a time on an attachment', async () => {
  const mediaSid = await receive();
  const first = await begun(asAda, { mediaSid, act: 'hold', ...LATER });
  for (const call of [asAda, asBob]) {
    const { body, headers } = await begin(call, { mediaSid, act: 'delete' }).expect(409);
    expect(headers.location).toBe(`${ACTS}/${first.id}`);
    expect(body).toMatchObject({
      code: 'conflict',
      detail: `Another act waits until ${first.runsAt}: hold, by ada. It can be cancelled: ${ACTS}/${first.id}`,
    });
  }
  await asAda('delete', `${ACTS}/${first.id}`).expect(204);
  const second = await begun(asBob, { mediaSid, act: 'quarantine', ...NOW });
  expect((await ended(second.id)).state).toBe('done');
  expect((await ended((await begun(asAda, { mediaSid, act: 'approve', ...NOW })).id)).state).toBe(
    'done',
  );
  expect(await stateOf(mediaSid)).toBe('visible');
});

test('of acts at the same time on an attachment one waits', async () => {
  const mediaSid = await receive();
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, n) =>
      begin(n % 2 ? asAda : asBob, { mediaSid, act: 'hold', ...LATER }),
    ),
  );
  const statuses = answers.map(({ status }) => status).toSorted();
  expect(statuses).toEqual([201, ...Array.from({ length: 7 }, () => 409)]);
});

test('what is not possible is refused at once', async () => {
  const mediaSid = await receive();
  const unknown = { mediaSid: `ME${'0'.repeat(32)}`, act: 'approve' };
  expect((await begin(asAda, unknown).expect(404)).body.code).toBe('not_found');
  expect((await begin(asAda, { ...unknown, act: 'delete' }).expect(404)).body.code).toBe(
    'not_found',
  );
  for (const act of ['approve', 'delete']) {
    const body = { mediaSid, act, expected: 'held', ...LATER };
    // It is visible already.
    if (act === 'approve') {
      expect((await ended((await begun(asAda, { ...body, ...NOW })).id)).changed).toBe(false);
      continue;
    }
    const { body: problem } = await begin(asAda, body).expect(409);
    expect(problem).toMatchObject({ code: 'decided_meanwhile', detail: 'It is visible now.' });
  }
  const noSender = { mediaSid, act: 'delete', scope: 'sender' };
  expect((await begin(asAda, noSender).expect(400)).body.errors).toMatchObject([
    { field: 'scope' },
  ]);
  await asAda('delete', `/api/v1/media/${mediaSid}`).expect(204);
  for (const act of ['hold', 'delete']) {
    const { body } = await begin(asAda, { mediaSid, act }).expect(404);
    expect(body.code).toBe('media_deleted');
  }
});

test('what is decided meanwhile stays, and an act that expected another state has failed', async () => {
  for (const act of ['approve', 'delete']) {
    const mediaSid = await receive();
    await decide(asAda, mediaSid, 'hold');
    const { id } = await begun(asAda, { mediaSid, act, expected: 'held', delaySeconds: 3 });
    await decide(asBob, mediaSid, 'quarantine');
    expect(await ended(id)).toMatchObject({
      state: 'failed',
      changed: null,
      deletionId: null,
      problem: {
        code: 'decided_meanwhile',
        detail: expect.stringMatching(/^It is quarantined now, by bob at /),
      },
    });
    expect(await stateOf(mediaSid)).toBe('quarantined');
    const { body } = await asAda('delete', `${ACTS}/${id}`).expect(409);
    expect(body.detail).toMatch(/^It has failed: It is quarantined now, by bob at /);
  }
});

test('a decision that is not committed yet when a delete goes out counts, too', async (context) => {
  const connectionString = inbox.databaseUrl;
  if (connectionString === undefined)
    return context.skip('the embedded database has one connection');
  const mediaSid = await receive();
  await decide(asAda, mediaSid, 'hold');
  const { id } = await begun(asAda, { mediaSid, act: 'delete', expected: 'held', delaySeconds: 1 });
  const [carol, watch] = [new pg.Client({ connectionString }), new pg.Client({ connectionString })];
  await Promise.all([carol.connect(), watch.connect()]);
  await carol.query('BEGIN');
  await carol.query(
    `UPDATE media SET moderation = 'visible', decided_by = 'carol', decided_at = now() WHERE sid = $1`,
    [mediaSid],
  );
  await eventually(async () => {
    const { rows } = await watch.query(`
      SELECT 1 FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%media%'`);
    expect(rows).toHaveLength(1);
  });
  await carol.query('COMMIT');
  await Promise.all([carol.end(), watch.end()]);
  expect(await ended(id)).toMatchObject({ problem: { code: 'decided_meanwhile' } });
  expect(await stateOf(mediaSid)).toBe('visible');
});

test('an attachment that is deleted meanwhile', async () => {
  for (const act of ['approve', 'delete']) {
    const mediaSid = await receive();
    const { id } = await begun(asAda, { mediaSid, act, delaySeconds: 3 });
    await asBob('delete', `/api/v1/media/${mediaSid}`).expect(204);
    expect(await ended(id)).toMatchObject({ state: 'failed', problem: { code: 'media_deleted' } });
    const deleted = (await auditOf(mediaSid)).map(({ actor }: { actor: string }) => actor);
    expect(deleted).toEqual(['bob']);
  }
});

test('a request that is repeated with its key makes one act', async () => {
  const body = { mediaSid: await receive(), act: 'hold', ...LATER };
  const repeat = () => begin(asAda, body).set('Idempotency-Key', 'hold it').expect(201);
  const first = await repeat();
  const second = await repeat();
  expect(second.body).toEqual(first.body);
  expect(second.headers['idempotency-replayed']).toBe('true');
  expect(second.headers.location).toBe(first.headers.location);
});

test('of requests with one key at the same time, one makes the act, and all get it', async () => {
  for (const mediaSid of await importNotes(inbox, 5)) {
    const answers = await Promise.all(
      Array.from({ length: 5 }, () =>
        begin(asAda, { mediaSid, act: 'hold', ...LATER }).set('Idempotency-Key', mediaSid),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201]);
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
  }
});

test('moderators list their own acts, admins all; others see one, and cannot take it back', async () => {
  const asCy = await callAs(inbox, 'moderator', 'cy');
  const made: ActItem[] = [];
  for (let n = 0; n < 3; n += 1) {
    made.push(await begun(asCy, { mediaSid: await receive(), act: 'hold', ...LATER }));
  }
  const [first, second, third] = made.map(({ id }) => id);
  await asCy('delete', `${ACTS}/${second}`).expect(204);
  const idsOf = async (call: CallAs, query: string) =>
    (await call('get', `${ACTS}?${query}`).expect(200)).body.items.map(
      ({ id }: { id: string }) => id,
    );
  expect(await idsOf(asCy, '')).toEqual([third, second, first]);
  expect(await idsOf(asCy, 'state=waiting')).toEqual([third, first]);
  expect(await idsOf(asCy, 'state=cancelled')).toEqual([second]);
  expect(await idsOf(inbox.api, 'limit=3')).toEqual([third, second, first]);
  expect(await idsOf(asBob, 'limit=200')).not.toContain(first);
  const { body: page } = await asCy('get', `${ACTS}?limit=2`).expect(200);
  expect(await idsOf(asCy, `limit=2&cursor=${page.nextCursor}`)).toEqual([first]);

  await asBob('get', `${ACTS}/${first}`).expect(200);
  const { body } = await asBob('delete', `${ACTS}/${first}`).expect(403);
  expect(body).toMatchObject({
    code: 'forbidden',
    detail: 'Only cy and admins can take this act back.',
  });
  await inbox.api('delete', `${ACTS}/${first}`).expect(204);
});

test('an act whose maker has lost the key goes out: the right counts when it is made', async () => {
  const asGone = await callAs(inbox, 'moderator', 'gone');
  const mediaSid = await receive();
  const { id } = await begun(asGone, { mediaSid, act: 'hold', delaySeconds: 3 });
  await inbox.api('delete', '/api/v1/keys/gone').expect(204);
  await asGone('get', `${ACTS}/${id}`).expect(401);
  expect(await ended(id)).toMatchObject({ state: 'done', requestedBy: 'gone' });
  expect(await auditOf(mediaSid)).toMatchObject([{ actor: 'gone', action: 'media.hold' }]);
});

test('what waits goes out after a restart', async () => {
  const [held, deleted, kept] = [await receive(), await receive(), await receive()];
  const acts = await Promise.all([
    begun(asAda, { mediaSid: held, act: 'hold', delaySeconds: 1 }),
    begun(asAda, { mediaSid: deleted, act: 'delete', delaySeconds: 1 }),
  ]);
  const later = await begun(asAda, { mediaSid: kept, act: 'delete', ...LATER });
  await inbox.restart();
  for (const { id } of acts) expect((await ended(id)).state).toBe('done');
  expect(await stateOf(held)).toBe('held');
  expect(await auditOf(deleted)).toMatchObject([{ action: 'media.delete' }]);
  await asAda('delete', `${ACTS}/${later.id}`).expect(204);
});

test('fields that cannot be right are named', async () => {
  const mediaSid = `ME${'0'.repeat(32)}`;
  const refused = async (body: object) =>
    (await begin(asAda, body).expect(400)).body.errors.map(({ field }: { field: string }) => field);
  expect(await refused({})).toEqual(['mediaSid', 'act']);
  expect(await refused({ mediaSid, act: 'burn' })).toEqual(['act']);
  expect(await refused({ mediaSid, act: 'hold', scope: 'one', message: true })).toEqual([
    'scope',
    'message',
  ]);
  for (const delaySeconds of [-1, 61, 0.5, '8', null]) {
    expect(await refused({ mediaSid, act: 'hold', delaySeconds })).toEqual(['delaySeconds']);
  }
  expect(await refused({ mediaSid, act: 'hold', reason: '+15551234567' })).toEqual(['reason']);
});
