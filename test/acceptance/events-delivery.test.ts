import { expect, test } from 'vitest';
import { addEndpoint, deliveriesTo, inboxWithReceiver } from '../support/events.ts';
import { note } from '../support/reconciliation.ts';
import { ACCOUNT, ADMIN_KEY, eventually } from '../support/test-inbox.ts';

const both = inboxWithReceiver({ FETCH_RETRY_HOURS: '0' });

test('what comes in is told, signed, and without a word of the people in it', async () => {
  const { inbox, receiver } = both;
  const endpoint = await addEndpoint(inbox, receiver);
  const { message } = await inbox.receive({
    from: '+14155550177',
    body: 'a private matter',
    attachments: [note(), note()],
  });
  const media = await inbox.mediaOf(message.sid, 'stored');
  await eventually(async () => expect(receiver.accepted).toHaveLength(3));

  const [received, ...stored] = receiver.accepted;
  expect(JSON.parse(received?.body ?? '')).toEqual({
    type: 'message.received',
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    data: {
      messageSid: message.sid,
      accountSid: ACCOUNT.sid,
      source: 'webhook',
      mediaCount: 2,
      receivedAt: media[0]?.receivedAt,
      moderation: 'visible',
    },
  });
  const told = stored.toSorted((a, b) => Number(a.data.index) - Number(b.data.index));
  expect(told.map(({ type, data }) => ({ type, data }))).toEqual(
    media.map(({ sid, index, contentType, byteSize, sha256, storedAt }) => ({
      type: 'media.stored',
      data: {
        mediaSid: sid,
        messageSid: message.sid,
        accountSid: ACCOUNT.sid,
        index,
        state: 'stored',
        moderation: 'visible',
        contentType,
        byteSize,
        sha256,
        storedAt,
      },
    })),
  );
  expect(new Set(receiver.accepted.map(({ id }) => id)).size).toBe(3);
  for (const { id, body, headers } of receiver.accepted) {
    expect(id).toMatch(/^evt_[0-9a-f]{32}$/);
    expect(headers['content-type']).toBe('application/json');
    expect(body).not.toMatch(/4155550177|private/);
  }
  const deliveries = await eventually(async () => {
    const all = await deliveriesTo(inbox, endpoint.id);
    expect(all.map(({ state }) => state)).toEqual(Array(3).fill('delivered'));
    return all;
  });
  expect(deliveries[0]).toMatchObject({
    eventId: received?.id,
    type: 'message.received',
    messageSid: message.sid,
    mediaSid: null,
    nextAttemptAt: null,
    deliveredAt: expect.stringMatching(/Z$/),
    attempts: [{ status: 204, error: null, response: '', milliseconds: expect.any(Number) }],
  });
});

test('an endpoint gets the types it asked for, from when it was made', async () => {
  const { inbox, receiver } = both;
  await addEndpoint(inbox, receiver);
  await inbox.receive({ attachments: [note()] });
  // When they are delivered to one they are published: the next one comes too late for them.
  await eventually(async () => expect(receiver.accepted).toHaveLength(2));
  const { secret } = receiver;
  const { id } = await addEndpoint(inbox, receiver, { types: ['media.stored'] });
  expect(receiver.secret, 'each has a secret of its own').not.toBe(secret);
  const { message } = await inbox.receive({ attachments: [note()] });
  await eventually(async () => expect(receiver.accepted).toHaveLength(1));
  expect(receiver.accepted).toMatchObject([
    { type: 'media.stored', data: { messageSid: message.sid } },
  ]);
  expect(await deliveriesTo(inbox, id)).toHaveLength(1);
});

test('an import is told as such, and a media that cannot be fetched as failed', async () => {
  const { inbox, receiver } = both;
  await addEndpoint(inbox, receiver);
  const { body } = await inbox
    .api('post', '/api/v1/media')
    .attach('files', Buffer.from('from the old phone'), 'secret-name.txt')
    .field('from', '+14155550188')
    .expect(201);
  await eventually(async () => expect(receiver.accepted).toHaveLength(2));
  expect(receiver.accepted.map(({ type, data }) => [type, data])).toMatchObject([
    ['message.received', { messageSid: body.messageSid, source: 'import', mediaCount: 1 }],
    ['media.stored', { mediaSid: body.items[0].sid }],
  ]);
  expect(JSON.stringify(receiver.accepted)).not.toMatch(/secret-name|4155550188|old phone/);

  const { message } = await inbox.receive({
    attachments: [{ ...note(), faults: [{ kind: 'not-found' }] }],
  });
  await inbox.mediaOf(message.sid, 'failed');
  const failed = await eventually(async () => {
    const found = receiver.accepted.find(({ type }) => type === 'media.failed');
    expect(found).toBeDefined();
    return found;
  });
  expect(failed?.data).toEqual({
    mediaSid: message.media[0]?.sid,
    messageSid: message.sid,
    accountSid: ACCOUNT.sid,
    index: 0,
    state: 'failed',
    moderation: 'visible',
    reasonCode: 'not-found',
  });
});

test('a media that a webhook names wrongly is told as failed at once', async () => {
  const { inbox, receiver } = both;
  await addEndpoint(inbox, receiver, { types: ['media.failed'] });
  const message = inbox.twilio.createMessage({
    attachments: [],
    extra: { NumMedia: '1', MediaUrl0: 'https://example.com/x' },
  });
  await inbox.twilio.deliver(message, { url: `${inbox.url}/twilio/incoming` });
  await eventually(async () => expect(receiver.accepted).toHaveLength(1));
  expect(receiver.accepted[0]?.data).toMatchObject({
    messageSid: message.sid,
    state: 'failed',
    reasonCode: 'bad-media-url',
  });
  expect(inbox.logLines.join('')).not.toContain(ADMIN_KEY);
});
