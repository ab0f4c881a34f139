import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';
import { smallPicture } from './small-picture.ts';

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.stop());

test('a media that failed is stored after a retry by hand, once what was wrong is mended', async () => {
  const attachment = {
    bytes: await smallPicture(7),
    contentType: 'image/png',
    faults: [{ kind: 'status' as const, status: 410, times: 1 }],
  };
  const { message } = await inbox.receive({ attachments: [attachment] });
  const [failed] = await inbox.mediaOf(message.sid, 'failed');
  const path = `/api/v1/media/${failed?.sid}/retry`;
  const { body } = await inbox.api('post', path).expect(202);
  expect(body).toEqual({ sid: failed?.sid, state: 'pending' });
  const [stored] = await inbox.mediaOf(message.sid, 'stored');
  expect(stored).toMatchObject({ sid: failed?.sid, attempts: 2, reason: null });

  const again = await inbox.api('post', path).expect(409);
  expect(again.body).toMatchObject({ code: 'conflict', detail: expect.stringContaining('stored') });
});

test('what has no URL, was deleted or never was cannot be tried again', async () => {
  const { message } = await inbox.receive(
    { attachments: [] },
    { params: { NumMedia: '1', MediaContentType0: 'image/png' } },
  );
  const [media] = await inbox.mediaOf(message.sid, 'failed');
  const path = `/api/v1/media/${media?.sid}`;
  const { body } = await inbox.api('post', `${path}/retry`).expect(409);
  expect(body.detail).toContain('no URL');
  await inbox.api('delete', path).expect(204);
  await inbox.api('post', `${path}/retry`).expect(404);
  await inbox.api('post', `/api/v1/media/ME${'0'.repeat(32)}/retry`).expect(404);
  await inbox.api('post', '/api/v1/media/nonsense/retry').expect(400);
  await inbox.api('get', `${path}/retry`).expect(405);
});
