import { afterAll, beforeAll, expect, test } from 'vitest';
import { callAs } from '../support/call-as.ts';
import { followEvents } from '../support/event-stream.ts';
import { findCopies } from '../support/find-copies.ts';
import { note, reconcile } from '../support/reconciliation.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.stop());

const deletedUpstream = (sid: string) =>
  inbox.twilio.requests.some(({ method, path }) => method === 'DELETE' && path.includes(sid));

test.each([0, 2])(
  'a message with %d media goes, here and at Twilio, and stays away',
  async (count) => {
    const from = `+1555000950${count}`;
    const attachments = Array.from({ length: count }, note);
    const { message } = await inbox.receive({ from, body: 'delete me', attachments });
    const media = await inbox.mediaOf(message.sid, 'stored');
    const reader = await followEvents(inbox);
    const path = `/api/v1/messages/${message.sid}`;
    const { headers } = await inbox
      .api('delete', `${path}?reasonCode=abuse&reason=by+request`)
      .expect(204);
    expect((await inbox.api('get', path).expect(200)).body).toMatchObject({
      from: null,
      to: null,
      body: null,
      deletedAt: expect.any(String),
      media: media.map(({ sid }) => ({ sid, state: 'deleted' })),
    });
    await eventually(async () => {
      const { body: record } = await inbox.api('get', headers.location ?? '').expect(200);
      expect(record).toMatchObject({
        scope: 'message',
        mediaSid: null,
        withMessages: true,
        state: 'completed',
        targets: count + 1,
        reasonCode: 'abuse',
      });
    });
    expect(deletedUpstream(message.sid)).toBe(true);
    const { body: audit } = await inbox.api('get', `/api/v1/audit?target=${message.sid}`);
    expect(audit.items).toMatchObject([{ action: 'message.delete', reasonCode: 'abuse' }]);
    await eventually(async () => {
      const types = reader.events.map(({ type }) => type);
      const deleted = reader.events.find(({ type }) => type === 'message.deleted');
      expect(deleted?.data).toMatchObject({ messageSid: message.sid, moderation: 'visible' });
      expect(types.filter((type) => /deleted|completed/.test(type))).toEqual([
        ...Array(count).fill('media.deleted'),
        ...['message.deleted', 'deletion.completed'],
      ]);
    });

    await inbox.twilio.deliver(message, { url: `${inbox.url}/twilio/incoming` });
    expect((await reconcile(inbox)).takenIn).toBe(0);
    expect((await inbox.api('get', path)).body.body).toBeNull();
    if (inbox.databaseUrl !== undefined) {
      expect(await findCopies(inbox, Buffer.from(from))).toEqual([]);
    }
    const { body: gone } = await inbox.api('delete', path).expect(404);
    expect(gone.code).toBe('message_deleted');
  },
);

test('it is for moderators, about messages that are there', async () => {
  const path = `/api/v1/messages/MM${'0'.repeat(32)}`;
  const asViewer = await callAs(inbox, 'viewer');
  await asViewer('delete', path).expect(403);
  const { body } = await inbox.api('delete', path).expect(404);
  expect(body.code).toBe('not_found');
  await inbox.api('delete', `${path}?scope=message`).expect(400);
  const wrong = await inbox.api('put', path).expect(405);
  expect(wrong.headers.allow).toBe('GET, HEAD, DELETE');
});
