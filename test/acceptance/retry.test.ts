import { afterAll, beforeAll, expect, test } from 'vitest';
import { smallPicture } from '../support/small-picture.ts';
import { ACCOUNT, eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

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
  const list = await inbox.api('get', '/api/v1/media?state=failed').expect(200);
  expect(list.body.items).toMatchObject([{ sid: failed?.sid, failureCode: 'gone' }]);
  expect(list.body.items[0].reason).toMatch(/^Twilio answered 410/);
  const path = `/api/v1/media/${failed?.sid}/retry`;
  const { body } = await inbox.api('post', path).expect(202);
  expect(body).toEqual({ sid: failed?.sid, state: 'pending' });
  const [stored] = await inbox.mediaOf(message.sid, 'stored');
  expect(stored).toMatchObject({
    sid: failed?.sid,
    attempts: 2,
    reason: null,
    failureCode: null,
  });

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

test('all that have failed are tried again, or those of messages since a time', async () => {
  const gone = { kind: 'status' as const, status: 410, times: 1 };
  const attachments = [{ bytes: await smallPicture(8), contentType: 'image/png', faults: [gone] }];
  const [first, second] = [
    await inbox.receive({ attachments }),
    await inbox.receive({ attachments }),
  ];
  for (const { message } of [first, second]) await inbox.mediaOf(message.sid, 'failed');
  const future = await inbox.api('post', '/api/v1/media/retry').send({ since: '2999-01-01' });
  expect([future.status, future.body]).toEqual([202, { retried: 0 }]);
  const { body } = await inbox.api('post', '/api/v1/media/retry').expect(202);
  expect(body).toEqual({ retried: 2 });
  for (const { message } of [first, second]) await inbox.mediaOf(message.sid, 'stored');
  const wrong = await inbox.api('post', '/api/v1/media/retry').send({ since: 'yesterday' });
  expect([wrong.status, wrong.body.errors[0].field]).toEqual([400, 'since']);
});

test('refused credentials are tried slowly, and everybody who looks is told', async () => {
  const refused = { kind: 'status' as const, status: 401, times: 1 };
  const bytes = await smallPicture(9);
  const { message } = await inbox.receive({
    attachments: [{ bytes, contentType: 'image/png', faults: [refused] }],
  });
  const media = await eventually(async () => {
    const [item] = await inbox.mediaOf(message.sid, 'pending');
    expect(item).toMatchObject({ attempts: 1, reason: expect.stringMatching(/credentials/) });
    return item;
  });
  const pause = Date.parse(String(media?.nextAttemptAt)) - Date.parse(String(media?.firstTriedAt));
  expect(pause).toBeGreaterThan(140_000);
  const ready = await inbox.api('get', '/readyz').expect(200);
  expect(ready.body).toMatchObject({
    status: 'degraded',
    parts: { upstream: `degraded: Twilio refuses the credentials of ${ACCOUNT.sid}` },
  });
  const metrics = await inbox.api('get', '/metrics').expect(200);
  expect(metrics.text).toContain('mms_inbox_credentials_refused_total 1');
  expect(inbox.logLines.filter((line) => line.includes('refuses the credentials'))).toHaveLength(1);

  // A fetch that works says that all is well again.
  const { message: next } = await inbox.receive({
    attachments: [{ bytes, contentType: 'image/png' }],
  });
  await inbox.mediaOf(next.sid, 'stored');
  // What was found is shared for a second.
  await eventually(async () =>
    expect((await inbox.api('get', '/readyz')).body.parts.upstream).toBe('ok'),
  );
});

test('times are kept and told as a histogram, and webhooks are counted', async () => {
  const bytes = await smallPicture(10);
  const { message } = await inbox.receive({ attachments: [{ bytes, contentType: 'image/png' }] });
  const [item] = await inbox.mediaOf(message.sid, 'stored');
  const times = [item?.receivedAt, item?.firstTriedAt, item?.fetchedAt, item?.storedAt].map(
    (time) => Date.parse(String(time)),
  );
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  const { text, headers } = await inbox.api('get', '/metrics').expect(200);
  expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(text).toMatch(/mms_inbox_media_delay_seconds_bucket\{le="10",step="fetched"\} [1-9]/);
  expect(text).toMatch(/mms_inbox_webhooks_total\{outcome="new"\} [1-9]/);
  expect(text).toMatch(/mms_inbox_media_fetches_total\{result="gone"\} [1-9]/);
  expect(text).toMatch(/mms_inbox_spool_messages 0/);
});
