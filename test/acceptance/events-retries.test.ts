import { Webhook } from 'standardwebhooks';
import { expect, test, vi } from 'vitest';
import { addEndpoint, deliveriesTo, endpointOf, inboxWithReceiver } from '../support/events.ts';
import { note } from '../support/reconciliation.ts';
import { eventually } from '../support/test-inbox.ts';

const both = inboxWithReceiver({ EVENT_RETRY_SECONDS: '1,1,1,2,2', FETCH_RETRY_HOURS: '0' });
const OK = { status: 200 };
const FAULT = { status: 500, body: 'call +14155550177 for help' };

test('what a receiver missed while it was down comes when it is back', async () => {
  const { inbox, receiver } = both;
  const { id } = await addEndpoint(inbox, receiver);
  await receiver.kill();
  const { message } = await inbox.receive({ attachments: [note()] });
  const [missed] = await eventually(async () => {
    const deliveries = await deliveriesTo(inbox, id);
    expect(deliveries[0]?.attempts.length).toBeGreaterThan(0);
    return deliveries;
  });
  expect(missed).toMatchObject({
    state: 'pending',
    nextAttemptAt: expect.any(String),
    attempts: [{ status: null, error: expect.stringContaining('ECONNREFUSED'), response: null }],
  });
  await receiver.start();
  await eventually(async () => expect(receiver.accepted).toHaveLength(2));
  expect(receiver.accepted.map(({ type, data }) => [type, data.messageSid])).toEqual([
    ['message.received', message.sid],
    ['media.stored', message.sid],
  ]);
});

test('an event keeps its id over retries and a resend, and a replay is refused', async () => {
  const { inbox, receiver } = both;
  const { id: endpointId } = await addEndpoint(inbox, receiver, { types: ['message.received'] });
  receiver.answer = (_event, seen) => (seen < 2 ? FAULT : OK);
  await inbox.receive({ attachments: [] });
  const delivered = await eventually(async () => {
    const [delivery] = await deliveriesTo(inbox, endpointId, '?state=delivered');
    expect(delivery).toBeDefined();
    return delivery;
  });
  expect(delivered?.attempts).toMatchObject([
    { status: 200, error: null },
    // The newest first; what a receiver says is cut, and no number stays in it.
    { status: 500, error: 'The endpoint answered 500', response: 'call +*********77 for help' },
    { status: 500 },
  ]);
  const { headers } = await inbox
    .api('post', `/api/v1/deliveries/${delivered?.id}/resend`)
    .expect(202);
  expect(headers).toMatchObject({
    location: `/api/v1/endpoints/${delivered?.endpointId}/deliveries`,
    'retry-after': '1',
  });
  await eventually(async () => expect(receiver.accepted).toHaveLength(2));
  expect(new Set(receiver.received.map(({ id }) => id))).toEqual(new Set([delivered?.eventId]));
  expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);

  const [first] = receiver.received;
  const verify = () => new Webhook(receiver.secret).verify(first?.body ?? '', first?.headers ?? {});
  expect(verify).not.toThrow();
  vi.setSystemTime(Date.now() + 6 * 60_000);
  expect(verify).toThrow('too old');
  vi.useRealTimers();
});

test('events of a media keep their order, and hold up no other', async () => {
  const { inbox, receiver } = both;
  await addEndpoint(inbox, receiver);
  let isOpen = false;
  const slow = await inbox.receive({
    attachments: [{ ...note(), faults: [{ kind: 'not-found', times: 1 }] }],
  });
  const sid = slow.message.sid;
  receiver.answer = ({ type, data }) =>
    !isOpen && data.messageSid === sid && type !== 'message.received' ? FAULT : OK;
  const [media] = await inbox.mediaOf(sid, 'failed');
  await inbox.api('post', `/api/v1/media/${media?.sid}/retry`).expect(202);
  await inbox.mediaOf(sid, 'stored');
  const { message: other } = await inbox.receive({ attachments: [note()] });
  await eventually(async () => {
    const ofOther = receiver.accepted.filter(({ data }) => data.messageSid === other.sid);
    expect(ofOther.map(({ type }) => type)).toEqual(['message.received', 'media.stored']);
  });
  isOpen = true;
  await eventually(async () => {
    const ofSlow = receiver.accepted.filter(({ data }) => data.messageSid === sid);
    expect(ofSlow.map(({ type }) => type)).toEqual([
      'message.received',
      'media.failed',
      'media.stored',
    ]);
  });
  const refused = receiver.received.filter((event) => !receiver.accepted.includes(event));
  expect(new Set(refused.map(({ type }) => type)), 'the next did not overtake').toEqual(
    new Set(['media.failed']),
  );
});

test('an event that is refused while others pass is given up, and can be sent again', async () => {
  const { inbox, receiver } = both;
  const { id } = await addEndpoint(inbox, receiver, { types: ['message.received'] });
  const { message } = await inbox.receive({ attachments: [] });
  receiver.answer = ({ data }) => (data.messageSid === message.sid ? FAULT : OK);
  await eventually(async () => expect(receiver.received.length).toBeGreaterThan(0));
  await inbox.receive({ attachments: [] });
  const [failed] = await eventually(async () => {
    const found = await deliveriesTo(inbox, id, '?state=failed');
    expect(found).toHaveLength(1);
    return found;
  });
  expect(failed).toMatchObject({ messageSid: message.sid, nextAttemptAt: null });
  expect(failed?.attempts).toHaveLength(6);
  expect(await endpointOf(inbox, id)).toMatchObject({ state: 'active', pausedReason: null });
  receiver.answer = () => OK;
  await inbox.api('post', `/api/v1/deliveries/${failed?.id}/resend`).expect(202);
  await eventually(async () =>
    expect(receiver.accepted.map(({ id: eventId }) => eventId)).toContain(failed?.eventId),
  );
});

test('a receiver is left alone for as long as it asks', async () => {
  const { inbox, receiver } = both;
  await addEndpoint(inbox, receiver, { types: ['message.received'] });
  receiver.answer = (_event, seen) =>
    seen === 0 ? { status: 429, headers: { 'retry-after': '4' } } : OK;
  await inbox.receive({ attachments: [] });
  await eventually(async () => expect(receiver.accepted).toHaveLength(1));
  const [first, second] = receiver.received;
  expect(Number(second?.at) - Number(first?.at)).toBeGreaterThanOrEqual(4000);
});

test('a receiver that does not answer holds up one event, and gets it again', async () => {
  const { inbox, receiver } = both;
  const { id } = await addEndpoint(inbox, receiver, { types: ['message.received'] });
  const { message } = await inbox.receive({ attachments: [] });
  receiver.answer = ({ data }, seen) =>
    data.messageSid === message.sid && seen === 0 ? 'hang' : OK;
  await eventually(async () => expect(receiver.received).toHaveLength(1));
  const { message: next } = await inbox.receive({ attachments: [] });
  await eventually(async () => expect(receiver.accepted).toHaveLength(1), 10_000);
  expect(receiver.accepted[0]?.data.messageSid, 'while the other still waits').toBe(next.sid);
  await eventually(async () => expect(receiver.accepted).toHaveLength(2), 40_000);
  const [slow] = await deliveriesTo(inbox, id);
  expect(slow?.attempts.at(-1)).toMatchObject({
    status: null,
    error: 'No answer within 15 seconds',
  });
  expect(slow?.attempts.at(-1)?.milliseconds).toBeGreaterThanOrEqual(14_900);
});
