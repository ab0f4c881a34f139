import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MediaItem } from '../../src/gallery/item-schemas.ts';
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
async function receive(from: string, ...states: MediaItem['state'][]): Promise<MediaItem> {
  seed += 1;
  const attachments = [{ bytes: await smallPicture(seed), contentType: 'image/png' }];
  const { message, answer } = await inbox.receive({ from, body: `text ${seed}`, attachments });
  expect(answer.status).toBe(200);
  const [media] = await inbox.mediaOf(message.sid, ...states);
  if (media === undefined) throw new Error('the message has no media');
  return media;
}

const put = (body: object) => call('put', '/api/v1/senders').send(body);

test('what a quarantined sender sends is stored and hidden, and the log says by which rule', async () => {
  const address = '+15550002001';
  const before = await receive(address, 'stored');
  const { body } = await put({ address, policy: 'quarantine', reasonCode: 'abuse' }).expect(200);
  expect(body).toMatchObject({ address, policy: 'quarantine', muted: false, note: null });
  expect(body.id).toMatch(/^[0-9a-f]{64}$/);

  const media = await receive(address, 'stored');
  expect(media).toMatchObject({
    moderation: 'quarantined',
    decision: { by: 'system:sender' },
  });
  expect((await call('get', `/api/v1/media/${before.sid}`)).body.moderation).toBe('visible');
  const { body: audit } = await call('get', `/api/v1/audit?target=${media.sid}`).expect(200);
  expect(audit.items).toMatchObject([{ actor: 'system:sender', action: 'media.quarantine' }]);
  const { body: decided } = await call('get', `/api/v1/audit?target=${body.id}`).expect(200);
  expect(decided.items).toMatchObject([
    { actor: 'moderator', action: 'sender.update', reasonCode: 'abuse', before: null },
  ]);
  expect(JSON.stringify(decided)).not.toContain('5550002001');
});

test('of a refused sender nothing is fetched, and the message is recorded', async () => {
  const address = '+15550002002';
  await put({ address, policy: 'refuse' }).expect(200);
  const media = await receive(address, 'failed');
  expect(media).toMatchObject({ reason: 'The sender is blocked', moderation: 'quarantined' });
  const { body } = await call('get', `/api/v1/messages/${media.messageSid}`).expect(200);
  expect(body).toMatchObject({ from: address, body: `text ${seed}` });
  const { body: retried } = await call('post', '/api/v1/media/retry').expect(202);
  expect(retried).toEqual({ retried: 0 });
  const fetched = inbox.twilio.requests.filter(({ path }) => path.includes(media.sid));
  expect(fetched).toEqual([]);

  await put({ address, policy: 'none' }).expect(200);
  expect((await receive(address, 'stored')).moderation).toBe('visible');
});

test('notes and mutes are kept; what is not said stays as it was', async () => {
  const address = '+15550002003';
  await put({ address, note: 'called on Monday', muted: true }).expect(200);
  const { body } = await put({ address, policy: 'quarantine' }).expect(200);
  expect(body).toMatchObject({ note: 'called on Monday', muted: true, policy: 'quarantine' });
  const found = await call('get', '/api/v1/senders').query({ address }).expect(200);
  expect(found.body).toEqual({ items: [body], nextCursor: null });
  const muted = await call('get', '/api/v1/senders?muted=true&limit=1').expect(200);
  expect(muted.body.items).toEqual([body]);
  const nobody = await call('get', '/api/v1/senders').query({ address: '+1' }).expect(200);
  expect(nobody.body.items).toEqual([]);
});

test.each(['12345', 'whatsapp:+15550002010', 'MY-BANK & C'])('%s may send', async (address) => {
  await put({ address, policy: 'none' }).expect(200);
});

test.each([
  [{}, 'address'],
  [{ address: '' }, 'address'],
  [{ address: '+1 555 000 2009' }, 'address'],
  [{ address: '5550002009' }, 'address'],
  [{ address: 'x'.repeat(101) }, 'address'],
  [{ address: '+15550002009', policy: 'burn' }, 'policy'],
  [{ address: '+15550002009', muted: 'yes' }, 'muted'],
  [{ address: '+15550002009', note: 'x'.repeat(2001) }, 'note'],
  [{ address: '+15550002009', reason: 'as told by +15550002003' }, 'reason'],
  [{ address: '+15550002009', colour: 'red' }, 'colour'],
])('%j is refused', async (body, field) => {
  const { body: problem } = await put(body).expect(400);
  expect(problem.errors.map((error: { field: string }) => error.field)).toEqual([field]);
});

test('viewers neither see nor decide', async () => {
  const asViewer = await callAs(inbox, 'viewer');
  await asViewer('get', '/api/v1/senders').expect(403);
  await asViewer('put', '/api/v1/senders').send({ address: '+1' }).expect(403);
});
