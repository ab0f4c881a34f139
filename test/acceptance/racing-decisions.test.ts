import type { ServerResponse } from 'node:http';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { importNotes } from '../support/acts.ts';
import { type CallAs, callAs } from '../support/call-as.ts';
import { startClassifier, type TestClassifier } from '../support/classifier.ts';
import { auditOf } from '../support/deletion-record.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

// Two moderators and a rule decide about one attachment in the same second. The first one counts: a rule leaves alone what a
// person has decided, and who expects the attachment to be held is told what stands.

const AT_ONCE = 12;
const ROUNDS = 3;
const SCANNED = 12;

let classifier: TestClassifier;
let inbox: TestInbox;
let ada: CallAs;
let bob: CallAs;
let cleo: CallAs;
beforeAll(async () => {
  classifier = await startClassifier();
  inbox = await startTestInbox({ MODERATION_MODE: 'hold-media', SCAN_URL: classifier.url });
  ada = await callAs(inbox, 'moderator', 'ada');
  bob = await callAs(inbox, 'moderator', 'bob');
  cleo = await callAs(inbox, 'moderator', 'cleo');
});
afterAll(async () => {
  await inbox.stop();
  await classifier.stop();
});

beforeEach(() => classifier.answer({ action: 'allow' }));

const itemOf = async (sid: string) =>
  (await inbox.api('get', `/api/v1/media/${sid}`).expect(200)).body;
const decide = async (call: CallAs, sid: string, decision: string) => {
  const body = { decision, expected: 'held' };
  return await call('post', `/api/v1/media/${sid}/decision`).send(body);
};
const decideBoth = async (sid: string) => ({
  sid,
  answers: await Promise.all([decide(ada, sid, 'approve'), decide(bob, sid, 'quarantine')]),
});

/** @returns whose decision it was */
async function checkDecidedOnce({ sid, answers }: Awaited<ReturnType<typeof decideBoth>>) {
  const entries: { action: string; actor: string }[] = await auditOf(inbox, `target=${sid}`);
  const decisions = entries.filter(({ action }) => /approve|hold|quarantine/.test(action));
  expect(decisions, JSON.stringify(decisions)).toHaveLength(1);
  const [{ actor } = { actor: '' }] = decisions;
  expect((await itemOf(sid)).decision.by).toBe(actor);
  for (const [index, { status, body }] of answers.entries()) {
    const isOwn = actor === ['ada', 'bob'][index];
    if (status === 200) expect(body).toMatchObject({ changed: isOwn, decidedBy: actor });
    else expect([status, body.code, isOwn]).toEqual([409, 'decided_meanwhile', false]);
  }
  return actor;
}

test('the blocklist and two moderators: each attachment is decided once', {
  timeout: 180_000,
}, async () => {
  for (let round = 1; round <= ROUNDS; round += 1) {
    // All have the same bytes: one match of the blocklist decides about all of them that are left.
    const sids = await importNotes(inbox, AT_ONCE + 1, () => `an advertisement ${round}`);
    const [witness = '', ...others] = sids;
    const block = { policy: 'quarantine', applyToExisting: true };
    const blocking = cleo('post', `/api/v1/media/${witness}/block`)
      .send(block)
      .expect(200)
      .then(() => undefined);
    const decided = [];
    // One after the other, so that the job of the rule runs in the middle of it.
    for (const sid of others) decided.push(await decideBoth(sid));
    await blocking;
    await eventually(async () => {
      expect((await itemOf(witness)).decision?.by).toBe('system:blocklist');
    });
    for (const one of decided) await checkDecidedOnce(one);
  }
});

test('a verdict of the classifier and two moderators: each attachment is decided once', {
  timeout: 120_000,
}, async () => {
  const sids = await importNotes(inbox, SCANNED);
  const asked: ServerResponse[] = [];
  let isAnswering = false;
  const answer = (response: ServerResponse) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ action: 'quarantine', labels: ['nudity'] }));
  };
  classifier.answer((_shown, response) => {
    if (isAnswering) answer(response);
    else asked.push(response);
  });
  for (const sid of sids) await cleo('post', `/api/v1/media/${sid}/scan`).send({}).expect(202);
  await eventually(async () => expect(asked).not.toEqual([]));
  isAnswering = true;
  for (const response of asked) answer(response);
  const decided = [];
  for (const sid of sids) decided.push(await decideBoth(sid));
  await eventually(async () => {
    for (const sid of sids) expect((await itemOf(sid)).scan.action).toBe('quarantine');
  });
  for (const one of decided) await checkDecidedOnce(one);
});

// The embedded database runs one transaction at a time.
test.skipIf('tarFile' in inject('databaseTemplate'))(
  'a rule that has seen an attachment undecided leaves what is decided while it waits for the row',
  { timeout: 120_000 },
  async () => {
    const [sid = '', copy = ''] = await importNotes(inbox, 2, () => 'one more advertisement');
    const client = new pg.Client({ connectionString: inbox.databaseUrl });
    await client.connect();
    const waiting = (count: number) =>
      eventually(async () => {
        await client.query('SELECT pg_stat_clear_snapshot()');
        const { rows } = await client.query(
          `SELECT pid FROM pg_stat_activity
           WHERE datname = current_database() AND wait_event_type = 'Lock' AND query ~* 'media'`,
        );
        expect(rows).toHaveLength(count);
      });
    try {
      await client.query('BEGIN');
      await client.query('SELECT sid FROM media WHERE sid = $1 FOR UPDATE', [sid]);
      const approving = decide(ada, sid, 'approve').then(({ status }) => status);
      await waiting(1);
      await cleo('post', `/api/v1/media/${copy}/block`).send({ applyToExisting: true }).expect(200);
      await waiting(2);
      await client.query('COMMIT');
      expect(await approving).toBe(200);
    } finally {
      await client.end();
    }
    await eventually(async () => {
      expect((await itemOf(copy)).decision?.by).toBe('system:blocklist');
    });
    expect((await itemOf(sid)).decision).toMatchObject({ by: 'ada' });
  },
);
