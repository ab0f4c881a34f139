import { expect, test } from 'vitest';
import { addEndpoint, deliveriesTo, endpointOf, inboxWithReceiver } from '../support/events.ts';
import { note } from '../support/reconciliation.ts';
import { eventually, type TestInbox } from '../support/test-inbox.ts';

const both = inboxWithReceiver({ EVENT_RETRY_SECONDS: '1,1' });

const isPaused = (inbox: TestInbox, id: string) =>
  eventually(async () => {
    const endpoint = await endpointOf(inbox, id);
    expect(endpoint.state).toBe('paused');
    return endpoint;
  });
const readiness = async (inbox: TestInbox) => (await inbox.api('get', '/readyz')).body;
const resume = (inbox: TestInbox, id: string) =>
  inbox.api('patch', `/api/v1/endpoints/${id}`).send({ state: 'active' }).expect(200);

test('a receiver with a wrong secret is paused with an alert, and loses nothing', async () => {
  const { inbox, receiver } = both;
  const { id } = await addEndpoint(inbox, receiver);
  const { secret } = receiver;
  receiver.secret = `whsec_${Buffer.from('another secret of 24 bytes').toString('base64')}`;
  const { message } = await inbox.receive({ attachments: [note()] });
  const paused = await isPaused(inbox, id);
  expect(paused.pausedReason).toMatch(
    /^Nothing was delivered since 2.*: The endpoint answered 401$/,
  );
  expect(paused.pausedAt).toMatch(/Z$/);
  expect(paused.failingSince).toMatch(/Z$/);
  expect(receiver.refused).toBe(3);
  expect(await readiness(inbox)).toMatchObject({
    status: 'degraded',
    parts: { events: `degraded: paused after steady failure: ${id}` },
  });
  const alerts = inbox.logLines.filter((line) => line.includes('events endpoint paused'));
  expect(alerts.map((line) => JSON.parse(line))).toMatchObject([{ level: 50, endpointId: id }]);
  const metrics = await (await fetch(`${inbox.url}/metrics`)).text();
  expect(metrics).toContain('mms_inbox_event_deliveries_total{result="paused"} 1');

  // What happens meanwhile waits, too.
  await inbox.receive({ attachments: [] });
  const waiting = await eventually(async () => {
    const pending = await deliveriesTo(inbox, id, '?state=pending');
    expect(pending).toHaveLength(3);
    return pending;
  });
  const refusal = await inbox
    .api('post', `/api/v1/deliveries/${waiting[0]?.id}/resend`)
    .expect(409);
  expect(refusal.body.code).toBe('conflict');
  expect(receiver.refused, 'nobody asks a paused endpoint').toBe(3);

  receiver.secret = secret;
  const { body } = await resume(inbox, id);
  expect(body).toMatchObject({ state: 'active', pausedReason: null, failingSince: null });
  await eventually(async () => expect(receiver.accepted).toHaveLength(3));
  const ofFirst = receiver.accepted.filter(({ data }) => data.messageSid === message.sid);
  expect(ofFirst.map(({ type }) => type)).toEqual(['message.received', 'media.stored']);
  // What was found is shared for a second.
  await eventually(async () => expect((await readiness(inbox)).parts.events).toBe('ok'));
});

test('410 Gone pauses at once', async () => {
  const { inbox, receiver } = both;
  const { id } = await addEndpoint(inbox, receiver);
  receiver.answer = () => ({ status: 410 });
  await inbox.receive({ attachments: [] });
  expect(await isPaused(inbox, id)).toMatchObject({ pausedReason: 'It answered 410 Gone' });
  expect(receiver.received).toHaveLength(1);
  receiver.answer = () => ({ status: 200 });
  await resume(inbox, id);
  await eventually(async () => expect(receiver.accepted).toHaveLength(1));
});

test('a pause by hand is no trouble, and nothing is lost in it', async () => {
  const { inbox, receiver } = both;
  const { id } = await addEndpoint(inbox, receiver);
  const { body } = await inbox
    .api('patch', `/api/v1/endpoints/${id}`)
    .send({ state: 'paused' })
    .expect(200);
  expect(body).toMatchObject({ state: 'paused', pausedReason: 'Paused by an admin' });
  await inbox.receive({ attachments: [] });
  await eventually(async () => expect(await deliveriesTo(inbox, id)).toHaveLength(1));
  expect((await readiness(inbox)).parts.events).toBe('ok');
  expect(receiver.received).toEqual([]);
  await resume(inbox, id);
  await eventually(async () => expect(receiver.accepted).toHaveLength(1));
});
