import { afterAll, beforeAll, expect, test } from 'vitest';
import { callAs } from '../support/call-as.ts';
import { smallPicture } from '../support/small-picture.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.stop());

test('a pin is set and taken back, by moderators, and kept in the audit log once each', async () => {
  const call = await callAs(inbox, 'moderator');
  const asViewer = await callAs(inbox, 'viewer');
  const attachments = [{ bytes: await smallPicture(1), contentType: 'image/png' }];
  const { message } = await inbox.receive({ attachments });
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  const path = `/api/v1/media/${media?.sid}/pin`;
  await asViewer('put', path).expect(403);
  const why = { reasonCode: 'evidence' };
  for (const pinned of [true, true, false]) {
    const { body } = await call(pinned ? 'put' : 'delete', path)
      .send(why)
      .expect(200);
    expect(body).toEqual({ sid: media?.sid, pinned });
    const item = await asViewer('get', `/api/v1/media/${media?.sid}`).expect(200);
    expect(item.body.pinned).toBe(pinned);
  }
  const { body } = await call('get', `/api/v1/audit?target=${media?.sid}`).expect(200);
  expect(body.items).toMatchObject([
    { action: 'media.unpin', before: { pinned: true }, after: { pinned: false } },
    { action: 'media.pin', reasonCode: 'evidence', actor: 'moderator' },
  ]);
  await call('put', `/api/v1/media/ME${'0'.repeat(32)}/pin`).expect(404);
  await call('delete', `/api/v1/media/${media?.sid}`).expect(204);
  expect((await call('put', path).expect(404)).body.code).toBe('media_deleted');
});
