import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CallAs, callAs } from '../support/call-as.ts';
import { smallPicture } from '../support/small-picture.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
let first: CallAs;
let second: CallAs;
beforeAll(async () => {
  inbox = await startTestInbox();
  first = await callAs(inbox, 'moderator', 'first');
  second = await callAs(inbox, 'moderator', 'second');
});
afterAll(() => inbox.stop());

let seed = 0;
async function receive(): Promise<string> {
  seed += 1;
  const attachments = [{ bytes: await smallPicture(seed), contentType: 'image/png' }];
  const { message } = await inbox.receive({ attachments });
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  return String(media?.sid);
}

const decide = (call: CallAs, sid: string, body: object) =>
  call('post', `/api/v1/media/${sid}/decision`).send(body);

const auditOf = async (sid: string) =>
  (await first('get', `/api/v1/audit?target=${sid}`).expect(200)).body.items;

test('a decision is kept with who, when, why, before and after', async () => {
  const sid = await receive();
  const why = { reasonCode: 'spam', reason: 'an advertisement' };
  const { body } = await decide(first, sid, { decision: 'quarantine', ...why }).expect(200);
  expect(body).toEqual({
    sid,
    moderation: 'quarantined',
    changed: true,
    decidedBy: 'first',
    decidedAt: expect.stringMatching(/^\d{4}-.*Z$/),
  });
  const { body: item } = await second('get', `/api/v1/media/${sid}`).expect(200);
  expect(item.decision).toEqual({ by: 'first', at: body.decidedAt, ...why });
  expect(await auditOf(sid)).toEqual([
    expect.objectContaining({
      actor: 'first',
      action: 'media.quarantine',
      ...why,
      before: { moderation: 'visible' },
      after: { moderation: 'quarantined' },
    }),
  ]);
});

test('two moderators at once: one decides, the other is told whose decision stands', async () => {
  const sid = await receive();
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, n) =>
      decide(n % 2 === 0 ? first : second, sid, { decision: 'hold' }),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
  const [winner, ...others] = answers
    .map(({ body }) => body)
    .toSorted((a, b) => Number(b.changed) - Number(a.changed));
  for (const other of others) expect(other).toEqual({ ...winner, changed: false });
  expect(winner.changed).toBe(true);
  expect(await auditOf(sid)).toHaveLength(1);
});

test('who expects something else than it is gets a conflict that names the decision', async () => {
  const sid = await receive();
  await decide(first, sid, { decision: 'quarantine', expected: 'visible' }).expect(200);
  const { body } = await decide(second, sid, { decision: 'hold', expected: 'visible' }).expect(409);
  expect(body).toMatchObject({
    code: 'decided_meanwhile',
    detail: expect.stringMatching(/^It is quarantined now, by first at \d{4}-.*Z\.$/),
  });
  expect(await auditOf(sid)).toHaveLength(1);
  await decide(second, sid, { decision: 'hold', expected: 'quarantined' }).expect(200);
});

test('what is deleted or unknown cannot be decided about', async () => {
  const sid = await receive();
  await first('delete', `/api/v1/media/${sid}`).expect(204);
  const deleted = await decide(first, sid, { decision: 'approve' }).expect(404);
  expect(deleted.body.code).toBe('media_deleted');
  const unknown = await decide(first, `ME${'0'.repeat(32)}`, { decision: 'approve' }).expect(404);
  expect(unknown.body.code).toBe('not_found');
});

test.each([
  [{}, 'decision'],
  [{ decision: 'burn' }, 'decision'],
  [{ decision: 'hold', expected: 'gone' }, 'expected'],
  [{ decision: 'hold', reasonCode: 'Two words' }, 'reasonCode'],
  [{ decision: 'hold', reason: 'x'.repeat(501) }, 'reason'],
  [{ decision: 'hold', reason: 'sent by +1 (415) 555-0123' }, 'reason'],
  [{ decision: 'hold', reason: 'a\u0000b' }, 'reason'],
  [{ decision: 'hold', because: 'I say so' }, 'because'],
])('%j is refused', async (body, field) => {
  const sid = await receive();
  const { body: problem } = await decide(first, sid, body).expect(400);
  expect(problem.errors.map((error: { field: string }) => error.field)).toEqual([field]);
  expect(JSON.stringify(problem)).not.toContain('555-0123');
  expect(await auditOf(sid)).toEqual([]);
});
